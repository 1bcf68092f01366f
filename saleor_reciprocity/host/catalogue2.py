"""The catalogue of Saleor 2.10 as SQL: what is for sale, what a user bought, what lies in a checkout.

Conditions are about a product `p` in a channel `c`. Parameters: %(now)s, %(today)s, %(country)s (a code, or "" for
any country), %(channel)s (a slug or NULL), %(user)s and %(checkout)s (an id or NULL).
"""

from __future__ import annotations

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

BOUGHT = """
SELECT v.product_id, o.created AS placed_at
FROM order_order o JOIN order_orderline l ON l.order_id = o.id JOIN product_productvariant v ON v.id = l.variant_id
WHERE o.user_id = %(user)s::int AND o.status NOT IN ('draft', 'canceled')
"""

# Whoever knows the secret id of a guest's checkout may read it, of a user's checkout only the user.
IN_CHECKOUT = """
SELECT DISTINCT v.product_id FROM checkout_checkout k JOIN checkout_checkoutline l ON l.checkout_id = k.token
JOIN product_productvariant v ON v.id = l.variant_id
WHERE k.token = %(checkout)s::uuid AND (k.user_id IS NULL OR k.user_id = %(user)s::int)
"""
