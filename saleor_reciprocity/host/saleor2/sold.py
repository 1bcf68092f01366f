"""Orders of Saleor 2.10 that count, as SQL over many of them: what was sold, sent and given back."""

from __future__ import annotations

from datetime import datetime

from saleor_reciprocity.addresses import in_sql

from ..facts import Person
from ..shared.orders import count_earlier, earlier_in, of_earlier
from .parts import CHANNEL_ID, GIVEN_BACK, PLACED_AT

# Orders that count, by whoever placed them; cancelled ones do not count.
ORDERS_OF_PEOPLE = f"""
SELECT o.token AS order_id, '1' AS channel_id, o.created AS placed_at,
  {in_sql("coalesce(u.email, o.user_email)")} AS person
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - constants

# Orders that count, with what was left to pay for goods and for shipping, and their lines: what `order` gives, in SQL.
SOLD_ORDERS = f"""
SELECT o.token AS order_id, '1' AS channel_id, o.user_id, coalesce(u.email, o.user_email) AS email,
  o.id::text AS order_number, o.currency,
  {GIVEN_BACK} AS refunded, {PLACED_AT} AS placed_at, {in_sql("coalesce(u.email, o.user_email)")} AS person,
  greatest(least(l.total, o.total_gross_amount - s.asked), 0) AS goods, p.shipping,
  o.shipping_price_gross_amount - s.asked AS off_shipping,
  CASE WHEN o.shipping_price_gross_amount > 0
    THEN p.shipping * o.shipping_price_net_amount / o.shipping_price_gross_amount ELSE 0 END AS shipping_net,
  {in_sql("o.user_email")} AS address, l.total AS lines_total, l.net AS lines_net
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id
LEFT JOIN discount_voucher v ON v.id = o.voucher_id AND v.type = 'shipping'
CROSS JOIN LATERAL (SELECT CASE WHEN v.id IS NULL THEN o.shipping_price_gross_amount
  ELSE greatest(o.shipping_price_gross_amount - o.discount_amount, 0) END AS asked) s
CROSS JOIN LATERAL (SELECT greatest(least(s.asked, o.total_gross_amount), 0) AS shipping) p
CROSS JOIN LATERAL (SELECT coalesce(sum(unit_price_gross_amount * quantity), 0) AS total,
    coalesce(sum(unit_price_net_amount * quantity), 0) AS net
  FROM order_orderline WHERE order_id = o.id) l
WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - a constant
SOLD_LINES = """
SELECT o.token AS order_id, l.id::text AS line_id, p.id AS product_id, p.category_id, l.quantity,
  l.unit_price_gross_amount * l.quantity AS total, l.unit_price_net_amount * l.quantity AS total_net,
  false AS is_gift_card
FROM order_orderline l JOIN order_order o ON o.id = l.order_id
LEFT JOIN product_productvariant v ON v.id = l.variant_id LEFT JOIN product_product p ON p.id = v.product_id
"""
# What left the shop of which line, and whether the customer has it or gave it back.
MOVED_PIECES = """
SELECT fl.order_line_id::text AS line_id, f.created AS moved_at, fl.quantity, true AS is_kept
FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
JOIN order_order o ON o.id = f.order_id WHERE f.status = 'fulfilled'
"""
# Which orders count when somebody's are numbered, as `earlier_orders` does.
NUMBERED_ORDERS = f"""
SELECT o.id, o.token AS order_id, '{CHANNEL_ID}' AS channel_id, o.user_id, o.user_email,
  {in_sql("o.user_email")} AS address, {PLACED_AT} AS placed_at, o.id::bigint AS number
FROM order_order o WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - constants
# How many of them whoever placed an order placed before it: an expression about `of_earlier`.
EARLIER_ORDERS = earlier_in(NUMBERED_ORDERS)


def earlier_orders(person: Person, before: datetime, at_most: int, number: str = "") -> int:
    """How many orders that count a person placed before a moment; counting ends at `at_most`.

    Of orders of that very moment, those with a lower number than `number` are earlier.
    """
    return count_earlier(EARLIER_ORDERS, of_earlier(person, before, number, at_most))
