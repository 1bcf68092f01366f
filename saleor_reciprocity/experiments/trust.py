"""Trust: whether the rows are the ones that the draw made and none is missing, exactly; counts for the other checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django.db import connection

from saleor_reciprocity import digests, host

from . import models
from .evidence import GIFT, PASSED, PROGRAMME, SURVEY, WITHHELD, Check
from .units import EXPERIMENT, SETTLING, UNITS, WINDOW
from .validity import COMPLETE, REPRODUCIBLE

MOST_WITHOUT_A_PERSON = Decimal("0.05")  # of the orders

# Whose arm is not the one that the key gives: a digest below the share, of all digests there are, is held out.
_OTHER_ARM = f"""
SELECT count(*) FROM reciprocity_assignment a CROSS JOIN {digests.INSTALLATION_KEY} key
JOIN unnest(%(shares)s::numeric[], %(limits)s::text[]) AS l (share, below) ON l.share = a.share
WHERE a.experiment = %(experiment)s AND a.repeats_id IS NULL AND a.person NOT LIKE 'erased:%%'
  AND a.held_out <> ({digests.digest("key", "a.experiment || ':' || a.person")} COLLATE "C" < l.below)
"""  # noqa: S608 - constants
_OTHER_TICKET = f"""
WITH secrets AS MATERIALIZED (SELECT c.id, {digests.padded("c.secret")} FROM reciprocity_campaign c)
SELECT count(*) FROM reciprocity_draw d JOIN secrets s ON s.id = d.campaign_id
JOIN reciprocity_campaign c ON c.id = d.campaign_id
JOIN unnest(%(shares)s::numeric[], %(limits)s::text[]) AS l (share, below) ON l.share = c.probability
WHERE d.person NOT LIKE 'erased:%%' AND d.outcome IN ('won', 'no', 'no budget', 'out of stock', 'worthless')
  AND (d.ticket <> {digests.digest("s", "d.order_id")} OR (d.outcome = 'no') = (d.ticket COLLATE "C" < l.below))
"""  # noqa: S608 - constants
# Frozen rows that say another arm, share or day than what they were frozen from.
OTHER_OUTCOME = """
FROM reciprocity_outcome o JOIN ({units}) u ON u.unit = o.unit
WHERE o.question = {question} AND (o.held_out <> u.held_out OR o.share <> u.share
  OR o.day <> (u.started_at AT TIME ZONE 'UTC')::date + 90)
"""
# What was decided from the holdout on has an assignment that was there before.
_DRAWS_WITHOUT = """
SELECT count(*) FROM reciprocity_draw d WHERE d.person NOT LIKE 'erased:%%' AND d.outcome IN (
    'won', 'no', 'no budget', 'out of stock', 'worthless', 'held out', 'cooling off', 'address', 'too many orders')
  AND NOT EXISTS (SELECT FROM reciprocity_assignment a WHERE a.experiment = 'surprises' AND a.person = d.person
    AND a.assigned_at <= d.drawn_at)
"""
_INVITATIONS_WITHOUT = """
SELECT count(*) FROM reciprocity_invitation i WHERE i.person NOT LIKE 'erased:%%' AND i.state IN ('invited', 'held out')
  AND NOT EXISTS (SELECT FROM reciprocity_assignment a WHERE a.experiment = 'surveys' AND a.person = i.person)
"""
_WITHOUT_OUTCOME = """
SELECT count(*) FROM ({units}) u WHERE u.started_at > %(since)s AND u.started_at <= %(due)s
  AND NOT EXISTS (SELECT FROM reciprocity_outcome o WHERE o.question = %(question)s AND o.unit = u.unit)
"""
_WITHOUT_PERSON = f"""
SELECT count(*) FILTER (WHERE o.person = ''), count(*) FROM ({host.ORDERS_OF_PEOPLE}) o
WHERE o.placed_at > %(since)s AND o.placed_at <= %(now)s
"""  # noqa: S608 - constants
_ASSIGNED = """
SELECT u.share, count(*) FILTER (WHERE u.held_out), count(*) FILTER (WHERE NOT u.held_out) FROM ({units}) u
WHERE u.started_at > %(since)s AND u.started_at < %(end)s AND u.share > 0 AND u.share < 1 GROUP BY 1 ORDER BY 1
"""
_MATURE = """
SELECT o.share, count(*) FILTER (WHERE o.held_out), count(*) FILTER (WHERE NOT o.held_out) FROM reciprocity_outcome o
WHERE o.question = %(question)s AND o.day <= %(until)s AND o.share > 0 AND o.share < 1 GROUP BY 1 ORDER BY 1
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE o.held_out), count(*) FILTER (WHERE o.held_out AND o.treated),
  count(*) FILTER (WHERE o.frozen_at < (o.day + 7)::timestamp AT TIME ZONE 'UTC')
FROM reciprocity_outcome o WHERE o.question = %(question)s AND o.day <= %(until)s
"""
_GAPS = f"""
SELECT max(placed_at), extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) / 86400 FROM (
  SELECT o.placed_at, o.placed_at - lag(o.placed_at) OVER (ORDER BY o.placed_at) AS gap
  FROM ({host.ORDERS_OF_PEOPLE}) o WHERE o.placed_at > %(since)s AND o.placed_at <= %(now)s) g
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Counts:
    """How many people a question follows, by share as (held out, others), and what of them has to be said."""

    assigned: dict[Decimal, tuple[int, int]]
    mature: dict[Decimal, tuple[int, int]]
    held_out: int
    held_out_treated: int
    erased: int
    first_day: date | None  # when the first complete their window


@dataclass(frozen=True)
class Missing:
    """What should be there and is not."""

    without_assignment: int
    without_outcome: int
    orders_without_person: int
    orders: int


def reproducible(question: str) -> Check:
    """Whether every arm and every ticket is the one that the keys give, and every frozen row says so."""
    found = altered(question)
    return Check(REPRODUCIBLE, WITHHELD if found else PASSED, found)


def complete(question: str, now: datetime) -> Check:
    """Whether nobody who was drawn for lacks an assignment, nobody who is due an outcome, and few orders a person.

    It counts rows that are missing; or else, of how many orders, those without a person.
    """
    found = missing(question, now)
    rows = found.without_assignment + found.without_outcome
    if rows:
        return Check(COMPLETE, WITHHELD, rows)
    nameless = found.orders_without_person > MOST_WITHOUT_A_PERSON * found.orders
    return Check(COMPLETE, WITHHELD if nameless else PASSED, found.orders_without_person, found.orders)


def altered(question: str) -> int:
    """How many arms, tickets and frozen rows are not what the keys give. Of erased people nothing can be computed."""
    experiment = EXPERIMENT[question]
    shares = models.Assignment.objects.filter(experiment=experiment).values_list("share", flat=True).distinct()
    found = _count(_OTHER_ARM, experiment=experiment, **limits(list(shares), 64))
    outcomes = OTHER_OUTCOME.format(units=UNITS[question], question="%(question)s")
    found += _count(f"SELECT count(*) {outcomes}", question=question)
    if question == GIFT:
        found += _count(_OTHER_TICKET, **limits(_probabilities(), 32))
    return found


def _probabilities() -> list[Decimal]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT probability FROM reciprocity_campaign")
        return [probability for (probability,) in cursor.fetchall()]


def limits(shares: list[Decimal], digits: int) -> dict[str, Any]:
    """For each share the first text of so many hexadecimal digits that is no longer below it; "g" is above all."""
    whole = 16**digits
    limits = [ceil(Fraction(share) * whole) for share in shares]
    return {"shares": shares, "limits": ["g" if limit >= whole else f"{limit:0{digits}x}" for limit in limits]}


def missing(question: str, now: datetime) -> Missing:
    """What should be there at a moment and is not. An outcome is given a day to be frozen."""
    plan = models.Plan.objects.filter(question=question).first()
    due = now - WINDOW - SETTLING - timedelta(days=1)
    values = {"question": question, "due": due, "since": plan.made_at - WINDOW if plan else now}
    without = {PROGRAMME: _DRAWS_WITHOUT, GIFT: _DRAWS_WITHOUT, SURVEY: _INVITATIONS_WITHOUT}[question]
    nameless, orders = _row(_WITHOUT_PERSON, since=now - WINDOW, now=now)
    outcomes = _count(_WITHOUT_OUTCOME.format(units=UNITS[question]), **values)
    return Missing(_count(without), outcomes, nameless, orders)


def counts(question: str, until: date) -> Counts:
    """How many people a question follows whose window ends on or before a day; of the assigned, all up to that day."""
    plan = models.Plan.objects.filter(question=question).first()
    since = plan.made_at - WINDOW if plan else datetime.max.replace(tzinfo=timezone.utc)
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), timezone.utc)
    values = {"question": question, "until": until, "since": since, "end": end}
    held_out, treated, erased = _row(_COUNTS, **values)
    return Counts(
        assigned=_shares(_ASSIGNED.format(units=UNITS[question]), values),
        mature=_shares(_MATURE, values),
        held_out=held_out,
        held_out_treated=treated,
        erased=erased,
        first_day=_first_day(question, since),
    )


def _first_day(question: str, since: datetime) -> date | None:
    sql = f"SELECT min(u.started_at) FROM ({UNITS[question]}) u WHERE u.started_at > %(since)s"  # noqa: S608
    (first,) = _row(sql, since=since)
    return first.astimezone(timezone.utc).date() + WINDOW if first else None


def _shares(sql: str, values: dict[str, Any]) -> dict[Decimal, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {share: (held_out, others) for share, held_out, others in cursor.fetchall()}


def staleness(now: datetime) -> tuple[date | None, float]:
    """The day of the newest order, and how many days lie between two orders as a rule, in the last 90 days."""
    newest, gap = _row(_GAPS, since=now - WINDOW, now=now)
    return newest.astimezone(timezone.utc).date() if newest else None, float(gap or 0)


def _row(sql: str, **values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _count(sql: str, **values: Any) -> int:
    return int(_row(sql, **values)[0])
