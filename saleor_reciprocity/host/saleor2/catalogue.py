"""The catalogue of Saleor 2.10 as SQL: what is for sale, what people bought, what lies in a checkout.

Conditions are about a product `p` in a channel `c`. Parameters: %(now)s, %(today)s, %(country)s (a code, or "" for
any country), %(channel)s (a slug or NULL), %(user)s and %(checkout)s (an id or NULL).
"""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from saleor.product.models import Category, Collection, Product

from saleor_reciprocity.addresses import in_sql

from ..shared.catalogue import products_shown_in

# The only channel, under the names that an upgrade to Saleor 3 will give it.
CHANNEL = """
SELECT 1 AS id, '1' AS key, 'default-channel' AS slug
WHERE coalesce(%(channel)s::text, 'default-channel') = 'default-channel'
"""

PUBLISHED = """(p.is_published AND (p.publication_date IS NULL OR p.publication_date <= %(today)s::date))"""

# In stock where one of the zones that ship to the country has pieces that no order has taken. Of a variant without
# inventory the host only wants to know where it is kept.
SELLABLE = f"""({PUBLISHED} AND (SELECT EXISTS (
  SELECT 1 FROM product_productvariant v WHERE v.product_id = p.id AND (
    SELECT CASE WHEN v.track_inventory THEN coalesce(max(in_zone.pieces), 0) > 0 ELSE count(*) > 0 END
    FROM (SELECT sum(s.quantity - (SELECT coalesce(sum(a.quantity_allocated), 0)
            FROM warehouse_allocation a WHERE a.stock_id = s.id)) AS pieces
      FROM warehouse_stock s LEFT JOIN warehouse_warehouse_shipping_zones w ON w.warehouse_id = s.warehouse_id
      LEFT JOIN shipping_shippingzone z ON z.id = w.shippingzone_id
      WHERE s.product_variant_id = v.id AND (%(country)s::text = '' OR position(%(country)s in z.countries) > 0)
      GROUP BY z.id) in_zone))))"""  # noqa: S608 - constants of this file

# A draft was created long before it was placed.
BOUGHT = """
SELECT v.product_id, coalesce((SELECT min(e.date) FROM order_orderevent e
    WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created) AS placed_at
FROM order_order o JOIN order_orderline l ON l.order_id = o.id JOIN product_productvariant v ON v.id = l.variant_id
WHERE o.user_id = %(user)s::int AND o.status NOT IN ('draft', 'canceled')
"""

# What people bought, a row of an order line that counts, for a training to read as a whole. `person` stands for a user,
# or for a guest's address; `user_id` is the account that may be shown what was learned from it. Nobody is two people: a
# guest's order at the address of an account is left out, until the host makes it the account's. An order that was
# cancelled or paid back in full does not count.
PURCHASES = f"""
SELECT o.token AS order_id, coalesce(o.user_id::text, {in_sql("o.user_email")}) AS person, o.user_id,
  v.product_id, '1' AS channel_id, coalesce(d.placed_at, o.created) AS placed_at, l.quantity
FROM order_order o JOIN order_orderline l ON l.order_id = o.id JOIN product_productvariant v ON v.id = l.variant_id
LEFT JOIN account_user g ON o.user_id IS NULL AND {in_sql("g.email")} = {in_sql("o.user_email")}
LEFT JOIN (SELECT order_id, min(date) AS placed_at FROM order_orderevent WHERE type = 'placed_from_draft'
    GROUP BY order_id) d ON d.order_id = o.id
LEFT JOIN (SELECT p.order_id, sum(t.amount) AS amount
    FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id
    WHERE t.kind = 'refund' AND t.is_success GROUP BY p.order_id) r ON r.order_id = o.id
WHERE o.status NOT IN ('draft', 'canceled') AND l.quantity > 0 AND g.id IS NULL
  AND NOT coalesce(r.amount >= o.total_gross_amount AND r.amount > 0, false)
"""  # noqa: S608 - constants

# Whoever knows the secret id of a guest's checkout may read it, of a user's checkout only the user.
IN_CHECKOUT = """
SELECT DISTINCT v.product_id FROM checkout_checkout k JOIN checkout_checkoutline l ON l.checkout_id = k.token
JOIN product_productvariant v ON v.id = l.variant_id
WHERE k.token = %(checkout)s::uuid AND (k.user_id IS NULL OR k.user_id = %(user)s::int)
"""


def visible_ids(kind: str, ids: Iterable[int], now: datetime) -> set[int]:
    """Those of the ids that are a category, or a published collection or product, as `kind` says."""
    rows = {
        "category": Category.objects.all(),
        "collection": Collection.objects.published(),
        "product": Product.objects.published(),
    }[kind]
    return set(rows.filter(pk__in=list(ids)).values_list("pk", flat=True))


def shown_products(product_ids: Iterable[int], channel_id: str, now: datetime, *, keep: bool = False) -> frozenset[int]:
    """Those of the products that a channel shows at a moment; `keep` keeps them until the transaction ends."""
    return products_shown_in(PUBLISHED, product_ids, channel_id, now, keep)
