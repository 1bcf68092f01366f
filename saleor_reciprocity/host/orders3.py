"""Orders of Saleor 3: what each comes to, read in one statement, and a digest of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from saleor.order import OrderOrigin, OrderStatus
from saleor.payment.models import TransactionItem

from . import either
from .facts import Line, Order, OrderState, Person

STATES = {
    OrderStatus.DRAFT: OrderState.NOT_YET,
    OrderStatus.UNCONFIRMED: OrderState.NOT_YET,
    OrderStatus.CANCELED: OrderState.VOID,
    OrderStatus.EXPIRED: OrderState.VOID,
}

# A draft was created long before it was placed.
_PLACED_AT = """CASE WHEN o.origin = 'draft' THEN coalesce((SELECT min(e.date) FROM order_orderevent e
    WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created_at) ELSE o.created_at END"""
_REFUNDED_PAYMENTS = """(SELECT sum(t.amount) FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id
    WHERE p.order_id = o.id AND t.kind = 'refund' AND t.is_success)"""
_REFUNDED_TRANSACTIONS = "(SELECT sum(i.refunded_value) FROM payment_transactionitem i WHERE i.order_id = o.id)"
# A gift card became a means of payment in 3.23.
_CHARGED_TO_GIFT_CARDS = (
    "(SELECT sum(i.charged_value) FROM payment_transactionitem i"
    " WHERE i.order_id = o.id AND i.gift_card_id IS NOT NULL)"
    if hasattr(TransactionItem, "gift_card")
    else "NULL::numeric"
)

# Every order with a digest of all that settlement looks at. One index look-up a table and order, so it serves one
# order as well as a sweep over all of them. `updated_at` is of no use: guest orders change hands without moving it.
ORDER_STATES = f"""
SELECT o.id::text AS order_id, o.channel_id::text AS channel_id, {_PLACED_AT} AS placed_at,
  o.status NOT IN ('draft', 'unconfirmed') AS is_placed, o.user_id, o.user_email,
  md5(concat_ws('|', o.status, o.user_id, o.user_email, o.total_gross_amount, o.shipping_price_gross_amount,
    (SELECT string_agg(concat_ws(':', l.id, l.quantity, l.total_price_gross_amount), ',' ORDER BY l.id)
       FROM order_orderline l WHERE l.order_id = o.id),
    (SELECT string_agg(concat_ws(':', f.status, fl.order_line_id, fl.quantity), ',' ORDER BY fl.id)
       FROM order_fulfillment f JOIN order_fulfillmentline fl ON fl.fulfillment_id = f.id WHERE f.order_id = o.id),
    {_REFUNDED_PAYMENTS}, {_REFUNDED_TRANSACTIONS}, {_CHARGED_TO_GIFT_CARDS})) AS fingerprint
FROM order_order o
"""  # noqa: S608 - made of constants

# An order and its lines, a row for each line; one row for an order without any.
_FACTS = f"""
SELECT o.id::text AS order_id, o.number, o.channel_id::text AS channel_id, o.currency, {_PLACED_AT} AS placed_at,
  o.status, o.origin, o.user_email, o.total_gross_amount, o.shipping_price_gross_amount, o.shipping_price_net_amount,
  coalesce({_REFUNDED_PAYMENTS}, 0) + coalesce({_REFUNDED_TRANSACTIONS}, 0) AS refunded,
  coalesce({_CHARGED_TO_GIFT_CARDS}, 0) AS charged_to_gift_cards,
  u.id AS user_id, u.email, u.is_active AND u.is_confirmed AS proved,
  l.id AS line_id, l.quantity, l.total_price_gross_amount, l.total_price_net_amount, l.is_gift_card, w.product_id,
  s.moments, s.pieces, coalesce(s.given_back, 0) AS given_back
FROM order_order o
LEFT JOIN account_user u ON u.id = o.user_id
LEFT JOIN order_orderline l ON l.order_id = o.id
LEFT JOIN product_productvariant w ON w.id = l.variant_id
LEFT JOIN LATERAL (
  SELECT array_agg(f.created_at ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS moments,
    array_agg(fl.quantity ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS pieces,
    sum(fl.quantity) FILTER (WHERE f.status IN ('returned', 'refunded', 'refunded_and_returned')) AS given_back
  FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
  WHERE fl.order_line_id = l.id) s ON true
WHERE o.id = %s::uuid ORDER BY l.created_at, l.id
"""  # noqa: S608 - made of constants


def order_fingerprint(order_id: str) -> str | None:
    """A digest of an order's state, or None when there is no such order."""
    return either.fingerprint_where(ORDER_STATES, "o.id = %s::uuid", order_id) if is_uuid(order_id) else None


def order(order_id: str) -> Order | None:
    """The facts about one order as they are now, or None when there is no such order."""
    rows = either.named_rows(_FACTS, [order_id]) if is_uuid(order_id) else []
    if not rows:
        return None
    row = rows[0]
    lines = tuple(_line(each) for each in rows if each.line_id is not None)
    goods = either.paid_goods(lines, row.total_gross_amount, row.shipping_price_gross_amount)
    return Order(
        id=row.order_id,
        number=str(row.number),
        channel_id=row.channel_id,
        currency=row.currency,
        placed_at=row.placed_at,
        state=STATES.get(row.status, OrderState.PLACED),
        replaces_another=row.origin == OrderOrigin.REISSUE,
        person=_person(row),
        goods=max(Decimal(0), goods - row.charged_to_gift_cards),
        shipping=row.shipping_price_gross_amount,
        shipping_net=row.shipping_price_net_amount,
        refunded=row.refunded,
        lines=lines,
    )


def is_uuid(text: str) -> bool:
    """Whether a text is the id of an order."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _person(row: Any) -> Person:
    if row.user_id is None:
        return Person(None, row.user_email, confirmed=False)
    return Person(row.user_id, row.email, confirmed=row.proved)


def _line(row: Any) -> Line:
    shipments = either.shipments(row)
    return Line(
        id=str(row.line_id),
        product_id=row.product_id,
        quantity=row.quantity,
        fulfilled=min(either.pieces(shipments), row.quantity),
        given_back=min(row.given_back, row.quantity),
        total=row.total_price_gross_amount,
        is_gift_card=row.is_gift_card,
        total_net=row.total_price_net_amount,
        shipments=shipments,
    )
