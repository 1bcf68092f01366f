"""The money watch: how much more a person brings, as an interval that holds at every look. Pure. There is no verdict.

Money per person is counted in 60 equal buckets between the two ends of its plan and taken for the middle of its bucket.
The bets are those of the watch, on the scale of money; what is expected of everybody is the mean before the start.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from math import inf, log
from typing import Counter as Counts
from typing import Iterable

from . import bets, score
from .evidence import Interval, MoneyCell, MoneyPlan

BUCKETS = 60
LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """How much more a person brought who was not held out, in the plan's currency, of so many people."""

    value: float
    interval: Interval
    people: int


def difference(plan: MoneyPlan, share: Decimal, planned_people: int, cells: Iterable[MoneyCell]) -> Difference | None:
    """The difference; None while no share has people in both arms. `share` is that of the question's plan."""
    told = [cell for cell in cells if 0 < cell.share < 1]
    value = _plainly(plan, told)
    if value is None:
        return None
    scored: Counts[tuple[float, float]] = Counter()
    for cell in told:
        part = float(cell.share)
        scored[part, score.psi(_middle(plan, cell.bucket), plan.mean, part, cell.held_out)] += cell.people
    reach = BUCKETS * _width(plan)
    variance = max(plan.variance, _width(plan) ** 2 / 12)
    stakes = bets.stakes(LEVEL, variance, float(share), planned_people, reach, inf)
    return Difference(value, bets.interval(stakes, scored, log(2 / LEVEL)), sum(cell.people for cell in told))


def _plainly(plan: MoneyPlan, cells: list[MoneyCell]) -> float | None:
    """The difference of the means, of each share by itself, weighed by its people."""
    total = people = 0.0
    for _, group in groupby(sorted(cells, key=lambda cell: cell.share), key=lambda cell: cell.share):
        of_share = list(group)
        others, held_out = (_mean(plan, of_share, arm) for arm in (False, True))
        if others is not None and held_out is not None:
            number = sum(cell.people for cell in of_share)
            total, people = total + number * (others - held_out), people + number
    return total / people if people else None


def _mean(plan: MoneyPlan, cells: list[MoneyCell], held_out: bool) -> float | None:
    arm = [cell for cell in cells if cell.held_out == held_out]
    people = sum(cell.people for cell in arm)
    return sum(cell.people * _middle(plan, cell.bucket) for cell in arm) / people if people else None


def _width(plan: MoneyPlan) -> float:
    return float(plan.cap - plan.low) / BUCKETS


def _middle(plan: MoneyPlan, bucket: int) -> float:
    return float(plan.low) + (bucket + 0.5) * _width(plan)
