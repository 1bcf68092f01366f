"""The catalogue of Saleor 3 as SQL: what is for sale, what people bought, what lies in a checkout.

Conditions are about a product `p` in a channel `c`. Parameters: %(now)s, %(today)s, %(country)s (a code, or "" for
any country), %(channel)s (a slug or NULL), %(user)s and %(checkout)s (an id or NULL).
"""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from django.db.models import Q
from saleor.product.models import Category, Collection, Product

from saleor_reciprocity.addresses import in_sql

from ..shared.catalogue import products_shown_in
from .probes import has
from .refunds import LEGACY_REFUNDS

CHANNEL = """
SELECT id, id::text AS key, slug FROM channel_channel
WHERE is_active
  AND (slug = %(channel)s::text OR %(channel)s::text IS NULL AND (SELECT count(*) FROM channel_channel) = 1)
"""

_LISTED = """EXISTS (SELECT 1 FROM product_productchannellisting i
  WHERE i.product_id = p.id AND i.channel_id = c.id AND i.is_published
    AND (i.published_at IS NULL OR i.published_at <= %(now)s)"""
_FOR_SALE_IN_LISTINGS = "AND i.visible_in_listings AND i.available_for_purchase_at <= %(now)s"

PUBLISHED = f"(SELECT {_LISTED}))"

# Since 3.23 a shop may count the stock of all warehouses of a channel, whatever their shipping zones.
_BY_ZONES = (
    "(SELECT bool_and(use_legacy_shipping_zone_stock_availability) FROM site_sitesettings)"
    if has("stock without zones")
    else "true"
)

# Of a stock: what no order and no checkout has taken. An overdrawn stock counts as less than nothing.
_PIECES = """
SELECT s.id, s.warehouse_id, CASE WHEN free > 0 THEN greatest(free - reserved, 0) ELSE free - reserved END AS pieces
FROM warehouse_stock s,
  LATERAL (SELECT s.quantity - coalesce(sum(a.quantity_allocated), 0) AS free
    FROM warehouse_allocation a WHERE a.stock_id = s.id) allocated,
  LATERAL (SELECT coalesce(sum(r.quantity_reserved), 0) AS reserved
    FROM warehouse_reservation r WHERE r.stock_id = s.id AND r.reserved_until > %(now)s) kept
WHERE s.product_variant_id = v.id
"""

# A customer whose country is unknown is served by the zone that has most. A warehouse to collect from is a zone of its
# own, and one that everything can be collected from makes the pieces of all zones count together.
_STOCK = f"""(
  SELECT coalesce(CASE WHEN NOT {_BY_ZONES} OR bool_or(everywhere) THEN sum(pieces) FILTER (WHERE is_first)
    ELSE max(in_zone) END, 0) > 0
  FROM (SELECT s.pieces, row_number() OVER (PARTITION BY s.id) = 1 AS is_first,
      z.shippingzone_id IS NULL AND w.click_and_collect_option = 'all' AS everywhere,
      sum(s.pieces) OVER (PARTITION BY coalesce(z.shippingzone_id::text, s.warehouse_id::text)) AS in_zone
    FROM ({_PIECES}) s JOIN warehouse_warehouse w ON w.id = s.warehouse_id
    JOIN warehouse_channelwarehouse cw ON cw.warehouse_id = w.id AND cw.channel_id = c.id
    LEFT JOIN LATERAL (SELECT wz.shippingzone_id FROM warehouse_warehouse_shipping_zones wz
      JOIN shipping_shippingzone_channels zc ON zc.shippingzone_id = wz.shippingzone_id AND zc.channel_id = c.id
      WHERE wz.warehouse_id = w.id) z ON true
    WHERE NOT {_BY_ZONES} OR z.shippingzone_id IS NOT NULL OR w.click_and_collect_option IN ('local', 'all')
  ) counted)"""  # noqa: S608 - constants of this file

# How many pieces of a listing were ordered, or put into a checkout, before they exist.
_PREORDERED = """
((SELECT coalesce(sum(a.quantity), 0) FROM warehouse_preorderallocation a
   WHERE a.product_variant_channel_listing_id = {listing}.id)
 + (SELECT coalesce(sum(r.quantity_reserved), 0) FROM warehouse_preorderreservation r
   WHERE r.product_variant_channel_listing_id = {listing}.id AND r.reserved_until > %(now)s))"""
_PREORDER = f"""(
  (vl.preorder_quantity_threshold IS NULL OR vl.preorder_quantity_threshold > {_PREORDERED.format(listing="vl")})
  AND (v.preorder_global_threshold IS NULL OR v.preorder_global_threshold > (
    SELECT sum({_PREORDERED.format(listing="o")})
    FROM product_productvariantchannellisting o WHERE o.variant_id = v.id)))"""  # noqa: S608 - constants of this file

SELLABLE = f"""((SELECT {_LISTED} {_FOR_SALE_IN_LISTINGS})) AND (SELECT EXISTS (
  SELECT 1 FROM product_productvariant v JOIN product_productvariantchannellisting vl
    ON vl.variant_id = v.id AND vl.channel_id = c.id AND vl.price_amount IS NOT NULL
  WHERE v.product_id = p.id AND CASE
    WHEN v.is_preorder AND (v.preorder_end_date IS NULL OR v.preorder_end_date >= %(now)s) THEN {_PREORDER}
    ELSE NOT v.track_inventory OR {_STOCK} END)))"""  # noqa: S608 - constants of this file

# A draft was created long before it was placed. Whoever waits for the shop to confirm an order has bought.
BOUGHT = """
SELECT v.product_id, CASE WHEN o.origin = 'draft' THEN coalesce((SELECT min(e.date) FROM order_orderevent e
    WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created_at) ELSE o.created_at END AS placed_at
FROM order_order o JOIN order_orderline l ON l.order_id = o.id JOIN product_productvariant v ON v.id = l.variant_id
WHERE o.user_id = %(user)s::int AND o.status NOT IN ('draft', 'canceled', 'expired')
"""

# What people bought, a row of an order line that counts, for a training to read as a whole. `person` stands for a user,
# or for a guest's address; `user_id` is the account that may be shown what was learned from it. Nobody is two people: a
# guest's order is that of the user who proved the address, and is left out while a user has not. Cancelled, expired and
# fully refunded orders do not count, nor do pieces that were returned or refunded, gifts of a promotion, replacements.
PURCHASES = f"""
SELECT o.id::text AS order_id, coalesce(coalesce(o.user_id, g.id)::text, {in_sql("o.user_email")}) AS person,
  coalesce(o.user_id, g.id) AS user_id, v.product_id, o.channel_id::text AS channel_id,
  coalesce(d.placed_at, o.created_at) AS placed_at, l.quantity - coalesce(b.quantity, 0) AS quantity
FROM order_order o JOIN order_orderline l ON l.order_id = o.id JOIN product_productvariant v ON v.id = l.variant_id
LEFT JOIN (SELECT {in_sql("email")} AS address, min(id) AS id, bool_and(is_active AND is_confirmed) AS proved
    FROM account_user GROUP BY 1) g ON o.user_id IS NULL AND g.address = {in_sql("o.user_email")}
LEFT JOIN (SELECT order_id, min(date) AS placed_at FROM order_orderevent WHERE type = 'placed_from_draft'
    GROUP BY order_id) d ON d.order_id = o.id AND o.origin = 'draft'
LEFT JOIN (SELECT fl.order_line_id, sum(fl.quantity) AS quantity
    FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
    WHERE f.status IN ('returned', 'refunded', 'refunded_and_returned') GROUP BY fl.order_line_id) b
  ON b.order_line_id = l.id
LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM (
      SELECT order_id, amount FROM {LEGACY_REFUNDS} legacy
      UNION ALL SELECT order_id, refunded_value FROM payment_transactionitem WHERE refunded_value > 0) paid_back
    GROUP BY order_id) r ON r.order_id = o.id
WHERE o.status NOT IN ('draft', 'unconfirmed', 'canceled', 'expired') AND o.origin <> 'reissue'
  AND g.proved IS NOT false AND NOT l.is_gift AND l.quantity > coalesce(b.quantity, 0)
  AND NOT coalesce(r.amount >= o.total_gross_amount AND r.amount > 0, false)
"""  # noqa: S608 - made of constants

# Whoever knows the secret id of a guest's checkout may read it, of a user's checkout only the user: stricter than the
# host, which lets anyone read a checkout whose id they know.
IN_CHECKOUT = """
SELECT DISTINCT v.product_id FROM checkout_checkout k JOIN checkout_checkoutline l ON l.checkout_id = k.token
JOIN product_productvariant v ON v.id = l.variant_id
WHERE k.token = %(checkout)s::uuid AND (k.user_id IS NULL OR k.user_id = %(user)s::int)
"""


def visible_ids(kind: str, ids: Iterable[int], now: datetime) -> set[int]:
    """Those of the ids that are a category, or a collection or product (as `kind` says) published in some channel."""
    rows = {"category": Category, "collection": Collection, "product": Product}[kind].objects.filter(pk__in=list(ids))
    if kind != "category":
        published = Q(channel_listings__published_at=None) | Q(channel_listings__published_at__lte=now)
        rows = rows.filter(
            published, channel_listings__is_published=True, channel_listings__channel__is_active=True
        ).distinct()
    return set(rows.values_list("pk", flat=True))


def shown_products(product_ids: Iterable[int], channel_id: str, now: datetime, *, keep: bool = False) -> frozenset[int]:
    """Those of the products that a channel shows at a moment; `keep` keeps them until the transaction ends."""
    return products_shown_in(PUBLISHED, product_ids, channel_id, now, keep)
