"""Plans: how each question will be answered, fixed once from the shop's own past, and never moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from django.db import connection

from saleor_reciprocity import host

from . import evidence, models
from .units import WINDOW

INTAKE = timedelta(days=180)  # in which people are taken into the planned evaluation

# What is assumed of a shop in whose past too few people can be followed.
FEWEST_PEOPLE = 50
USUAL_RATE, USUAL_PEOPLE, USUAL_CAP = 0.25, 1000, Decimal(1000)
_USUAL_MONEY = (USUAL_CAP, 0.0, float(USUAL_CAP) ** 2 / 100)

# Everybody's orders in turn; of each person the first one in the window from the order on that takes part.
_FIRSTS = f"""
WITH numbered AS (
  SELECT person, channel_id, placed_at, row_number() OVER each AS number, lead(placed_at) OVER each AS next_at
  FROM ({host.ORDERS_OF_PEOPLE}) o WHERE person <> '' AND placed_at < %(now)s
  WINDOW each AS (PARTITION BY person ORDER BY placed_at, order_id)),
firsts AS (
  SELECT DISTINCT ON (person) person, placed_at, next_at FROM numbered
  WHERE number >= %(from_order)s AND placed_at >= %(begin)s AND placed_at < %(end)s
    AND (%(channel)s::text IS NULL OR channel_id = %(channel)s)
  ORDER BY person, placed_at)
"""  # noqa: S608 - a constant
_COUNT = f"{_FIRSTS} SELECT count(*), count(*) FILTER (WHERE next_at <= placed_at + %(window)s) FROM firsts"  # noqa: S608
_MONEY = f"""
{_FIRSTS}, spent AS (
  SELECT f.person, coalesce(sum(s.paid), 0) AS paid FROM firsts f LEFT JOIN (
    SELECT person, placed_at, greatest(goods + shipping - refunded, 0)
      * coalesce((lines_net + shipping_net) / nullif(lines_total + shipping, 0), 1) AS paid
    FROM ({host.SOLD_ORDERS}) s WHERE currency = %(currency)s) s
  ON s.person = f.person AND s.placed_at > f.placed_at AND s.placed_at <= f.placed_at + %(window)s
  GROUP BY f.person),
capped AS (SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY paid) AS cap FROM spent)
SELECT cap, avg(least(paid, cap)), var_pop(least(paid, cap)) FROM spent, capped GROUP BY cap
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Intake:
    """The people whom a question would have taken in within half a year of the past, and who of them came back."""

    people: int
    returned: int

    @property
    def rate(self) -> float:
        """The share that came back within the window; 0 of nobody."""
        return self.returned / self.people if self.people else 0.0


@dataclass(frozen=True)
class Terms:
    """What of a question is up to the shop. `share` is the probability of being held out or of drawing a blank."""

    question: str
    share: Decimal
    from_order: int
    currency: str
    largest_gift: Decimal = Decimal(0)
    point_cost: Decimal = Decimal(0)
    margin: Decimal = Decimal(1)


def intake(now: datetime, from_order: int, channel_id: str | None = None) -> Intake:
    """Whom a question would have taken in: people with an order that is at least their so-manieth.

    The half year that is looked at ended a window ago, so that of everybody it is known whether they came back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _past(now, from_order, channel_id))
        return Intake(*cursor.fetchone())


def _past(now: datetime, from_order: int, channel_id: str | None = None) -> dict[str, Any]:
    end = now - WINDOW
    return {
        "now": now,
        "begin": end - INTAKE,
        "end": end,
        "window": WINDOW,
        "from_order": from_order,
        "channel": channel_id,
    }


def make(terms: Terms, now: datetime) -> bool:
    """Fix the plan of a question that has none. Returns whether this call has fixed it."""
    if models.Plan.objects.filter(question=terms.question).exists():
        return False
    past = intake(now, terms.from_order)
    known = past.people >= FEWEST_PEOPLE
    cap, mean, variance = _money(terms, now) if known else _USUAL_MONEY
    margin = float(terms.margin)
    start = now.astimezone(timezone.utc).date()
    plan = models.Plan(
        question=terms.question,
        made_at=now,
        start=start,
        evaluation=evidence.evaluation_after(start),
        share=terms.share,
        prior_rate=past.rate if known else USUAL_RATE,
        planned_people=past.people if known else USUAL_PEOPLE,
        level=Decimal(str(evidence.LEVELS[terms.question])),
        currency=terms.currency,
        cap=round(cap * terms.margin, 3),
        largest_gift=terms.largest_gift,
        point_cost=terms.point_cost,
        margin=terms.margin,
        money_mean=mean * margin,
        money_variance=variance * margin**2,
        method=evidence.METHOD,
    )
    models.Plan.objects.bulk_create([plan], ignore_conflicts=True)
    return bool(models.Plan.objects.filter(question=terms.question, made_at=now).exists())


def _money(terms: Terms, now: datetime) -> tuple[Decimal, float, float]:
    """The 99th percentile of what a person spends in a window, with mean and variance of what is capped by it."""
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, {**_past(now, terms.from_order), "currency": terms.currency})
        cap, mean, variance = cursor.fetchone()
    if not cap or cap < 1:
        return _USUAL_MONEY
    return round(Decimal(cap), 3), float(mean), float(variance)


def plan_of(question: str) -> evidence.Plan | None:
    """How a question will be answered; None as long as nobody can be assigned."""
    row = models.Plan.objects.filter(question=question).first()
    if row is None:
        return None
    return evidence.Plan(
        question=row.question,
        start=row.start,
        evaluation=row.evaluation,
        share=row.share,
        prior_rate=row.prior_rate,
        planned_people=row.planned_people,
        level=float(row.level),
        method=row.method,
    )


def money_plan_of(question: str) -> evidence.MoneyPlan | None:
    """How money per person is counted for a question."""
    row = models.Plan.objects.filter(question=question).first()
    if row is None:
        return None
    return evidence.MoneyPlan(row.currency, -row.largest_gift, row.cap, row.money_mean, row.money_variance, row.margin)
