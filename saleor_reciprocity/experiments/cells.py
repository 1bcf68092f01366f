"""Cells: what was frozen, counted by day, arm, share and stratum, as the formulas want it. Reads one table."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Mapping

from . import counted, models
from .counted import Frozen
from .evaluation import arms
from .evidence import Arms, Cell, MoneyCell, OrdersOfDay
from .statements import rows
from .units import SETTLING, WINDOW

BUCKETS = 60

# A share of 0 or 1 leaves nothing to compare. Up to a day, in all channels or in one.
_FROZEN = """
FROM reciprocity_outcome o WHERE o.question = %(question)s AND o.day <= %(until)s AND o.share > 0 AND o.share < 1
"""
_MONEY = f"""
SELECT day, held_out, share, least(width_bucket(clipped, %(low)s, %(cap)s, {BUCKETS}), {BUCKETS}) - 1, count(*)
FROM (SELECT o.day, o.held_out, o.share, greatest(least(o.money, %(cap)s), %(low)s) AS clipped {_FROZEN}) m
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - constants
_AFTER = f"""
SELECT o.held_out, o.returned_after, count(*) {_FROZEN} GROUP BY 1, 2
"""
# On which days people began to be followed, ordered, or were followed long enough: the risk changes by so many.
_RISK = f"""
SELECT c.day, c.held_out, sum(c.orders), sum(c.change) FROM (
  SELECT o.day - 90 AS day, o.held_out, 0 AS orders, 1 AS change {_FROZEN}
  UNION ALL SELECT o.day - 90 + coalesce(o.returned_after, 90) + 1, o.held_out, 0, -1 {_FROZEN}
  UNION ALL SELECT o.day - 90 + o.returned_after, o.held_out, 1, 0 {_FROZEN} AND o.returned_after IS NOT NULL) c
GROUP BY 1, 2 ORDER BY 1
"""  # noqa: S608 - constants


def complete_until(question: str, now: datetime) -> date | None:
    """The last day on or before which everybody's outcome is frozen; None before the first."""
    if counted.since(question) == counted.NEVER:
        return None
    due, first = now - WINDOW - SETTLING, counted.first_open(question)
    open_since = min(due, first) if first is not None else due
    last = open_since.astimezone(timezone.utc).date() + WINDOW - timedelta(days=1)
    return last if any(each.day <= last for each in counted.frozen(question)) else None


def cells(question: str, until: date) -> list[Cell]:
    """The people whose window ended on or before a day, and who of them came back; sorted by day."""
    sums: dict[tuple[date, bool, Decimal, int], tuple[int, int]] = {}
    for each in _compared(question, until):
        key = (each.day, each.held_out, each.share, each.stratum)
        people, returned = sums.get(key, (0, 0))
        sums[key] = (people + each.people, returned + each.returned)
    return [Cell(*key, people, returned) for key, (people, returned) in sums.items()]


def money_cells(question: str, until: date) -> list[MoneyCell]:
    """What these people brought, in 60 equal buckets from the lower end of the plan to its cap."""
    plan = models.Plan.objects.filter(question=question).first()
    if plan is None:
        return []
    found = rows(_MONEY, question=question, until=until, low=-plan.largest_gift, cap=plan.cap)
    return [MoneyCell(*row) for row in found]


def at_cap(question: str, until: date) -> int:
    """How many of these people were counted at the cap."""
    plan = models.Plan.objects.filter(question=question).first()
    found = models.Outcome.objects.filter(question=question, day__lte=until, share__gt=0, share__lt=1)
    return found.filter(money__gte=plan.cap).count() if plan else 0


def by_channel(question: str, until: date) -> dict[str, Arms]:
    """The arms in each channel, by its id; no verdict rests on them."""
    found = _compared(question, until)
    ids = sorted({each.channel_id for each in found})
    return {channel_id: arms(each.cell for each in found if each.channel_id == channel_id) for channel_id in ids}


def by_stratum(question: str, until: date) -> dict[int, Arms]:
    """The arms by how often people had ordered before, as an index in STRATA; no verdict rests on them."""
    found = _compared(question, until)
    strata = sorted({each.stratum for each in found})
    return {stratum: arms(each.cell for each in found if each.stratum == stratum) for stratum in strata}


def _compared(question: str, until: date) -> list[Frozen]:
    return [each for each in counted.frozen(question) if each.compares and each.day <= until]


def returns_after(question: str, until: date) -> dict[bool, tuple[int, dict[int, int]]]:
    """Of those held out (True) and of the others: how many people, and how many came back after so many days."""
    people: dict[bool, int] = {True: 0, False: 0}
    returned: dict[bool, dict[int, int]] = {True: {}, False: {}}
    for held_out, days, count in rows(_AFTER, question=question, until=until):
        people[held_out] += count
        if days is not None:
            returned[held_out][days] = count
    return {held_out: (people[held_out], dict(sorted(returned[held_out].items()))) for held_out in (True, False)}


def orders_by_day(question: str, until: date) -> list[OrdersOfDay]:
    """How many people of each arm came back on each day, and how many were followed who had not come back before."""
    changes: dict[date, dict[bool, tuple[int, int]]] = defaultdict(dict)
    for day, held_out, orders, change in rows(_RISK, question=question, until=until):
        changes[day][held_out] = (int(orders), int(change))
    return _running(changes)


def _running(changes: Mapping[date, Mapping[bool, tuple[int, int]]]) -> list[OrdersOfDay]:
    at_risk = {True: 0, False: 0}
    days = []
    for day in _days(min(changes), max(changes)) if changes else []:
        orders = {}
        for held_out in (True, False):
            orders[held_out], change = changes.get(day, {}).get(held_out, (0, 0))
            at_risk[held_out] += change
        days.append(OrdersOfDay(day, orders[True], orders[False], at_risk[True], at_risk[False]))
    return [found for found in days if found.held_out_at_risk or found.others_at_risk]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
