"""Checkouts of Saleor 3: what one comes to, and the order that it would become."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from promise import Promise
from saleor.checkout import base_calculations, calculations
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.plugins.manager import get_plugins_manager
from saleor.product import ProductTypeKind

from ..facts import Checkout, Line, Order, OrderState, Person
from ..shared.checkouts import checkout_rows, gift_card_codes
from ..shared.orders import paid_goods
from .graphql import allow_writer
from .people import person
from .probes import has


def channel_id_of(row: Any) -> str:
    """The id of the channel of an order's or a checkout's row."""
    return str(row.channel_id)


def order_of_checkout(row: Any, now: datetime) -> Any:
    """A promise of the order that a checkout would become now. Asks the host for its prices, which may be refreshed.

    Nobody waits for it here: within a request that would part what the host loads together.
    """
    manager = get_plugins_manager(allow_replica=False)
    lines, _missing = fetch_checkout_lines(row)
    info = fetch_checkout_info(row, lines, manager)
    more = {"requestor": None} if has("prices ask who") else {}
    priced = Promise.resolve(calculations.fetch_checkout_data(info, manager, lines, **more))
    return priced.then(lambda found: _order(row, found[0], found[1], now))


def _order(row: Any, info: Any, lines: Any, now: datetime) -> Order:
    checkout = info.checkout
    facts = tuple(_checkout_line(line) for line in lines)
    with allow_writer():
        left = max(Decimal(0), checkout.total_gross_amount - checkout.get_total_gift_cards_balance().amount)
    return Order(
        id=str(row.pk),
        number="",
        channel_id=str(row.channel_id),
        currency=row.currency,
        placed_at=now,
        state=OrderState.PLACED,
        replaces_another=False,
        person=person(row.user) if row.user else Person(None, row.email or "", confirmed=False),
        goods=paid_goods(facts, left, checkout.shipping_price_gross_amount),
        shipping=checkout.shipping_price_gross_amount,
        shipping_net=checkout.shipping_price_net_amount,
        refunded=Decimal(0),
        lines=facts,
    )


def _checkout_line(info: Any) -> Line:
    return Line(
        id=str(info.line.pk),
        product_id=info.product.pk if info.product else None,
        quantity=info.line.quantity,
        fulfilled=0,
        given_back=0,
        total=info.line.total_price_gross_amount,
        total_net=info.line.total_price_net_amount,
        is_gift_card=info.product_type.kind == ProductTypeKind.GIFT_CARD,
    )


def checkout(token: str) -> Checkout | None:
    """The facts about a checkout as the host computes them, or None when there is no such checkout."""
    row = checkout_rows(token).select_related("channel").first()
    if row is None:
        return None
    cards = gift_card_codes(row)
    manager = get_plugins_manager(allow_replica=False)
    lines, _ = fetch_checkout_lines(row)
    info = fetch_checkout_info(row, lines, manager)
    priced = {"manager": manager, "checkout_info": info, "lines": lines}
    if has("prices ask where"):
        priced["address"] = info.shipping_address or info.billing_address
    total = calculations.calculate_checkout_total_with_gift_cards(**priced)
    if gift_card_codes(row) != cards:  # one came in between: counted, or not, by chance
        return checkout(token)
    return Checkout(
        id=token,
        user_id=row.user_id,
        channel_id=str(row.channel_id),
        currency=row.currency,
        voucher_code=row.voucher_code or "",
        gift_card_codes=cards,
        goods=base_calculations.base_checkout_subtotal(lines, row.channel, row.currency).amount,
        shipping=base_calculations.base_checkout_delivery_price(info, lines).amount,
        payable=max(Decimal(0), total.gross.amount),
        product_ids=frozenset(line.product.pk for line in lines if line.product),
    )
