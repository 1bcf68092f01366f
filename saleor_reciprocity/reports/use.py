"""Use: how the programme is used, by whom, and what surprises and recommendations came to. Reads only."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from saleor_reciprocity import host
from saleor_reciprocity.experiments.evaluation import arms, difference
from saleor_reciprocity.experiments.evidence import Arms, Cell
from saleor_reciprocity.experiments.validity import LEAST_PEOPLE

from .values import Lists, Use

ACTIVE = timedelta(days=365)  # in which a member has earned or redeemed
RECENT = timedelta(days=30)  # in which a recommendation may lead to an order
CONFIDENCE = 0.975  # of each end

_OF_CHANNEL = "(%(channel)s::text IS NULL OR {table}.channel_id = %(channel)s)"
_LOTS = _OF_CHANNEL.format(table="l")
_REDEEMED = f"r.state NOT IN ('cancelled', 'expired') AND {_OF_CHANNEL.format(table='r')}"

# Each account with its first and last lot and redemption; what was cancelled or ended with its points was none.
_PEOPLE = f"""
WITH earned AS (
  SELECT l.account_id, min(l.earned_at) AS first_at, max(l.earned_at) AS last_at, sum(l.points) AS points
  FROM reciprocity_lot l WHERE l.earned_at <= %(now)s AND {_LOTS} GROUP BY 1),
redeemed AS (
  SELECT coalesce(a.merged_into_id, a.id) AS account_id, min(r.created_at) AS first_at, max(r.created_at) AS last_at,
    sum(r.points) AS points
  FROM reciprocity_redemption r JOIN reciprocity_account a ON a.id = r.account_id
  WHERE r.created_at <= %(now)s AND {_REDEEMED} GROUP BY 1)
SELECT count(*) FILTER (WHERE a.erased_at IS NULL),
  count(*) FILTER (WHERE a.erased_at IS NULL AND greatest(e.last_at, r.last_at) > %(active_since)s),
  sum(r.points) / nullif(sum(e.points), 0),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM greatest(r.first_at - e.first_at, '0')))
    FILTER (WHERE r.first_at IS NOT NULL) / 86400
FROM earned e JOIN reciprocity_account a ON a.id = e.account_id LEFT JOIN redeemed r ON r.account_id = e.account_id
"""  # noqa: S608 - constants
# How many stand on each tier of the ladder that is in force, the lowest first.
_TIERS = f"""
SELECT t.name, count(*) FROM reciprocity_accounttier p
JOIN reciprocity_account a ON a.id = p.account_id AND a.merged_into_id IS NULL AND a.erased_at IS NULL
JOIN reciprocity_tier t ON t.code = p.code
  AND t.ladder_id = (SELECT max(id) FROM reciprocity_tierladder WHERE since <= %(now)s)
WHERE %(channel)s::text IS NULL
  OR EXISTS (SELECT FROM reciprocity_lot l WHERE l.account_id = a.id AND {_LOTS})
GROUP BY t.name, t.threshold ORDER BY t.threshold
"""  # noqa: S608 - constants
_SURPRISES = f"""
SELECT d.currency, count(*), count(*) FILTER (WHERE d.state = 'used'),
  coalesce(sum(d.cost) FILTER (WHERE d.state IN ('issued', 'used')), 0)
FROM reciprocity_draw d JOIN reciprocity_campaign c ON c.id = d.campaign_id
WHERE d.outcome = 'won' AND d.drawn_at <= %(now)s AND {_OF_CHANNEL.format(table="c")} GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - constants
# Who had a list lately, by share and arm, who of them bought of it, and how many lines. A line counts whose product
# stood in the customer's list on one of the thirty days before.
_BOUGHT = f"""
WITH lately AS MATERIALIZED (
  SELECT s.order_id, s.user_id, s.placed_at FROM (
    {host.ORDER_STATES} WHERE o.id = ANY(ARRAY({host.PLACED_ORDERS}))) s
  WHERE s.is_placed AND s.placed_at > %(placed_since)s AND s.placed_at <= %(now)s
    AND s.user_id IN (SELECT user_id FROM reciprocity_listedproducts) AND {_OF_CHANNEL.format(table="s")}),
listed AS (
  SELECT user_id, max(share) AS share, bool_or(held_out) AS held_out FROM reciprocity_listedproducts
  WHERE listed_on > (%(since)s AT TIME ZONE 'UTC')::date AND listed_on <= (%(now)s AT TIME ZONE 'UTC')::date
  GROUP BY 1),
bought AS (
  SELECT o.user_id, bool_or(p.held_out) AS held_out, count(*) AS lines FROM lately o
  JOIN ({host.SOLD_LINES} WHERE o.id IN ({host.PLACED_ORDERS})) l ON l.order_id = o.order_id
  JOIN LATERAL (SELECT p.held_out FROM reciprocity_listedproducts p WHERE p.user_id = o.user_id
    AND p.listed_on < (o.placed_at AT TIME ZONE 'UTC')::date
    AND p.listed_on >= (o.placed_at AT TIME ZONE 'UTC')::date - 30 AND l.product_id = ANY(p.product_ids)
    ORDER BY p.listed_on DESC LIMIT 1) p ON true
  GROUP BY 1)
SELECT coalesce(l.share, 0), coalesce(l.held_out, b.held_out), count(l.user_id),
  count(*) FILTER (WHERE l.user_id = b.user_id), coalesce(sum(b.lines), 0)
FROM listed l FULL JOIN bought b ON b.user_id = l.user_id GROUP BY 1, 2
"""  # noqa: S608 - constants


def use(channel_id: str | None, now: datetime) -> Use:
    """How the programme is used up to a moment, in a channel or in the shop.

    A member has points or had some; an active one earned or redeemed in the last year. The redemption rate is of all
    points that were given; of recommendations, what stood in customers' lists in the last thirty days is counted.
    """
    values = {
        "channel": channel_id,
        "now": now,
        "active_since": now - ACTIVE,
        "since": now - RECENT,
        "placed_since": now - RECENT,
    }
    ((members, active, rate, days),) = _rows(_PEOPLE, values)
    surprises, lists = _rows(_SURPRISES, values), _rows(_BOUGHT, values)
    return Use(
        members=members,
        active=active,
        redemption_rate=float(rate) if rate is not None else None,
        days_to_first_redemption=float(days) if days is not None else None,
        tiers=tuple(_rows(_TIERS, values)),
        surprises_won=sum(won for _currency, won, _used, _cost in surprises),
        surprises_used=sum(used for _currency, _won, used, _cost in surprises),
        surprises_cost=tuple((currency, Decimal(cost)) for currency, _won, _used, cost in surprises),
        recommendations_shown=sum(people for _share, held_out, people, *_ in lists if not held_out),
        recommendations_bought=sum(int(lines) for _share, held_out, *_, lines in lists if not held_out),
        recommendations_compared=_compared(lists),
    )


def _compared(lists: list[Any]) -> Lists | None:
    """Who bought of their list in each arm, people of each share by themselves; None of fewer than 30 in an arm."""
    groups = [
        arms(Cell(date.min, held_out, share, 0, people, buyers) for share, held_out, people, buyers, _ in group)
        for group in ([row for row in lists if row[0] == share] for share in {row[0] for row in lists if row[0]})
    ]
    both = [group for group in groups if group.held_out and group.others]
    everybody = Arms(*(sum(counts) for counts in zip(*(astuple(group) for group in both)))) if both else None
    if everybody is None or min(everybody.held_out, everybody.others) < LEAST_PEOPLE:
        return None
    return Lists(everybody, difference(both, CONFIDENCE).interval)


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
