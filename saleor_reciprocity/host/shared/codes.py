"""Vouchers before they are stored, and where a code is."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from django.db import connection
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from ..facts import Whereabouts


def voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off one whole order, usable once."""
    return Voucher(
        name=name,
        type=VoucherType.ENTIRE_ORDER,
        discount_value_type=DiscountValueType.FIXED,
        usage_limit=1,
        end_date=ends_at,
    )


def shipping_voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off the shipping of one order, usable once."""
    voucher = voucher_terms(name, ends_at)
    voucher.type = VoucherType.SHIPPING
    return voucher


def product_voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off one piece of what it will name, usable once."""
    voucher = voucher_terms(name, ends_at)
    voucher.type, voucher.apply_once_per_order = VoucherType.SPECIFIC_PRODUCT, True
    return voucher


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
