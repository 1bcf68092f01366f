"""Issuing: how a code is made and unmade in the host. What that means for each kind is in `kinds`."""

from __future__ import annotations

from contextlib import suppress
from typing import Callable, Iterable, TypeVar

from django.db import connection

from saleor_reciprocity import host
from saleor_reciprocity.points import ledger

from .codes import new_code
from .kinds import KINDS, Terms, kind_of
from .models import IssuedCode

Written = TypeVar("Written")


def issue(terms: Terms) -> str:
    """Make a new code in the host."""
    code, _claimed = claimed_by(_claim, kind_of(terms).code_length)
    make(code, terms)
    return code


def make(code: str, terms: Terms) -> None:
    """Make a code in the host that was claimed."""
    kind_of(terms).issue(code, terms)


def claimed_by(write: Callable[[ledger.Claim], Written], length: int) -> tuple[str, Written]:
    """A code that nobody has, with what `write` wrote by the statement that claims it; of a taken one, nothing."""
    while True:
        code = new_code(length)
        with suppress(ledger.NotClaimed):
            return code, write((_CLAIM, {"code": code}))


def find(kind: str, code: str) -> host.Whereabouts:
    """Where a code is; it stays so until the end of the transaction.

    A voucher that an order carries though the host counted no use is withdrawn: nobody uses it a second time.
    """
    found = host.whereabouts(code)
    if found.order_id and not found.is_counted and KINDS[str(kind)].is_voucher:
        withdraw(kind, code)
    return found


def withdraw(kind: str, code: str) -> None:
    """Make a code worthless that was found to be free."""
    KINDS[str(kind)].withdraw(code)


def forget(codes: Iterable[str]) -> None:
    """Let nothing here say any more that these codes are ours."""
    IssuedCode.objects.filter(code__in=codes).delete()


_CLAIM = f"""
INSERT INTO reciprocity_issuedcode (code)
SELECT %(code)s WHERE NOT EXISTS (SELECT 1 FROM ({host.PROMO_CODES}) c WHERE c.code = %(code)s)
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 - a constant


def _claim(claim: ledger.Claim) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*claim)
        if cursor.fetchone() is None:
            raise ledger.NotClaimed
