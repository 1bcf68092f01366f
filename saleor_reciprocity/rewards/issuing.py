"""Issuing: how a code is made and unmade in the host. What that means for each kind is in `kinds`."""

from __future__ import annotations

from typing import Iterable

from django.db import connection

from saleor_reciprocity import host

from .codes import new_code
from .kinds import KINDS, Terms, kind_of
from .models import IssuedCode


def issue(terms: Terms) -> str:
    """Make a new code in the host."""
    kind = kind_of(terms)
    code = _unused_code(kind.code_length)
    kind.issue(code, terms)
    return code


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


def _unused_code(length: int) -> str:
    while not _claimed(code := new_code(length)):
        pass
    return code


def _claimed(code: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"code": code})
        return cursor.fetchone() is not None
