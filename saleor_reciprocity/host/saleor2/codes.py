"""Codes of vouchers and gift cards in Saleor 2.10: issued, found, withdrawn, and what they took off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Mapping

from django.contrib.auth import get_user_model
from django.db.models import F
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from ..facts import Channel, Whereabouts
from ..shared.codes import unsaved_voucher, whereabouts_in

VOUCHER_CODE_LENGTH = 12  # the width of the host's column
GIFT_CARD_CODE_LENGTH = 16

PROMO_CODES = "SELECT code FROM discount_voucher UNION ALL SELECT code FROM giftcard_giftcard"
# A condition on a `{code}`: the host counted a use, or an order that counts carries it; staff's drafts count no use.
CODE_WAS_USED = """(
  EXISTS (SELECT 1 FROM discount_voucher v WHERE v.code = {code} AND (v.used > 0 OR EXISTS (
    SELECT 1 FROM order_order o WHERE o.voucher_id = v.id AND o.status NOT IN ('draft', 'canceled'))))
  OR EXISTS (SELECT 1 FROM giftcard_giftcard g WHERE g.code = {code} AND (
    g.current_balance_amount < g.initial_balance_amount OR EXISTS (
      SELECT 1 FROM order_order_gift_cards u JOIN order_order o ON o.id = u.order_id
      WHERE u.giftcard_id = g.id AND o.status NOT IN ('draft', 'canceled')))))
"""

# The rows of a code, each with whether the host counted a use; and what carries it, with whether that is yet to come.
_LOCK_CODE = (
    "SELECT used > 0 FROM discount_voucher WHERE code = %(code)s FOR NO KEY UPDATE",
    "SELECT current_balance_amount < initial_balance_amount FROM giftcard_giftcard WHERE code = %(code)s"
    " FOR NO KEY UPDATE",
)
_CARRIERS = """
SELECT order_id, is_held FROM (
  SELECT o.token AS order_id, o.status = 'draft' AS is_held, o.id FROM order_order o JOIN (
    SELECT o.id FROM discount_voucher v JOIN order_order o ON o.voucher_id = v.id WHERE v.code = %(code)s
    UNION SELECT u.order_id FROM giftcard_giftcard g JOIN order_order_gift_cards u ON u.giftcard_id = g.id
      WHERE g.code = %(code)s
  ) c ON c.id = o.id WHERE o.status <> 'canceled'
  UNION ALL SELECT NULL, true, NULL FROM giftcard_giftcard g JOIN checkout_checkout_gift_cards k
    ON k.giftcard_id = g.id WHERE g.code = %(code)s
) carrier ORDER BY id
"""

# The codes that an order carries, if it counts, with whether that took something off.
CODES_ON_ORDER = """
SELECT v.code, o.discount_amount > 0 AS took_off FROM order_order o JOIN discount_voucher v ON v.id = o.voucher_id
WHERE o.token = %(order_id)s AND o.status NOT IN ('draft', 'canceled')
UNION ALL
SELECT g.code, true FROM order_order o JOIN order_order_gift_cards u ON u.order_id = o.id
JOIN giftcard_giftcard g ON g.id = u.giftcard_id
WHERE o.token = %(order_id)s AND o.status NOT IN ('draft', 'canceled')
"""

VOUCHERS_OF_CODES = "SELECT id AS voucher_id, code FROM discount_voucher"

# What codes took off orders that count. Of gift cards, those that paid an order alone: what the order's total is
# lower by then came from that card.
CODES_OF_ORDERS = """
SELECT v.code, o.token AS order_id, NULL::numeric AS taken
FROM order_order o JOIN discount_voucher v ON v.id = o.voucher_id WHERE o.status NOT IN ('draft', 'canceled')
UNION ALL
SELECT g.code, o.token, greatest(0, o.shipping_price_gross_amount - o.discount_amount - o.total_gross_amount +
  (SELECT coalesce(sum(l.quantity * l.unit_price_gross_amount), 0) FROM order_orderline l WHERE l.order_id = o.id))
FROM order_order_gift_cards u JOIN giftcard_giftcard g ON g.id = u.giftcard_id JOIN order_order o ON o.id = u.order_id
WHERE o.status NOT IN ('draft', 'canceled')
  AND NOT EXISTS (SELECT 1 FROM order_order_gift_cards w WHERE w.order_id = o.id AND w.id <> u.id)
"""


def issue_voucher(
    off: Mapping[str, Any],
    code: str,
    name: str,
    amount: Decimal,
    channel: Channel,
    ends_at: datetime | None = None,
    minimum_spent: Decimal | None = None,
    product_id: int | None = None,
) -> None:
    """Create a voucher over a fixed amount off what `off` says; off a product, that is `product_id`."""
    voucher = unsaved_voucher(off, name, ends_at)
    voucher.code, voucher.discount_value, voucher.currency = code, amount, channel.currency
    voucher.min_spent_amount = minimum_spent
    voucher.save(force_insert=True)
    if product_id is not None:
        voucher.products.add(product_id)


def gift_cards_accepted(channel_id: str) -> bool:
    """Whether a gift card's code can be used at checkout."""
    return True


def issue_gift_card(
    code: str, name: str, amount: Decimal, channel: Channel, user_id: int | None, ends_at: datetime | None
) -> None:
    """Create a gift card with this balance, for a user or for whoever has its code."""
    GiftCard.objects.create(
        code=code,
        user=get_user_model().objects.get(pk=user_id) if user_id is not None else None,
        currency=channel.currency,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        end_date=ends_at.date() if ends_at else None,
    )


def whereabouts(code: str) -> Whereabouts:
    """Where a code is; its row stays locked until the end of the transaction."""
    return whereabouts_in(_LOCK_CODE, _CARRIERS, code)


def withdraw_voucher(code: str) -> None:
    """Make a voucher worthless, whatever staff made of its limit: also for a draft that somebody puts it on later."""
    worthless = {"usage_limit": 1, "used": 1, "discount_value": 0, "end_date": F("start_date")}
    Voucher.objects.filter(code=code).update(**worthless)
