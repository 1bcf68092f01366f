"""What surprises have cost, campaign by campaign, beside what each one's budget allows. Reads one statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saleor_reciprocity import host

from .values import Spent
from .voice import end_of

# The money of a gift that expired or was withdrawn is back in the budget. What was spent on the report's day and in
# its month comes from the draws, too: the budget itself knows only today.
_SPENT = """
WITH drawn AS (
  SELECT d.campaign_id, c.budget_id, d.currency, d.outcome, d.state, d.drawn_at AT TIME ZONE 'UTC' AS moment,
    CASE WHEN d.state IN ('issued', 'used') THEN d.cost ELSE 0 END AS cost
  FROM reciprocity_draw d JOIN reciprocity_campaign c ON c.id = d.campaign_id
  WHERE d.outcome IN ('won', 'no budget') AND d.drawn_at < %(end)s),
of_budget AS (
  SELECT budget_id, sum(cost) AS spent, sum(cost) FILTER (WHERE moment >= date_trunc('month', %(day)s::date)) AS month,
    sum(cost) FILTER (WHERE moment >= %(day)s) AS day
  FROM drawn GROUP BY 1),
of_campaign AS (
  SELECT campaign_id, count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE state = 'used') AS used,
    coalesce(sum(cost), 0) AS cost, count(*) FILTER (WHERE outcome = 'no budget') AS no_budget
  FROM drawn GROUP BY 1)
SELECT c.name, c.channel_id, b.currency, d.won, d.used, d.cost, b.id, b.per_day, b.per_month, b.total,
  greatest(least(b.per_day - coalesce(s.day, 0), b.per_month - coalesce(s.month, 0), b.total - s.spent), 0), d.no_budget
FROM of_campaign d JOIN reciprocity_campaign c ON c.id = d.campaign_id JOIN reciprocity_budget b ON b.id = c.budget_id
JOIN of_budget s ON s.budget_id = b.id
WHERE %(channel)s::text IS NULL OR c.channel_id = %(channel)s
ORDER BY d.cost DESC, c.id
"""


def spent(channel_id: str | None, until: date) -> tuple[Spent, ...]:
    """The campaigns with surprises up to a day, the dearest first; of a channel, or of the shop."""
    slugs = {channel.id: channel.slug for channel in host.channels()}
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, {"channel": channel_id, "day": until, "end": end_of(until)})
        return tuple(_spent(row, slugs) for row in cursor.fetchall())


def _spent(row: Any, slugs: dict[str, str]) -> Spent:
    name, channel_id, currency, won, used, cost, *budget = row
    return Spent(name, slugs.get(channel_id, "–"), currency, won, used, Decimal(cost), *budget)
