"""Orders of Saleor 2.10: what each comes to, read in one statement, and a digest of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from saleor.order import OrderStatus

from . import either
from .facts import Line, Order, OrderState, Person

CHANNEL_ID = "1"  # what an upgrade to Saleor 3 makes of the one channel that there is here

STATES = {OrderStatus.DRAFT: OrderState.NOT_YET, OrderStatus.CANCELED: OrderState.VOID}

# A draft was created long before it was placed.
_PLACED_AT = """coalesce(
    (SELECT min(e.date) FROM order_orderevent e WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created)"""
_REFUNDED = """(SELECT sum(t.amount) FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id
    WHERE p.order_id = o.id AND t.kind = 'refund' AND t.is_success)"""

# Every order with a digest of all that settlement looks at. One index look-up a table and order, so it serves one
# order as well as a sweep over all of them.
ORDER_STATES = f"""
SELECT o.token AS order_id, '{CHANNEL_ID}' AS channel_id, {_PLACED_AT} AS placed_at, o.status <> 'draft' AS is_placed,
  o.user_id, o.user_email,
  md5(concat_ws('|', o.status, o.user_id, o.user_email, o.total_gross_amount, o.shipping_price_gross_amount,
    (SELECT string_agg(concat_ws(':', l.id, l.quantity, l.unit_price_gross_amount), ',' ORDER BY l.id)
       FROM order_orderline l WHERE l.order_id = o.id),
    (SELECT string_agg(concat_ws(':', f.status, fl.order_line_id, fl.quantity), ',' ORDER BY fl.id)
       FROM order_fulfillment f JOIN order_fulfillmentline fl ON fl.fulfillment_id = f.id WHERE f.order_id = o.id),
    {_REFUNDED})) AS fingerprint
FROM order_order o
"""  # noqa: S608 - made of constants

# An order and its lines, a row for each line; one row for an order without any.
_FACTS = f"""
SELECT o.token, o.id AS number, o.currency, {_PLACED_AT} AS placed_at, o.status, o.user_email, o.total_gross_amount,
  o.shipping_price_gross_amount, o.shipping_price_net_amount, coalesce({_REFUNDED}, 0) AS refunded,
  CASE WHEN v.type = 'shipping' THEN o.discount_amount ELSE 0 END AS off_shipping,
  u.id AS user_id, u.email, u.is_active,
  l.id AS line_id, l.quantity, l.unit_price_gross_amount, l.unit_price_net_amount, w.product_id, s.moments, s.pieces
FROM order_order o
LEFT JOIN account_user u ON u.id = o.user_id
LEFT JOIN discount_voucher v ON v.id = o.voucher_id
LEFT JOIN order_orderline l ON l.order_id = o.id
LEFT JOIN product_productvariant w ON w.id = l.variant_id
LEFT JOIN LATERAL (
  SELECT array_agg(f.created ORDER BY fl.id) AS moments, array_agg(fl.quantity ORDER BY fl.id) AS pieces
  FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
  WHERE fl.order_line_id = l.id AND f.status = 'fulfilled') s ON true
WHERE o.token = %s ORDER BY l.id
"""  # noqa: S608 - made of constants


def order_fingerprint(order_id: str) -> str | None:
    """A digest of an order's state, or None when there is no such order."""
    return either.fingerprint_where(ORDER_STATES, "o.token = %s", order_id)


def order(order_id: str) -> Order | None:
    """The facts about one order as they are now, or None when there is no such order."""
    rows = either.named_rows(_FACTS, [order_id])
    if not rows:
        return None
    row = rows[0]
    lines = tuple(_line(each) for each in rows if each.line_id is not None)
    off_shipping = min(row.off_shipping, row.shipping_price_gross_amount)
    shipping = row.shipping_price_gross_amount - off_shipping
    return Order(
        id=row.token,
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
    """Whether a user has proved the address. Where the shop asks for that, an account is inactive until then."""
    return bool(settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL and is_active)


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
