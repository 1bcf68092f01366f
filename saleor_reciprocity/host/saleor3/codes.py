"""Codes of vouchers and gift cards in Saleor 3: issued, found, withdrawn, and what they took off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Mapping

from django.contrib.auth import get_user_model
from saleor.channel.models import Channel as ChannelRow
from saleor.discount.models import VoucherChannelListing, VoucherCode
from saleor.giftcard.models import GiftCard

from ..facts import Channel, Whereabouts
from ..shared.codes import unsaved_voucher, whereabouts_in
from .probes import has

VOUCHER_CODE_LENGTH = 16
GIFT_CARD_CODE_LENGTH = 16  # the width of the host's column

PROMO_CODES = "SELECT code FROM discount_vouchercode UNION ALL SELECT code FROM giftcard_giftcard"
_COUNTS = "o.status NOT IN ('draft', 'canceled', 'expired')"

# A condition on a `{code}`: the host counted a use, or an order that counts carries it; imports count no use.
CODE_WAS_USED = f"""(
  EXISTS (SELECT 1 FROM discount_vouchercode c WHERE c.code = {{code}} AND (c.used > 0 OR NOT c.is_active OR EXISTS (
    SELECT 1 FROM order_order o WHERE o.voucher_id = c.voucher_id
      AND coalesce(o.voucher_code, c.code) = c.code AND {_COUNTS})))
  OR EXISTS (SELECT 1 FROM order_order o WHERE o.voucher_code = {{code}} AND {_COUNTS})
  OR EXISTS (SELECT 1 FROM giftcard_giftcard g WHERE g.code = {{code}} AND (
    g.current_balance_amount < g.initial_balance_amount OR EXISTS (SELECT 1 FROM order_order_gift_cards u
      JOIN order_order o ON o.id = u.order_id WHERE u.giftcard_id = g.id AND {_COUNTS}))))
"""  # noqa: S608 - constants of this module

# The rows of a code, each with whether the host counted a use; and what carries it, with whether that is yet to come.
# Since 3.23 a gift card can be reserved for, or charged to, a payment.
_LOCK_CODE = (
    "SELECT used > 0 OR NOT is_active FROM discount_vouchercode WHERE code = %(code)s FOR NO KEY UPDATE",
    "SELECT current_balance_amount < initial_balance_amount FROM giftcard_giftcard WHERE code = %(code)s"
    " FOR NO KEY UPDATE",
)
_PAYMENTS = (
    """UNION ALL SELECT o.id::text, o.id IS NULL, o.created_at
  FROM giftcard_giftcard g JOIN payment_transactionitem i ON i.gift_card_id = g.id
  LEFT JOIN order_order o ON o.id = i.order_id
  WHERE g.code = %(code)s AND (i.checkout_id IS NOT NULL
    OR o.status NOT IN ('canceled', 'expired') AND i.authorized_value + i.charged_value > 0)"""
    if has("gift cards pay")
    else ""
)
_CARRIERS = f"""
SELECT order_id, is_held FROM (
  SELECT o.id::text AS order_id, o.status = 'draft' AS is_held, o.created_at FROM order_order o JOIN (
    SELECT id FROM order_order WHERE voucher_code = %(code)s
    UNION SELECT o.id FROM discount_vouchercode c JOIN order_order o ON o.voucher_id = c.voucher_id
      WHERE c.code = %(code)s AND o.voucher_code IS NULL
    UNION SELECT u.order_id FROM giftcard_giftcard g JOIN order_order_gift_cards u ON u.giftcard_id = g.id
      WHERE g.code = %(code)s
  ) c ON c.id = o.id WHERE o.status NOT IN ('canceled', 'expired')
  UNION ALL SELECT NULL, true, NULL FROM giftcard_giftcard g JOIN checkout_checkout_gift_cards k
    ON k.giftcard_id = g.id WHERE g.code = %(code)s
  {_PAYMENTS}
) carrier ORDER BY created_at
"""  # noqa: S608 - constants of this module

# The codes that an order carries, if it counts, with whether that took something off. A withdrawn code has a new name,
# so no order carries one that was not placed with it.
CODES_ON_ORDER = f"""
SELECT coalesce(o.voucher_code, (SELECT min(c.code) FROM discount_vouchercode c WHERE c.voucher_id = o.voucher_id))
  AS code, true AS took_off
FROM order_order o WHERE o.id = %(order_id)s::uuid AND {_COUNTS}
UNION ALL
SELECT g.code, true FROM order_order o JOIN order_order_gift_cards u ON u.order_id = o.id
JOIN giftcard_giftcard g ON g.id = u.giftcard_id WHERE o.id = %(order_id)s::uuid AND {_COUNTS}
"""  # noqa: S608 - a constant of this module

# A withdrawn code has a new name; see withdraw_voucher. Our codes have no hyphen of their own.
VOUCHERS_OF_CODES = "SELECT voucher_id, split_part(code, '-', 1) AS code FROM discount_vouchercode"

# What codes took off orders that count. Of gift cards, those that paid an order alone: what the order's total is
# lower by then came from that card. By the voucher, because an order may lack the code of a voucher that it used.
CODES_OF_ORDERS = f"""
SELECT v.code, o.id::text AS order_id, NULL::numeric AS taken
FROM order_order o JOIN ({VOUCHERS_OF_CODES}) v ON v.voucher_id = o.voucher_id
WHERE o.status NOT IN ('draft', 'canceled', 'expired')
UNION ALL
SELECT o.voucher_code, o.id::text, NULL FROM order_order o
WHERE o.status NOT IN ('draft', 'canceled', 'expired') AND o.voucher_id IS NULL AND o.voucher_code IS NOT NULL
UNION ALL
SELECT g.code, o.id::text, greatest(0, o.shipping_price_gross_amount - o.total_gross_amount +
  (SELECT coalesce(sum(l.total_price_gross_amount), 0) FROM order_orderline l WHERE l.order_id = o.id))
FROM order_order_gift_cards u JOIN giftcard_giftcard g ON g.id = u.giftcard_id JOIN order_order o ON o.id = u.order_id
WHERE o.status NOT IN ('draft', 'canceled', 'expired') AND o.voucher_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM order_order_gift_cards w WHERE w.order_id = o.id AND w.id <> u.id)
"""  # noqa: S608 - a constant of this module


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
    """Create a voucher over a fixed amount off what `off` says, valid in this channel only; off a product, that is
    `product_id`. It is stored with all of the host's ways to let it through once.

    Its limit and `single_use` are read before they are written, so two orders at once can both pass. Once per
    customer is a unique row in the database, which stops the second order of the same address.
    """
    voucher = unsaved_voucher(off, name, ends_at)
    voucher.single_use = voucher.apply_once_per_customer = True
    voucher.save(force_insert=True)
    VoucherChannelListing.objects.create(
        voucher=voucher,
        channel_id=channel.id,
        currency=channel.currency,
        discount_value=amount,
        min_spent_amount=minimum_spent,
    )
    VoucherCode.objects.create(voucher=voucher, code=code)
    if product_id is not None:
        voucher.products.add(product_id)


def gift_cards_accepted(channel_id: str) -> bool:
    """Whether a gift card's code can be used at checkout; since 3.23 a channel may refuse them."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    return row is not None and bool(not has("gift cards are refused") or row.allow_legacy_gift_card_use)


def issue_gift_card(
    code: str, name: str, amount: Decimal, channel: Channel, user_id: int | None, ends_at: datetime | None
) -> None:
    """Create a gift card with this balance; where the host can bind it to a user (3.23), nobody else can spend it."""
    card = GiftCard(
        code=code,
        currency=channel.currency,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        expiry_date=ends_at.date() if ends_at else None,
    )
    if user_id is not None and has("gift cards are somebody's"):
        user = get_user_model().objects.get(pk=user_id)
        card.assigned_to, card.assigned_to_email = user, user.email
    card.save(force_insert=True)


def whereabouts(code: str) -> Whereabouts:
    """Where a code is; its rows stay locked until the end of the transaction."""
    return whereabouts_in(_LOCK_CODE, _CARRIERS, code)


def withdraw_voucher(code: str) -> None:
    """Make a voucher worthless, whatever staff made of it.

    The code gets another name: an order that found it valid a moment ago looks it up by name again to lock it.
    """
    VoucherCode.objects.filter(code=code).update(is_active=False, code=f"{code}-withdrawn")
