"""Orders of Saleor 3: what each comes to, read in one statement, and a digest of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Iterable, Iterator, Sequence
from uuid import UUID

from saleor.order import OrderOrigin, OrderStatus
from saleor.payment.models import TransactionItem

from . import either, indexes
from .facts import Line, Order, OrderState, Person
from .refunds3 import LEGACY_INDEXES, LEGACY_REFUNDS

# The orders with these ids, for a condition on the relations of orders.
CHOSEN_ORDERS = "o.id = ANY(%(order_ids)s::uuid[])"

STATES = {
    OrderStatus.DRAFT: OrderState.NOT_YET,
    OrderStatus.UNCONFIRMED: OrderState.NOT_YET,
    OrderStatus.CANCELED: OrderState.VOID,
    OrderStatus.EXPIRED: OrderState.VOID,
}

# A draft was created long before it was placed.
PLACED_AT = """CASE WHEN o.origin = 'draft' THEN coalesce((SELECT min(e.date) FROM order_orderevent e
    WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created_at) ELSE o.created_at END"""
_REFUNDED_PAYMENTS = f"(SELECT coalesce(sum(r.amount), 0) FROM {LEGACY_REFUNDS} r WHERE r.order_id = o.id)"  # noqa: S608
# A charge-back lowers what was charged and is no refund. It counts as far as the order was not charged again since.
_REFUNDED_TRANSACTIONS = """(SELECT coalesce(sum(i.refunded_value), 0) + least(coalesce(sum(b.charged_back), 0),
      greatest(o.total_gross_amount - coalesce(sum(i.charged_value + i.refunded_value), 0), 0))
    FROM payment_transactionitem i LEFT JOIN LATERAL (
      SELECT sum(e.amount_value) AS charged_back FROM payment_transactionevent e
      WHERE e.transaction_id = i.id AND e.type = 'charge_back' AND e.include_in_calculations) b ON true
    WHERE i.order_id = o.id)"""
GIVEN_BACK = f"{_REFUNDED_PAYMENTS} + {_REFUNDED_TRANSACTIONS}"
# A gift card became a means of payment in 3.23.
CHARGED_TO_GIFT_CARDS = (
    "(SELECT coalesce(sum(i.charged_value), 0) FROM payment_transactionitem i"
    " WHERE i.order_id = o.id AND i.gift_card_id IS NOT NULL)"
    if hasattr(TransactionItem, "gift_card")
    else "0::numeric"
)

# All that settlement reads of an order, and of each of its lines: what is read is in the fingerprint.
_OF_ORDER = {
    "number": "o.number",
    "channel_id": "o.channel_id::text",
    "currency": "o.currency",
    "placed_at": PLACED_AT,
    "status": "o.status",
    "origin": "o.origin",
    "user_id": "u.id",
    "user_email": "o.user_email",
    "email": "u.email",
    "proved": "u.is_active AND u.is_confirmed",
    "total_gross_amount": "o.total_gross_amount",
    "shipping_price_gross_amount": "o.shipping_price_gross_amount",
    "shipping_price_net_amount": "o.shipping_price_net_amount",
    "refunded": GIVEN_BACK,
    "charged_to_gift_cards": CHARGED_TO_GIFT_CARDS,
}
_OF_LINE = {
    "line_id": "l.id",
    "quantity": "l.quantity",
    "total_price_gross_amount": "l.total_price_gross_amount",
    "total_price_net_amount": "l.total_price_net_amount",
    "is_gift_card": "l.is_gift_card",
    "product_id": "w.product_id",
}
_ORDER_ROWS = "FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id"

# Every order with a digest of all that settlement looks at. One index look-up a table and order, so it serves one
# order as well as a sweep over all of them.
ORDER_STATES = f"""
SELECT o.id::text AS order_id, o.channel_id::text AS channel_id, {PLACED_AT} AS placed_at,
  o.status NOT IN ('draft', 'unconfirmed') AS is_placed, o.user_id, o.user_email,
  md5(ROW({either.values(_OF_ORDER)},
    (SELECT string_agg(ROW({either.values(_OF_LINE)})::text, ',' ORDER BY l.created_at, l.id)
       FROM order_orderline l LEFT JOIN product_productvariant w ON w.id = l.variant_id WHERE l.order_id = o.id),
    (SELECT string_agg(ROW(f.status, f.created_at, fl.order_line_id, fl.quantity)::text, ',' ORDER BY fl.id)
       FROM order_fulfillment f JOIN order_fulfillmentline fl ON fl.fulfillment_id = f.id
       WHERE f.order_id = o.id))::text) AS fingerprint
{_ORDER_ROWS}
"""  # noqa: S608 - made of constants

# The orders of which a dated row is as new as a moment: an order, an event, a shipment, a payment, a transaction.
# `updated_at` alone is not enough: guest orders change hands without moving it.
TOUCHED_ORDERS = f"""
SELECT o.id FROM order_order o WHERE o.created_at >= %(touched_since)s
UNION SELECT o.id FROM order_order o WHERE o.updated_at >= %(touched_since)s
UNION SELECT e.order_id FROM order_orderevent e WHERE e.date >= %(touched_since)s
UNION SELECT f.order_id FROM order_fulfillment f WHERE f.created_at >= %(touched_since)s
UNION SELECT r.order_id FROM {LEGACY_REFUNDS} r WHERE r.created_at >= %(touched_since)s
UNION SELECT i.order_id FROM payment_transactionitem i WHERE i.modified_at >= %(touched_since)s
UNION SELECT i.order_id FROM payment_transactionevent e JOIN payment_transactionitem i ON i.id = e.transaction_id
  WHERE e.created_at >= %(touched_since)s
"""  # noqa: S608 - made of constants
# What finds them, where the host has no index of its own: name, table and columns.
INDEXES: tuple[indexes.Index, ...] = (
    *either.INDEXES_OF_ADDRESSES,
    ("reciprocity_shipments_by_time", "order_fulfillment", "created_at"),
    *LEGACY_INDEXES,
)

# Orders and their lines, a row for each line; one row for an order without any.
_FACTS = f"""
SELECT o.id::text AS order_id, {either.named(_OF_ORDER)}, {either.named(_OF_LINE)}, s.moments, s.pieces,
  coalesce(s.given_back, 0) AS given_back
{_ORDER_ROWS}
LEFT JOIN order_orderline l ON l.order_id = o.id
LEFT JOIN product_productvariant w ON w.id = l.variant_id
LEFT JOIN LATERAL (
  SELECT array_agg(f.created_at ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS moments,
    array_agg(fl.quantity ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS pieces,
    sum(fl.quantity) FILTER (WHERE f.status IN ('returned', 'refunded', 'refunded_and_returned')) AS given_back
  FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
  WHERE fl.order_line_id = l.id) s ON true
WHERE {CHOSEN_ORDERS} ORDER BY o.id, l.created_at, l.id
"""  # noqa: S608 - made of constants


def order_fingerprint(order_id: str) -> str | None:
    """A digest of an order's state, or None when there is no such order."""
    return order_fingerprints([order_id]).get(order_id)


def order_fingerprints(order_ids: Iterable[str]) -> dict[str, str]:
    """A digest of the state of each of these orders, in one statement; those that are not there are missing."""
    return either.fingerprints(f"{ORDER_STATES} WHERE {CHOSEN_ORDERS}", list(filter(is_uuid, order_ids)))


def order(order_id: str) -> Order | None:
    """The facts about one order as they are now, or None when there is no such order."""
    return next(orders([order_id]), None)


def orders(order_ids: Iterable[str]) -> Iterator[Order]:
    """The facts about orders as they are now, in one statement; those that are not there are missing."""
    for rows in either.by_order(_FACTS, list(filter(is_uuid, order_ids))):
        yield _order(rows)


def _order(rows: Sequence[Any]) -> Order:
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


def customers() -> str:
    """Every customer, as SQL: `user_id`, `joined_at`, `metadata`, and `proved` by the same rule as the facts."""
    return """
    SELECT u.id AS user_id, u.date_joined AS joined_at, u.metadata, u.is_active AND u.is_confirmed AS proved
    FROM account_user u WHERE NOT u.is_staff
    """


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
