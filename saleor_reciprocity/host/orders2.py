"""Orders of Saleor 2.10: what each comes to, read in one statement, and a digest of it."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Sequence

from django.conf import settings
from saleor.order import OrderStatus

from . import either, indexes
from .facts import Line, Order, OrderState, Person

CHANNEL_ID = "1"  # what an upgrade to Saleor 3 makes of the one channel that there is here

# The orders with these ids, for a condition on the relations of orders.
CHOSEN_ORDERS = "o.token = ANY(%(order_ids)s::text[])"

STATES = {OrderStatus.DRAFT: OrderState.NOT_YET, OrderStatus.CANCELED: OrderState.VOID}

# A draft was created long before it was placed.
PLACED_AT = """coalesce(
    (SELECT min(e.date) FROM order_orderevent e WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created)"""
GIVEN_BACK = """(SELECT coalesce(sum(t.amount), 0)
    FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id
    WHERE p.order_id = o.id AND t.kind = 'refund' AND t.is_success)"""

# All that settlement reads of an order, and of each of its lines: what is read is in the fingerprint.
_OF_ORDER = {
    "number": "o.id",
    "currency": "o.currency",
    "placed_at": PLACED_AT,
    "status": "o.status",
    "user_id": "u.id",
    "user_email": "o.user_email",
    "email": "u.email",
    "is_active": "u.is_active",
    "total_gross_amount": "o.total_gross_amount",
    "shipping_price_gross_amount": "o.shipping_price_gross_amount",
    "shipping_price_net_amount": "o.shipping_price_net_amount",
    "off_shipping": "CASE WHEN v.type = 'shipping' THEN o.discount_amount ELSE 0 END",
    "refunded": GIVEN_BACK,
}
_OF_LINE = {
    "line_id": "l.id",
    "quantity": "l.quantity",
    "unit_price_gross_amount": "l.unit_price_gross_amount",
    "unit_price_net_amount": "l.unit_price_net_amount",
    "product_id": "w.product_id",
}
_ORDER_ROWS = """
FROM order_order o
LEFT JOIN account_user u ON u.id = o.user_id
LEFT JOIN discount_voucher v ON v.id = o.voucher_id"""

# Every order with a digest of all that settlement looks at. One index look-up a table and order, so it serves one
# order as well as a sweep over all of them.
ORDER_STATES = f"""
SELECT o.token AS order_id, '{CHANNEL_ID}' AS channel_id, {PLACED_AT} AS placed_at, o.status <> 'draft' AS is_placed,
  o.user_id, o.user_email,
  md5(ROW({either.values(_OF_ORDER)},
    (SELECT string_agg(ROW({either.values(_OF_LINE)})::text, ',' ORDER BY l.id)
       FROM order_orderline l LEFT JOIN product_productvariant w ON w.id = l.variant_id WHERE l.order_id = o.id),
    (SELECT string_agg(ROW(f.status, f.created, fl.order_line_id, fl.quantity)::text, ',' ORDER BY fl.id)
       FROM order_fulfillment f JOIN order_fulfillmentline fl ON fl.fulfillment_id = f.id
       WHERE f.order_id = o.id))::text) AS fingerprint
{_ORDER_ROWS}
"""  # noqa: S608 - made of constants

# The orders of which a dated row is as new as a moment: an order, an event, a shipment, a payment.
TOUCHED_ORDERS = """
SELECT o.id FROM order_order o WHERE o.created >= %(touched_since)s
UNION SELECT e.order_id FROM order_orderevent e WHERE e.date >= %(touched_since)s
UNION SELECT f.order_id FROM order_fulfillment f WHERE f.created >= %(touched_since)s
UNION SELECT p.order_id FROM payment_transaction t JOIN payment_payment p ON p.id = t.payment_id
  WHERE t.created >= %(touched_since)s
"""
# What finds them, where the host has no index of its own: name, table and columns.
INDEXES: tuple[indexes.Index, ...] = (
    *either.INDEXES_OF_ADDRESSES,
    ("reciprocity_orders_by_time", "order_order", "created"),
    ("reciprocity_events_by_time", "order_orderevent", "date"),
    ("reciprocity_shipments_by_time", "order_fulfillment", "created"),
    ("reciprocity_payments_by_time", "payment_transaction", "created"),
)

# Orders and their lines, a row for each line; one row for an order without any.
_FACTS = f"""
SELECT o.token AS order_id, {either.named(_OF_ORDER)}, {either.named(_OF_LINE)}, s.moments, s.pieces
{_ORDER_ROWS}
LEFT JOIN order_orderline l ON l.order_id = o.id
LEFT JOIN product_productvariant w ON w.id = l.variant_id
LEFT JOIN LATERAL (
  SELECT array_agg(f.created ORDER BY fl.id) AS moments, array_agg(fl.quantity ORDER BY fl.id) AS pieces
  FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
  WHERE fl.order_line_id = l.id AND f.status = 'fulfilled') s ON true
WHERE {CHOSEN_ORDERS} ORDER BY o.id, l.id
"""  # noqa: S608 - made of constants


def order_fingerprint(order_id: str) -> str | None:
    """A digest of an order's state, or None when there is no such order."""
    return order_fingerprints([order_id]).get(order_id)


def order_fingerprints(order_ids: Iterable[str]) -> dict[str, str]:
    """A digest of the state of each of these orders, in one statement; those that are not there are missing."""
    return either.fingerprints(f"{ORDER_STATES} WHERE {CHOSEN_ORDERS}", list(order_ids))


def order(order_id: str) -> Order | None:
    """The facts about one order as they are now, or None when there is no such order."""
    return next(orders([order_id]), None)


def orders(order_ids: Iterable[str]) -> Iterator[Order]:
    """The facts about orders as they are now, in one statement; those that are not there are missing."""
    for rows in either.by_order(_FACTS, list(order_ids)):
        yield _order(rows)


def _order(rows: Sequence[Any]) -> Order:
    row = rows[0]
    lines = tuple(_line(each) for each in rows if each.line_id is not None)
    off_shipping = min(row.off_shipping, row.shipping_price_gross_amount)
    shipping = row.shipping_price_gross_amount - off_shipping
    return Order(
        id=row.order_id,
        number=str(row.number),
        channel_id=CHANNEL_ID,
        currency=row.currency,
        placed_at=row.placed_at,
        state=STATES.get(row.status, OrderState.PLACED),
        replaces_another=False,
        person=_person(row),
        goods=either.paid_goods(lines, row.total_gross_amount, shipping),
        shipping=shipping,
        shipping_net=either.part(shipping, row.shipping_price_gross_amount, row.shipping_price_net_amount),
        off_shipping=off_shipping,
        refunded=row.refunded,
        lines=lines,
    )


def _person(row: Any) -> Person:
    if row.user_id is None:
        return Person(None, row.user_email, confirmed=False)
    return Person(row.user_id, row.email, confirmed=is_proved(row.is_active))


def is_proved(is_active: bool) -> bool:
    """Whether a user has proved the address. Where the shop asks for that, an account is inactive until then.

    Where it does not ask, nobody has proved anything: whoever knows an address can register with it.
    """
    return bool(settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL and is_active)


def customers() -> str:
    """Every customer, as SQL: `user_id`, `joined_at`, `metadata`, and `proved` by the same rule as `is_proved`."""
    proved = "u.is_active" if is_proved(True) else "false"
    return (
        f"SELECT u.id AS user_id, u.date_joined AS joined_at, u.metadata, {proved} AS proved"  # noqa: S608
        " FROM account_user u WHERE NOT u.is_staff"
    )


def _line(row: Any) -> Line:
    shipments = either.shipments(row)
    return Line(
        id=str(row.line_id),
        product_id=row.product_id,
        quantity=row.quantity,
        fulfilled=min(either.pieces(shipments), row.quantity),
        given_back=0,
        total=row.unit_price_gross_amount * row.quantity,
        is_gift_card=False,
        total_net=row.unit_price_net_amount * row.quantity,
        shipments=shipments,
    )
