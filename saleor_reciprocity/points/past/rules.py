"""The rules in SQL, for many orders at once: `terms.terms_for`, one statement or two for each rule.

It works on two temporary tables, `past_order` and `past_line`, which hold the facts of the orders and what has been
applied to them so far. A test holds it to what `terms.terms_for` gives, order by order.
"""

from __future__ import annotations

import json
from typing import Any, Iterator, Sequence

from django.db import connection

from saleor_reciprocity import host

from ..earning import rules
from ..earning.conditions import LINE, ORDER, PERSON, in_sql, sql_values
from ..earning.rules import Effect, Rule, Stacking
from ..earning.terms import Applied

# What has been applied: to each line, and to lines that are added later (the order's own `factor` and so on).
PLACE = """
  factor numeric NOT NULL DEFAULT 1, per_piece bigint NOT NULL DEFAULT 0, closed boolean NOT NULL DEFAULT false,
  applied jsonb NOT NULL DEFAULT '[]'
"""

_APPLY = """
UPDATE {place} p SET {change}, closed = %(alone)s, applied = p.applied || jsonb_build_array(%(mark)s::jsonb)
{joined} AND NOT p.closed AND NOT (%(alone)s AND p.applied <> '[]')
"""
_TO_LINES = "FROM past_order o WHERE o.order_id = p.order_id AND {holds} AND {matches}"
_TO_ORDERS = "FROM past_order o WHERE o.order_id = p.order_id AND {holds}"
_BONUS = """
UPDATE past_order o SET no_more_bonuses = %(alone)s, bonuses = o.bonuses || jsonb_build_array(jsonb_build_array(
  %(value)s::bigint, %(mark)s::jsonb, CASE WHEN %(about_lines)s THEN m.line_ids ELSE '[]' END, %(least)s::text))
FROM (SELECT p.order_id, jsonb_agg(p.line_id) AS line_ids FROM past_line p WHERE {matches} GROUP BY p.order_id) m
WHERE m.order_id = o.order_id AND {holds} AND NOT o.no_more_bonuses AND NOT (%(alone)s AND o.bonuses <> '[]')
"""

_CHANGES = {
    Stacking.ADD: "factor = greatest(p.factor + %(value)s::numeric - 1, 0)",
    Stacking.MULTIPLY: "factor = p.factor * %(value)s::numeric",
    Stacking.EXCLUSIVE: "factor = p.factor * %(value)s::numeric",
}
_PER_PIECE = "per_piece = p.per_piece + %(value)s::bigint"

_RELATIONS = {name: getattr(host, name) for name in ("GROUP_MEMBERS", "CATEGORIES_ABOVE", "IN_COLLECTIONS")}

# Which order of its person each is, as `host.earlier_orders` counts.
_NUMBER = f"""
WITH numbered AS NOT MATERIALIZED ({host.NUMBERED_ORDERS}), earlier AS (
  SELECT o.order_id, n.id FROM past_order o JOIN numbered n ON n.address = o.person AND o.person <> ''
    AND (n.placed_at, n.number) < (o.placed_at, o.number::bigint)
  UNION SELECT o.order_id, n.id FROM past_order o JOIN numbered n ON n.user_id = o.user_id
    AND (n.placed_at, n.number) < (o.placed_at, o.number::bigint)
), counted AS (SELECT order_id, count(*) AS orders FROM earlier GROUP BY order_id)
UPDATE past_order o SET number_of_person = 1 + c.orders FROM counted c WHERE c.order_id = o.order_id
"""  # noqa: S608 - a constant

# The tier that each person had when the order was placed, as `standing.standing_at` finds it.
_STANDING = """
UPDATE past_order o SET tier = s.code, tier_name = s.name, tier_multiplier = s.multiplier
FROM past_order p
CROSS JOIN LATERAL (SELECT l.id FROM reciprocity_tierladder l WHERE l.since <= p.placed_at
  ORDER BY l.id DESC LIMIT 1) l
CROSS JOIN LATERAL (SELECT c.code FROM reciprocity_tierchange c
  WHERE c.account_id = p.account_id AND c.changed_at <= p.placed_at ORDER BY c.changed_at DESC, c.id DESC LIMIT 1) c
JOIN reciprocity_tier s ON s.ladder_id = l.id AND s.code = c.code
WHERE o.order_id = p.order_id
"""
_TIER_MARK = "jsonb_build_array(NULL::int, 0, o.tier_name, 'multiplier', o.tier_multiplier::text, 'multiply')"
_TIER = """
UPDATE {place} p SET factor = p.factor * o.tier_multiplier, applied = p.applied || jsonb_build_array({mark})
FROM past_order o WHERE o.order_id = p.order_id AND o.tier_multiplier <> 1 {only}
"""


def apply(in_force: Sequence[Rule]) -> None:
    """Apply the rules for orders, in their order, and then the tiers, to what is in the two tables."""
    asked = [rule for rule in rules.in_order(tuple(in_force)) if rule.trigger is rules.Trigger.ORDER]
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        if any(rule.conditions.about_number for rule in asked):
            cursor.execute(_NUMBER)
        for rule in asked:
            for statement in _statements(rule):
                cursor.execute(statement, _values(rule))
        cursor.execute(_TIER.format(place="past_line", mark=_TIER_MARK, only="AND NOT p.is_gift_card"))
        cursor.execute(_TIER.format(place="past_order", mark=_TIER_MARK, only=""))


def _statements(rule: Rule) -> Iterator[str]:
    holds = in_sql(rule.conditions, _RELATIONS, PERSON, ORDER)
    matches = "NOT p.is_gift_card AND " + in_sql(rule.conditions, _RELATIONS, LINE)
    parts = {"holds": holds, "matches": matches}
    if rule.effect is Effect.BONUS:
        yield _BONUS.format(**parts)
        return
    change = _PER_PIECE if rule.effect is Effect.BONUS_PER_PIECE else _CHANGES[rule.stacking]
    yield _APPLY.format(place="past_line", change=change, joined=_TO_LINES.format(**parts))
    if not rule.conditions.about_lines:
        yield _APPLY.format(place="past_order", change=change, joined=_TO_ORDERS.format(**parts))


def _values(rule: Rule) -> dict[str, Any]:
    least = rule.conditions.minimum_total
    return {
        **sql_values(rule.conditions),
        "value": rule.value,
        "alone": rule.stacking is Stacking.EXCLUSIVE,
        "about_lines": rule.conditions.about_lines,
        "least": None if least is None else str(least),
        "mark": json.dumps(Applied.of(rule).as_json()),
    }
