"""Vouchers before they are stored, and where a code is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable, Mapping

from django.db import connection
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from ..facts import Whereabouts

# What a voucher takes its amount off: one whole order, the shipping of one order, or one piece of what it names.
OFF_ORDER: Mapping[str, Any] = {"type": VoucherType.ENTIRE_ORDER}
OFF_SHIPPING: Mapping[str, Any] = {"type": VoucherType.SHIPPING}
OFF_PRODUCT: Mapping[str, Any] = {"type": VoucherType.SPECIFIC_PRODUCT, "apply_once_per_order": True}


def unsaved_voucher(off: Mapping[str, Any], name: str, ends_at: datetime | None) -> Voucher:
    """A voucher over a fixed amount, usable once."""
    return Voucher(name=name, discount_value_type=DiscountValueType.FIXED, usage_limit=1, end_date=ends_at, **off)


def whereabouts_in(locks: Iterable[str], carriers: str, code: str) -> Whereabouts:
    """Where a code is. Its rows stay locked until the end of the transaction, as the host locks them to count a use.

    One statement then looks everywhere: a draft that becomes an order meanwhile is seen as one of the two.
    """
    with connection.cursor() as cursor:
        counted: list[bool] = []
        for lock in locks:
            cursor.execute(lock, {"code": code})
            counted += [bool(row[0]) for row in cursor.fetchall()]
        cursor.execute(carriers, {"code": code})
        rows = cursor.fetchall()
    orders = [order_id for order_id, is_held in rows if not is_held]
    return Whereabouts(
        exists=bool(counted),
        is_counted=any(counted),
        is_held=any(is_held for _order_id, is_held in rows),
        order_id=orders[0] if orders else "",
    )


def withdraw_gift_card(code: str) -> None:
    """Switch a gift card off."""
    GiftCard.objects.filter(code=code).update(is_active=False)
