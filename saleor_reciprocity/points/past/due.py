"""Due: what many past orders are due, in a handful of statements: `entitlement` under new terms, in SQL.

It is exact: whole numerators over one denominator for each order. Of an order that `is_odd` some pieces of a line, but
not all, were shipped or given back, or its account is in debt: those are few and are left to the way for one order. A
test holds the two ways to each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Mapping, Sequence

from django.db import connection

from saleor_reciprocity import host, settings

from ..earning.rules import Rule
from ..earning.terms import MOST_POINTS
from .rules import PLACE, apply

# Within one transaction there may be several batches.
_TABLES = f"""
SET LOCAL jit = off;
DROP TABLE IF EXISTS pg_temp.past_due, pg_temp.past_line, pg_temp.past_order;
CREATE TEMP TABLE past_order (order_id text PRIMARY KEY, account_id bigint, user_id int, person text,
  number text, currency text, placed_at timestamptz, local timestamp, goods numeric, shipping numeric,
  shipping_net numeric, off_shipping numeric, refunded numeric, fingerprint text,
  number_of_person int NOT NULL DEFAULT 1, tier text, tier_name text, tier_multiplier numeric NOT NULL DEFAULT 1,
  bonuses jsonb NOT NULL DEFAULT '[]',
  no_more_bonuses boolean NOT NULL DEFAULT false, {PLACE}) ON COMMIT DROP;
CREATE TEMP TABLE past_line (order_id text, line_id text, product_id int, category_id int, quantity int, total numeric,
  counted numeric, is_gift_card boolean, kept int, matured int, matures_at timestamptz, {PLACE}) ON COMMIT DROP;
"""

# The fingerprint is read before the facts, as `settlement.settle` does.
_ORDERS = f"""
INSERT INTO past_order (order_id, fingerprint)
SELECT o.order_id, o.fingerprint FROM ({host.ORDER_STATES} WHERE {host.CHOSEN_ORDERS}) o
"""  # noqa: S608 - constants
_FACTS = f"""
UPDATE past_order p SET user_id = o.user_id, person = o.person, number = o.order_number,
  currency = o.currency, placed_at = o.placed_at, local = o.placed_at AT TIME ZONE %(zone)s, goods = o.goods,
  shipping = o.shipping, shipping_net = o.shipping_net, off_shipping = o.off_shipping,
  refunded = o.refunded, account_id = h.account_id
FROM ({host.SOLD_ORDERS} AND {host.CHOSEN_ORDERS}) o
JOIN unnest(%(order_ids)s::text[], %(accounts)s::bigint[]) AS h (order_id, account_id) ON h.order_id = o.order_id
WHERE o.order_id = p.order_id
"""  # noqa: S608 - constants
# What does not count, and what was awarded or erased before the accounts were locked.
_LEAVE_OUT = """
DELETE FROM past_order p WHERE placed_at IS NULL
  OR EXISTS (SELECT 1 FROM reciprocity_orderterms t WHERE t.order_id = p.order_id AND t.verdict <> 'programme off')
  OR EXISTS (SELECT 1 FROM reciprocity_settledorder s WHERE s.order_id = p.order_id AND s.erased)
"""

# `counted` is the part of a line's price that is in the base; `matured` are the pieces that cannot come back any more.
_LINES = f"""
INSERT INTO past_line (order_id, line_id, product_id, category_id, quantity, total, counted, is_gift_card, kept,
  matured, matures_at)
SELECT l.order_id, l.line_id, l.product_id, l.category_id, l.quantity, l.total,
  CASE WHEN %(net)s AND l.total <> 0 THEN coalesce(l.total_net, l.total) ELSE l.total END, l.is_gift_card, k.kept,
  least(coalesce(m.shipped, 0), k.kept), m.matures_at
FROM ({host.SOLD_LINES} WHERE {host.CHOSEN_ORDERS}) l JOIN past_order o ON o.order_id = l.order_id
LEFT JOIN (
  SELECT line_id, sum(quantity) FILTER (WHERE NOT is_kept) AS given_back,
    sum(quantity) FILTER (WHERE is_kept AND (ends_at <= %(now)s OR NOT %(waits)s)) AS shipped,
    min(ends_at) FILTER (WHERE is_kept AND %(waits)s AND ends_at > %(now)s) AS matures_at
  FROM (SELECT m.*, m.moved_at + %(window)s::interval AS ends_at
    FROM ({host.MOVED_PIECES} AND {host.CHOSEN_ORDERS}) m) p
  GROUP BY line_id
) m ON m.line_id = l.line_id
CROSS JOIN LATERAL (SELECT l.quantity - least(coalesce(m.given_back, 0), l.quantity) AS kept) k
"""  # noqa: S608 - constants

# A line's share of what is paid and kept is its total by `up / down`, the shipping's is `ship_up / ship_down`.
_DUE = """
CREATE TEMP TABLE past_due ON COMMIT DROP AS
WITH line AS (
  SELECT p.*, CASE WHEN is_gift_card THEN 0 ELSE %(rate)s::numeric * factor END AS rate FROM past_line p
), summed AS (
  SELECT order_id, sum(total) AS total, coalesce(sum(total) FILTER (WHERE kept > 0), 0) AS kept,
    coalesce(sum(counted * rate) FILTER (WHERE kept > 0), 0) AS worth,
    coalesce(sum(counted * rate) FILTER (WHERE matured > 0), 0) AS matured_worth,
    sum(per_piece * kept) AS pieces, sum(per_piece * matured) AS matured_pieces,
    sum(per_piece * quantity) AS most_pieces,
    bool_and(matured = kept) AS all_matured, min(matures_at) AS matures_at, max(rate) AS best_rate,
    bool_or(kept NOT IN (0, quantity) OR matured NOT IN (0, kept)) AS is_odd,
    jsonb_object_agg(line_id, CASE WHEN per_piece = 0 AND applied = '[]' THEN to_jsonb(rate::text)
      ELSE jsonb_build_array(rate::text, per_piece, applied) END) AS terms
  FROM line GROUP BY order_id
), fact AS (
  SELECT o.*, %(rate)s::numeric * o.factor AS rate, CASE WHEN %(with_shipping)s THEN %(rate)s::numeric * o.factor
      ELSE 0 END AS shipping_rate, coalesce(s.total, 0) AS total, coalesce(s.kept, 0) AS kept,
    coalesce(s.worth, 0) AS worth, coalesce(s.matured_worth, 0) AS matured_worth, coalesce(s.pieces, 0) AS pieces,
    coalesce(s.matured_pieces, 0) AS matured_pieces, coalesce(s.most_pieces, 0) AS most_pieces,
    coalesce(s.all_matured, true) AS all_matured, s.matures_at AS ends_at, coalesce(s.best_rate, 0) AS best_rate,
    coalesce(s.is_odd, false) OR coalesce(a.debt, 0) > 0 AS is_odd, coalesce(s.terms, '{}') AS lines,
    greatest(o.goods + o.shipping - o.refunded, 0) AS paid
  FROM past_order o LEFT JOIN summed s USING (order_id) LEFT JOIN reciprocity_account a ON a.id = o.account_id
), share AS (
  SELECT f.*, k.*, CASE WHEN NOT k.any_goods THEN 0 WHEN k.is_lowered THEN paid ELSE goods END AS up,
    CASE WHEN NOT k.any_goods THEN 1 WHEN k.is_lowered THEN kept ELSE total END AS down,
    CASE WHEN NOT k.any_goods THEN least(shipping, paid) WHEN k.is_lowered THEN 0
      ELSE greatest(least(shipping * total, paid * total - goods * kept), 0) END AS ship_up,
    CASE WHEN k.any_goods AND NOT k.is_lowered THEN total ELSE 1 END AS ship_down
  FROM fact f CROSS JOIN LATERAL (
    SELECT f.goods > 0 AND f.kept > 0 AS any_goods, f.paid * f.total < f.goods * f.kept AS is_lowered) k
), counted AS (
  SELECT s.*, b.bonus, b.most_bonus, CASE WHEN s.up > 0 THEN s.pieces ELSE 0 END AS pieces_kept,
    CASE WHEN s.up > 0 THEN s.matured_pieces ELSE 0 END AS pieces_matured,
    s.ship_up * s.shipping_rate * CASE WHEN %(net)s AND s.shipping <> 0 THEN s.shipping_net ELSE 1 END AS sup,
    s.ship_down * CASE WHEN %(net)s AND s.shipping <> 0 THEN s.shipping ELSE 1 END AS sdown
  FROM share s CROSS JOIN LATERAL (
    SELECT coalesce(sum((b ->> 0)::bigint) FILTER (WHERE s.up > 0
        AND (b ->> 3 IS NULL OR s.up * s.kept * s.ship_down + s.ship_up * s.down
          >= (b ->> 3)::numeric * s.down * s.ship_down)
        AND EXISTS (SELECT 1 FROM past_line l WHERE l.order_id = s.order_id AND l.kept > 0 AND l.total > 0
          AND NOT l.is_gift_card AND (b -> 2 = '[]' OR b -> 2 ? l.line_id))), 0) AS bonus,
      coalesce(sum((b ->> 0)::bigint), 0) AS most_bonus
    FROM jsonb_array_elements(s.bonuses) b) b
), due AS (
  SELECT c.*, (div(up * worth * sdown + down * sup, down * sdown) + pieces_kept + bonus)::numeric AS points,
    (div(up * matured_worth * sdown + CASE WHEN all_matured THEN down * sup ELSE 0 END, down * sdown)
      + pieces_matured + CASE WHEN all_matured THEN bonus ELSE 0 END)::numeric AS earned
  FROM counted c
  WHERE (goods + shipping) * greatest(rate, shipping_rate, best_rate) + most_bonus + most_pieces <= %(most)s
)
SELECT order_id, account_id, person, number, currency, placed_at, fingerprint, is_odd, earned::bigint AS earned,
  (points - earned)::bigint AS pending, CASE WHEN points > earned THEN ends_at END AS matures_at,
  jsonb_strip_nulls(jsonb_build_object('rate', rate::text, 'agreed_at', %(agreed_at)s::text,
    'shipping', CASE WHEN shipping_rate <> 0 THEN shipping_rate::text END,
    'off_shipping', CASE WHEN off_shipping <> 0 THEN off_shipping::text END, 'net', CASE WHEN %(net)s THEN true END,
    'return_days', CASE WHEN %(return_days)s > 0 THEN %(return_days)s END))
    || jsonb_build_object('lines', lines)
    || CASE WHEN bonuses = '[]' THEN '{}' ELSE jsonb_build_object('bonuses', bonuses) END AS terms
FROM due WHERE points > 0
"""


def reckon(
    accounts: Mapping[str, int | None], programme: settings.Programme, in_force: Sequence[Rule], now: datetime
) -> None:
    """Put what the orders are due, by the account of each, into the table `past_due`. The accounts are locked."""
    asked = {
        "order_ids": list(accounts),
        "accounts": list(accounts.values()),
        "zone": programme.time_zone,
        "net": programme.earning_net,
        "rate": programme.points_per_unit,
        "with_shipping": programme.earning_shipping,
        "waits": programme.return_window_days > 0,
        "window": timedelta(days=programme.return_window_days),
        "return_days": programme.return_window_days,
        "most": MOST_POINTS,
        "now": now,
        "agreed_at": now.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_ORDERS, asked)
        cursor.execute("ANALYZE past_order")
        for statement in (_FACTS, _LEAVE_OUT, _LINES):
            cursor.execute(statement, asked)
        cursor.execute("ANALYZE past_order, past_line")
        apply(in_force)
        cursor.execute(_DUE, asked)
