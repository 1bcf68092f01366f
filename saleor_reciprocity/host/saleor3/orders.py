"""Orders of Saleor 3: what each comes to, read in one statement, and a digest of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Iterable, Iterator, Mapping, Sequence

from saleor.order import OrderOrigin, OrderStatus
from saleor.order import models as order_models

from .. import indexes
from ..facts import BoughtProduct, Line, Look, Order, OrderState, Person
from ..shared.orders import (
    INDEXES_OF_ADDRESSES,
    paid_goods,
    paid_shipping,
    part,
    pieces,
    postal_lines,
    products_on,
    shipped,
)
from ..shared.rows import by_order, fingerprints, look_at, named, unnamed
from .codes import CODES_ON_ORDER
from .parts import CHARGED_TO_GIFT_CARDS, GIVEN_BACK, PLACED_AT, is_uuid
from .refunds import LEGACY_INDEXES, LEGACY_REFUNDS

# The orders with these ids, for a condition on the relations of orders.
CHOSEN_ORDERS = "o.id = ANY(%(order_ids)s::uuid[])"
# Where the one chosen order goes, as one line of text.
SHIPPING_ADDRESS = postal_lines(CHOSEN_ORDERS)

_STATES = {
    OrderStatus.DRAFT: OrderState.NOT_YET,
    OrderStatus.UNCONFIRMED: OrderState.NOT_YET,
    OrderStatus.CANCELED: OrderState.VOID,
    OrderStatus.EXPIRED: OrderState.VOID,
}

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
_JOINS = "LEFT JOIN account_user u ON u.id = o.user_id"

# Every order with a digest of all that settlement looks at. One index look-up a table and order, so it serves one
# order as well as a sweep over all of them.
ORDER_STATES = f"""
SELECT o.id::text AS order_id, o.channel_id::text AS channel_id, {PLACED_AT} AS placed_at,
  o.status NOT IN ('draft', 'unconfirmed') AS is_placed, o.user_id, o.user_email, o.private_metadata,
  md5(ROW({unnamed(_OF_ORDER)},
    (SELECT string_agg(ROW({unnamed(_OF_LINE)})::text, ',' ORDER BY l.created_at, l.id)
       FROM order_orderline l LEFT JOIN product_productvariant w ON w.id = l.variant_id WHERE l.order_id = o.id),
    (SELECT string_agg(ROW(f.status, f.created_at, fl.order_line_id, fl.quantity)::text, ',' ORDER BY fl.id)
       FROM order_fulfillment f JOIN order_fulfillmentline fl ON fl.fulfillment_id = f.id
       WHERE f.order_id = o.id))::text) AS fingerprint
FROM order_order o {_JOINS}
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
# The orders that were placed since a moment. A draft was created long before.
PLACED_ORDERS = """
SELECT o.id FROM order_order o WHERE o.created_at >= %(placed_since)s
UNION SELECT e.order_id FROM order_orderevent e WHERE e.date >= %(placed_since)s AND e.type = 'placed_from_draft'
"""
# The orders that were placed within spans of time, such as the same week of every year. OFFSET keeps each span to
# itself: its orders are found by an index.
ORDERS_PLACED_WITHIN = """
SELECT found.id FROM unnest(%(spans_since)s::timestamptz[], %(spans_until)s::timestamptz[]) AS span (since, until)
CROSS JOIN LATERAL (
  (SELECT o.id FROM order_order o WHERE o.created_at > span.since AND o.created_at <= span.until OFFSET 0)
  UNION ALL (SELECT e.order_id FROM order_orderevent e
    WHERE e.date > span.since AND e.date <= span.until AND e.type = 'placed_from_draft' OFFSET 0)) found
"""
# What finds them, and what belongs to an order, where the host has no index of its own: name, table and columns.
INDEXES: tuple[indexes.Index, ...] = (
    *INDEXES_OF_ADDRESSES,
    ("reciprocity_shipments_by_time", "order_fulfillment", "created_at"),
    ("reciprocity_gift_cards_of_order", "order_order_gift_cards", "order_id"),
    *LEGACY_INDEXES,
)

# Orders and their lines, a row for each line; one row for an order without any.
_COLUMNS = f"""
  o.id::text AS order_id, {named(_OF_ORDER)}, {named(_OF_LINE)}, s.moments, s.pieces,
  coalesce(s.given_back, 0) AS given_back"""
_LINES = f"""
{_JOINS}
LEFT JOIN order_orderline l ON l.order_id = o.id
LEFT JOIN product_productvariant w ON w.id = l.variant_id
LEFT JOIN LATERAL (
  SELECT array_agg(f.created_at ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS moments,
    array_agg(fl.quantity ORDER BY fl.id) FILTER (WHERE f.status IN ('fulfilled', 'replaced')) AS pieces,
    sum(fl.quantity) FILTER (WHERE f.status IN ('returned', 'refunded', 'refunded_and_returned')) AS given_back
  FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
  WHERE fl.order_line_id = l.id) s ON true
"""  # noqa: S608 - made of constants
_FACTS = f"""
SELECT {_COLUMNS} FROM order_order o {_LINES} WHERE {CHOSEN_ORDERS} ORDER BY o.id, l.created_at, l.id
"""  # noqa: S608 - made of constants

# The same of one order, with its fingerprint and what is asked beside it: that once, also if there is no such order.
_LOOK = f"""
WITH carried AS ({CODES_ON_ORDER}), seen AS MATERIALIZED (
  SELECT o.fingerprint, {{beside}} FROM (SELECT %(order_id)s::text AS order_id) asked
  LEFT JOIN ({ORDER_STATES} WHERE {CHOSEN_ORDERS}) o ON true {{joins}})
SELECT {_COLUMNS}, seen.* FROM seen LEFT JOIN order_order o ON {CHOSEN_ORDERS} {_LINES}
ORDER BY o.id, l.created_at, l.id
"""  # noqa: S608 - made of constants


def order_fingerprint(order_id: str) -> str | None:
    """A digest of an order's state, or None when there is no such order."""
    return order_fingerprints([order_id]).get(order_id)


def possible_order_ids(texts: Iterable[str]) -> list[str]:
    """Those that can be the id of an order here; rows of ours also carry what stands for an order that is forgotten."""
    return list(filter(is_uuid, texts))


def order_fingerprints(order_ids: Iterable[str]) -> dict[str, str]:
    """A digest of the state of each of these orders, in one statement; those that are not there are missing."""
    return fingerprints(f"{ORDER_STATES} WHERE {CHOSEN_ORDERS}", possible_order_ids(order_ids))


def order(order_id: str) -> Order | None:
    """The facts about one order as they are now, or None when there is no such order."""
    return next(orders([order_id]), None)


def look(order_id: str, columns: Mapping[str, str], joins: str = "", values: Mapping[str, Any] | None = None) -> Look:
    """The facts about one order as they are now, its fingerprint, and what is asked beside them, in one statement.

    `columns` are expressions of SQL about the order `%(order_id)s`, or `asked.order_id`, about the codes that it
    `carried` and whether they `took_off` something, about what `joins` brings, and about more `values`.
    """
    return look_at(_LOOK, order_id, possible_order_ids([order_id]), columns, joins, values or {}, _order)


def orders(order_ids: Iterable[str]) -> Iterator[Order]:
    """The facts about orders as they are now, in one statement; those that are not there are missing."""
    for rows in by_order(_FACTS, possible_order_ids(order_ids)):
        yield _order(rows)


def _order(rows: Sequence[Any]) -> Order:
    row = rows[0]
    lines = tuple(_line(each) for each in rows if each.line_id is not None)
    asked = row.shipping_price_gross_amount
    goods = paid_goods(lines, row.total_gross_amount, asked)
    shipping = paid_shipping(asked, row.total_gross_amount - row.charged_to_gift_cards)
    return Order(
        id=row.order_id,
        number=str(row.number),
        channel_id=row.channel_id,
        currency=row.currency,
        placed_at=row.placed_at,
        state=_STATES.get(row.status, OrderState.PLACED),
        replaces_another=row.origin == OrderOrigin.REISSUE,
        person=_person(row),
        goods=max(Decimal(0), goods - row.charged_to_gift_cards),
        shipping=shipping,
        shipping_net=part(shipping, asked, row.shipping_price_net_amount),
        refunded=row.refunded,
        lines=lines,
    )


def _person(row: Any) -> Person:
    if row.user_id is None:
        return Person(None, row.user_email, confirmed=False)
    return Person(row.user_id, row.email, confirmed=row.proved)


def _line(row: Any) -> Line:
    shipments = shipped(row)
    return Line(
        id=str(row.line_id),
        product_id=row.product_id,
        quantity=row.quantity,
        fulfilled=min(pieces(shipments), row.quantity),
        given_back=min(row.given_back, row.quantity),
        total=row.total_price_gross_amount,
        is_gift_card=row.is_gift_card,
        total_net=row.total_price_net_amount,
        shipments=shipments,
    )


# The hooks by which this generation tells plugins that something happened to an order.
HOOKS: tuple[str, ...] = (
    "order_created",
    "order_confirmed",
    "order_updated",
    "order_paid",
    "order_fully_paid",
    "order_refunded",
    "order_fully_refunded",
    "order_fulfilled",
    "order_cancelled",
    "order_expired",
    "order_bulk_created",
    "fulfillment_created",
    "fulfillment_approved",
    "fulfillment_canceled",
)


def order_id(order_row: Any) -> str:
    """The id under which an order is known to us: the text that was its token in Saleor 2."""
    return str(order_row.pk)


def order_id_of_number(number: str) -> str | None:
    """The id of the order with this number, as people see it, or None."""
    rows = order_models.Order.objects.filter(number=number) if number.isdigit() else order_models.Order.objects.none()
    found = rows.values_list("pk", flat=True).first()
    return str(found) if found else None


def order_key(order_id: str, number: str) -> str:
    """What GraphQL knows an order by, from our id and the order's number."""
    return order_id


def order_id_of_key(key: str) -> str | None:
    """Our id of the order that GraphQL knows by a key, or None."""
    return key if is_uuid(key) and order_models.Order.objects.filter(pk=key).exists() else None


def order_language(order_id: str) -> str:
    """The language in which an order was placed, such as "en" or "zh-hans"; "" when there is no such order."""
    if not is_uuid(order_id):
        return ""
    rows = order_models.Order.objects.filter(pk=order_id)
    return rows.values_list("language_code", flat=True).first() or ""


def ordered_products(order_id: str) -> tuple[BoughtProduct, ...]:
    """The different products of an order that the shop still has."""
    if not is_uuid(order_id):
        return ()
    return products_on(order_models.OrderLine.objects.filter(order__pk=order_id).order_by("created_at", "pk"))
