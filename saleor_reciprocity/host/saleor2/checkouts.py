"""Checkouts of Saleor 2.10: what one comes to, and the order that it would become."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from promise import Promise
from saleor.checkout import calculations
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.discount.utils import fetch_active_discounts
from saleor.plugins.manager import get_plugins_manager

from ..facts import Checkout, Line, Order, OrderState, Person
from ..shared.checkouts import checkout_rows, gift_card_codes
from ..shared.orders import paid_goods, part
from .parts import CHANNEL_ID
from .people import person


def channel_id_of(row: Any) -> str:
    """The id of the channel of an order's or a checkout's row."""
    return CHANNEL_ID


def order_of_checkout(row: Any, now: datetime) -> Any:
    """A promise of the order that a checkout would become now. Asks the host for its prices."""
    return Promise.resolve(_order(row, now))


def _order(row: Any, now: datetime) -> Order:
    sold = row.lines.select_related("variant__product").prefetch_related("variant__product__collections")
    lines, discounts = list(sold), fetch_active_discounts()
    prices = get_plugins_manager()
    total = prices.calculate_checkout_total(row, lines, discounts).gross.amount
    shipping = prices.calculate_checkout_shipping(row, lines, discounts)
    paid_shipping = shipping.gross.amount
    if row.voucher_code and Voucher.objects.filter(code=row.voucher_code, type=VoucherType.SHIPPING).exists():
        paid_shipping = max(Decimal(0), paid_shipping - row.discount_amount)
    facts = tuple(_checkout_line(line, prices.calculate_checkout_line_total(line, discounts)) for line in lines)
    left = max(Decimal(0), total - row.get_total_gift_cards_balance().amount)
    return Order(
        id=str(row.token),
        number="",
        channel_id=CHANNEL_ID,
        currency=row.currency,
        placed_at=now,
        state=OrderState.PLACED,
        replaces_another=False,
        person=person(row.user) if row.user else Person(None, row.email or "", confirmed=False),
        goods=paid_goods(facts, left, paid_shipping),
        shipping=paid_shipping,
        shipping_net=part(paid_shipping, shipping.gross.amount, shipping.net.amount),
        refunded=Decimal(0),
        lines=facts,
    )


def _checkout_line(line: Any, total: Any) -> Line:
    return Line(
        id=str(line.pk),
        product_id=line.variant.product_id,
        quantity=line.quantity,
        fulfilled=0,
        given_back=0,
        total=total.gross.amount,
        total_net=total.net.amount,
        is_gift_card=False,
    )


def checkout(token: str) -> Checkout | None:
    """The facts about a checkout as the host computes them, or None when there is no such checkout."""
    row = checkout_rows(token).prefetch_related("lines__variant__product").first()
    if row is None:
        return None
    cards = gift_card_codes(row)
    lines, discounts = list(row), fetch_active_discounts()
    priced = {"checkout": row, "lines": lines, "discounts": discounts}
    goods = calculations.checkout_subtotal(**priced).gross.amount
    total = calculations.checkout_total(**priced).gross - row.get_total_gift_cards_balance()
    if gift_card_codes(row) != cards:  # one came in between: counted, or not, by chance
        return checkout(token)
    return Checkout(
        id=token,
        user_id=row.user_id,
        channel_id=CHANNEL_ID,
        currency=row.currency,
        voucher_code=row.voucher_code or "",
        gift_card_codes=cards,
        goods=goods,
        shipping=calculations.checkout_shipping_price(**priced).gross.amount,
        payable=max(Decimal(0), total.amount),
        product_ids=frozenset(line.variant.product_id for line in lines),
    )
