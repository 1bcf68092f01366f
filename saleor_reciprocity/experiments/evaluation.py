"""The planned evaluation: once, on the people of the planned intake, with nothing left to choose. Pure.

The difference of the rates is taken within groups of one share and alike in earlier orders, and weighed by how many
people a group has. Groups of different shares are never merged: a share that was changed while the season moved the
rates would look like an effect. Wilson's limits of each rate make the interval, after Zou and Donner (Construction of
confidence limits about effect measures, Statistics in Medicine 27 (2008) 1693-1702); with one group it is method 10 of
Newcombe (Statistics in Medicine 17 (1998) 873-890).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from math import sqrt
from statistics import NormalDist
from typing import Counter as Counts
from typing import Iterable, Iterator

from saleor_reciprocity.intervals import wilson

from .evidence import FREEZE_DAYS, WINDOW_DAYS, Arms, Cell, Evaluation, Interval, Plan

LEAST = 20  # people in each arm of a group


def days_of(plan: Plan) -> tuple[date, date]:
    """The first and the last day on which the windows of people end who belong to the evaluation."""
    return plan.start + timedelta(days=WINDOW_DAYS), plan.evaluation - timedelta(days=FREEZE_DAYS + 1)


def evaluated(plan: Plan, cells: Iterable[Cell], complete: date) -> Evaluation | None:
    """The evaluation; None until all its days are complete, or if there is no group with people in both arms."""
    first, last = days_of(plan)
    if complete < last:
        return None
    found = groups(cell for cell in cells if first <= cell.day <= last)
    return difference(found, 1 - plan.level / 4) if found else None


def groups(cells: Iterable[Cell]) -> list[Arms]:
    """The people of each share, in groups of neighbouring strata that are as small as is allowed."""
    ordered = sorted(cells, key=lambda cell: (cell.share, cell.stratum))
    return [group for _, of_share in groupby(ordered, key=_share) for group in _merged(_strata(of_share))]


def difference(groups: list[Arms], probability: float) -> Evaluation:
    """The weighed difference; `probability` is that of each end of the interval, as 0.9875."""
    z = NormalDist().inv_cdf(probability)
    people = sum(each.held_out + each.others for each in groups)
    effect = below = above = 0.0
    for each in groups:
        weight = (each.held_out + each.others) / people
        others, held_out = each.others_returned / each.others, each.held_out_returned / each.held_out
        others_low, others_high = wilson(others, each.others, z)
        held_out_low, held_out_high = wilson(held_out, each.held_out, z)
        effect += weight * (others - held_out)
        below += weight**2 * ((others - others_low) ** 2 + (held_out_high - held_out) ** 2)
        above += weight**2 * ((others_high - others) ** 2 + (held_out - held_out_low) ** 2)
    return Evaluation(effect, Interval(effect - sqrt(below), effect + sqrt(above)), people)


def _share(cell: Cell) -> Decimal:
    return cell.share


def _strata(cells: Iterable[Cell]) -> Iterator[Arms]:
    for _, group in groupby(cells, key=lambda cell: cell.stratum):
        yield arms(group)


def arms(cells: Iterable[Cell]) -> Arms:
    """How many people are in each arm, and returned, altogether."""
    people: Counts[bool] = Counter()
    returned: Counts[bool] = Counter()
    for cell in cells:
        people[cell.held_out] += cell.people
        returned[cell.held_out] += cell.returned
    return Arms(people[True], returned[True], people[False], returned[False])


def _merged(strata: Iterable[Arms]) -> list[Arms]:
    """Neighbours together until both arms are large enough; a rest joins the last group. Nothing without both arms."""
    found: list[Arms] = []
    rest = Arms(0, 0, 0, 0)
    for each in strata:
        rest = _sum(rest, each)
        if min(rest.held_out, rest.others) >= LEAST:
            found.append(rest)
            rest = Arms(0, 0, 0, 0)
    if found:
        found[-1] = _sum(found[-1], rest)
    elif min(rest.held_out, rest.others):
        found.append(rest)
    return found


def _sum(one: Arms, other: Arms) -> Arms:
    return Arms(
        one.held_out + other.held_out,
        one.held_out_returned + other.held_out_returned,
        one.others + other.others,
        one.others_returned + other.others_returned,
    )
