"""Liability: what became of points month by month, and what is still owed, by the age of the lots. Reads one statement.

A month is one of UTC. Lots of one channel, month, life and group of accounts are one cohort, so their age is one, too.
A lot's life are the months in which it can be used, the first and the last among them: 13 where points are good for 12.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Iterable, Mapping, NamedTuple
from typing import Counter as Counts

from django.db import connection

from saleor_reciprocity.points.breakage import ENDLESS

from .values import Month

GROUPS = 20  # of accounts, for the error of what is expected: by the account's id

_KINDS = """CASE e.kind WHEN 'redemption' THEN 'redeemed' WHEN 'reversal' THEN 'redeemed'
  WHEN 'expired' THEN 'expired' ELSE 'taken back' END"""
# How many months have passed since the beginning of our era.
_MONTH_OF = "(extract(year FROM {0}) * 12 + extract(month FROM {0}))"
# What lots began with, and what was taken from them since, day by day: dates of days are cheaper than of every lot.
_LOT = f"""l.channel_id, l.account_id %% {GROUPS}, (l.earned_at AT TIME ZONE 'UTC')::date,
    (l.expires_at AT TIME ZONE 'UTC' - interval '1 second')::date"""
_COHORTS = f"""
WITH counted (channel_id, of_group, earned, last, used, kind, points) AS (
  SELECT {_LOT}, NULL::date, 'issued', sum(l.points)
  FROM reciprocity_lot l WHERE l.earned_at < %(end)s AND (%(channel)s::text IS NULL OR l.channel_id = %(channel)s)
  GROUP BY 1, 2, 3, 4
  UNION ALL SELECT {_LOT}, (e.happened_at AT TIME ZONE 'UTC')::date, {_KINDS}, -sum(u.points)
  FROM reciprocity_lot l JOIN reciprocity_lotuse u ON u.lot_id = l.id JOIN reciprocity_entry e ON e.id = u.entry_id
  WHERE l.earned_at < %(end)s AND (%(channel)s::text IS NULL OR l.channel_id = %(channel)s) AND e.happened_at < %(end)s
  GROUP BY 1, 2, 3, 4, 5, 6)
SELECT channel_id, of_group::int, date_trunc('month', earned)::date,
  coalesce({_MONTH_OF.format("last")} - {_MONTH_OF.format("earned")} + 1, {ENDLESS})::int,
  date_trunc('month', used)::date, kind, sum(points)::bigint
FROM counted GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - constants


class Observed(NamedTuple):
    """Points that were open at the beginning of a month, in lots so many months old, and what the month brought.

    What was taken back with its order is not among the open points. Of one group of accounts.
    """

    age: int
    group: int
    open: int
    redeemed: int
    expired: int
    life: int = ENDLESS


class Held(NamedTuple):
    """Points that are open now in lots so many months old: 0 are those of this month. Of one group of accounts."""

    age: int
    group: int
    points: int
    life: int = ENDLESS


@dataclass
class Cohort:
    """The lots of one channel, one month, one life and one group of accounts."""

    channel_id: str
    group: int
    earned: date
    issued: int = 0
    uses: dict[date, Counts[str]] = field(default_factory=lambda: defaultdict(Counter))
    life: int = ENDLESS

    def open_at(self, month: date) -> int:
        """The points that are left when a month begins."""
        return self.issued - sum(sum(of_month.values()) for when, of_month in self.uses.items() if when < month)


def cohorts(channel_id: str | None, until: date) -> list[Cohort]:
    """All lots up to a day, inclusive, in cohorts; of a channel, or of the shop."""
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), timezone.utc)
    found: dict[Any, Cohort] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COHORTS, {"end": end, "channel": channel_id})
        for *key, month, kind, points in cursor.fetchall():
            channel, group, earned, life = key
            cohort = found.setdefault(tuple(key), Cohort(channel, group, earned, life=life))
            if kind == "issued":
                cohort.issued = points
            else:
                cohort.uses[month][kind] += points
    return [found[key] for key in sorted(found)]


def months(lots: Iterable[Cohort], until: date, number: int = 24) -> tuple[Month, ...]:
    """What the last so many months brought, the oldest first. The month of `until` goes to that day only."""
    issued: Counts[date] = Counter()
    used: Mapping[date, Counts[str]] = defaultdict(Counter)
    for cohort in lots:
        issued[cohort.earned] += cohort.issued
        for month, uses in cohort.uses.items():
            used[month].update(uses)
    last = until.replace(day=1)
    return tuple(
        Month(month, issued[month], used[month]["redeemed"], used[month]["expired"], used[month]["taken back"])
        for month in (earlier(last, back) for back in range(number - 1, -1, -1))
    )


def held(lots: Iterable[Cohort], until: date) -> list[Held]:
    """The open points on a day, by age, group and life."""
    month = until.replace(day=1)
    points: Counts[tuple[int, int, int]] = Counter()
    for cohort in lots:
        points[months_between(cohort.earned, month), cohort.group, cohort.life] += cohort.open_at(earlier(month, -1))
    return [Held(age, group, left, life) for (age, group, life), left in sorted(points.items()) if left]


def observed(lots: Iterable[Cohort], until: date, number: int = 12) -> list[Observed]:
    """What became of open points in the last so many whole months before a day, by age, group and life."""
    end = (until + timedelta(days=1)).replace(day=1)
    sums: Mapping[tuple[int, int, int], Counts[str]] = defaultdict(Counter)
    for cohort in lots:
        for month in (earlier(end, back) for back in range(number, 0, -1)):
            if cohort.earned < month:
                key = (months_between(cohort.earned, month), cohort.group, cohort.life)
                seen, uses = sums[key], cohort.uses.get(month, Counter())
                seen.update(open=cohort.open_at(month) - uses["taken back"])
                seen.update(redeemed=uses["redeemed"], expired=uses["expired"])
    return [
        Observed(age, group, seen["open"], seen["redeemed"], seen["expired"], life)
        for (age, group, life), seen in sorted(sums.items())
        if seen["open"] > 0
    ]


def redeemed_since(lots: Iterable[Cohort], month: date, until: date) -> tuple[int, int]:
    """Of the points that were open when a month began: how many there were, and how many were redeemed since."""
    begin, opened, redeemed = month.replace(day=1), 0, 0
    for cohort in lots:
        if cohort.earned < begin:
            opened += cohort.open_at(begin)
            redeemed += sum(uses["redeemed"] for when, uses in cohort.uses.items() if begin <= when <= until)
    return opened, redeemed


def months_of_history(lots: Iterable[Cohort], until: date) -> int:
    """How many months lie between the first lot and a day."""
    return max((months_between(cohort.earned, until) for cohort in lots), default=0)


def months_between(first: date, last: date) -> int:
    """How many months later the month of one day is than that of another."""
    return (last.year - first.year) * 12 + last.month - first.month


def earlier(month: date, number: int) -> date:
    """The first day of the month that is so many months earlier; of a negative number, later."""
    place = month.year * 12 + month.month - 1 - number
    return date(place // 12, place % 12 + 1, 1)
