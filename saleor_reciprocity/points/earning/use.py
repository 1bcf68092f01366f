"""Use: what came of rules in the last days, counted from the terms of orders and from the ledger. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Iterable

from django.db import connection

DAYS = 90

# An order's terms name each rule that applied: to a line, or with a bonus of its own.
_ORDERS = """
SELECT rule.id, count(*)
FROM reciprocity_orderterms t CROSS JOIN LATERAL (
  SELECT (applied #>> '{}')::bigint AS id FROM jsonb_path_query(t.terms, 'lax $.lines.*[2][*][0]') applied
  WHERE jsonb_typeof(applied) = 'number'
  UNION SELECT (applied #>> '{}')::bigint FROM jsonb_path_query(t.terms, 'lax $.bonuses[*][1][0]') applied
  WHERE jsonb_typeof(applied) = 'number'
) rule
WHERE t.placed_at >= %(since)s AND t.placed_at <= %(now)s AND rule.id = ANY(%(rules)s)
  AND t.channel_id IN (SELECT channel_id FROM reciprocity_earningrule WHERE id = ANY(%(rules)s))
GROUP BY rule.id
"""
# Everything else that a rule gives is an entry that names it.
_BONUSES = """
SELECT r.id, count(*), sum(e.points) FROM unnest(%(rules)s::bigint[]) r (id)
JOIN reciprocity_entry e ON e.source LIKE 'bonus:' || r.id || ':%%'
WHERE e.happened_at >= %(since)s AND e.happened_at <= %(now)s
GROUP BY r.id
"""


@dataclass(frozen=True)
class Use:
    """What came of a rule: orders that it changed, and bonuses that it gave for something else, with their points."""

    orders: int = 0
    bonuses: int = 0
    points: int = 0


def use_of(rule_ids: Iterable[int], now: datetime) -> dict[int, Use]:
    """What came of rules in the last days, by rule."""
    asked = list(rule_ids)
    values = {"rules": asked, "since": now - timedelta(days=DAYS), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, values)
        orders = dict(cursor.fetchall())
        cursor.execute(_BONUSES, values)
        bonuses = {rule_id: (count, int(points)) for rule_id, count, points in cursor.fetchall()}
    return {rule_id: Use(orders.get(rule_id, 0), *bonuses.get(rule_id, ())) for rule_id in asked}
