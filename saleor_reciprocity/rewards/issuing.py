"""Issuing: how the code of each kind of reward is made and unmade in the host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Iterable

from django.db import connection

from saleor_reciprocity import host

from .codes import new_code
from .models import IssuedCode, RewardKind

MONEY_KINDS = (RewardKind.VOUCHER, RewardKind.GIFT_CARD)  # worth their value on any checkout


@dataclass(frozen=True)
class Terms:
    """What a code is for. `amount` is the most that it takes off."""

    kind: str
    name: str
    amount: Decimal
    channel: host.Channel
    user_id: int | None = None
    ends_at: datetime | None = None
    product_id: int | None = None
    minimum_spent: Decimal | None = None


def issue(terms: Terms) -> str:
    """Make a new code in the host."""
    is_card = terms.kind == RewardKind.GIFT_CARD
    code = _unused_code(host.GIFT_CARD_CODE_LENGTH if is_card else host.VOUCHER_CODE_LENGTH)
    common = (code, terms.name, terms.amount, terms.channel)
    if is_card:
        host.issue_gift_card(*common, terms.user_id, terms.ends_at)
    elif terms.kind == RewardKind.FREE_PRODUCT:
        host.issue_product_voucher(*common, terms.product_id or 0, terms.ends_at, terms.minimum_spent)
    elif terms.kind == RewardKind.FREE_SHIPPING:
        host.issue_shipping_voucher(*common, terms.user_id, terms.ends_at, terms.minimum_spent)
    else:
        host.issue_voucher(*common, terms.user_id, terms.ends_at, terms.minimum_spent)
    return code


def find(kind: str, code: str) -> host.Whereabouts:
    """Where a code is; it stays so until the end of the transaction.

    A voucher that an order carries though the host counted no use is withdrawn: nobody uses it a second time.
    """
    found = host.whereabouts(code)
    if found.order_id and not found.is_counted and kind != RewardKind.GIFT_CARD:
        withdraw(kind, code)
    return found


def withdraw(kind: str, code: str) -> None:
    """Make a code worthless that was found to be free."""
    if kind == RewardKind.GIFT_CARD:
        host.withdraw_gift_card(code)
    else:
        host.withdraw_voucher(code)


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
