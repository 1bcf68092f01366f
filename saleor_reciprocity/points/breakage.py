"""Breakage: how many of the open points will be redeemed, carefully, and the revenue that follows from it. Pure.

    q, x = points redeemed, and expired, of those open at the start of a month, by age of the lot in months
    F[a] = q[a] + (1 - q[a] - x[a]) F[a + 1], and nothing after the last month of life
    expected = sum over lots of remaining points times F[age]
    prudent  = expected + 1.729 standard errors, by leaving out one twentieth of the accounts after another

A lot is one month old in its first month. Points that were taken back leave what was open. Revenue follows IFRS 15,
B42 and B44 to B46: in proportion to what was redeemed of all that is expected to be.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil, sqrt
from typing import Iterable, Sequence

GROUPS = 20  # an account belongs to the group of its id modulo so many
STUDENT = 1.729  # one-sided 95 %, 19 degrees of freedom
ENDLESS = 60  # months that points without an end are taken to live
LEAST_REDEMPTIONS = 300  # of a channel, below which the whole shop's rates are used
FIRST_HISTORY, FULL_HISTORY = 12, 24  # months, below which nothing, or only the prudent figure, is said

# The first month of each band: 1, 2, 3, 4-6, 7-12, 13-18, 19 and later. The last month of life is a band of its own.
BANDS = (1, 2, 3, 4, 7, 13, 19)
LAST = len(BANDS)


@dataclass(frozen=True)
class Exposure:
    """Points of one age and life and one group of accounts, in the months that were observed whole."""

    age: int  # months
    life: int  # months
    group: int
    open: int  # at the start of the month; of the first month, what was issued in it
    redeemed: int
    expired: int
    taken_back: int


@dataclass(frozen=True)
class Open:
    """Points that are open now, of one age and life."""

    age: int
    life: int
    points: int


@dataclass(frozen=True)
class Breakage:
    """Of the open points, how many will be redeemed: expected, and prudently. None where the history is too short."""

    points: int
    expected: int | None
    prudent: int | None


Rates = Sequence["tuple[float, float] | None"]


def band(age: int, life: int) -> int:
    """The band of an age."""
    return LAST if age >= life else bisect_right(BANDS, age) - 1


def rates(exposures: Iterable[Exposure], without: int | None = None) -> Rates:
    """(q, x) of each band, None of one that was not seen; accounts of one group may be left out."""
    base: dict[int, int] = defaultdict(int)
    redeemed: dict[int, int] = defaultdict(int)
    expired: dict[int, int] = defaultdict(int)
    for each in exposures:
        if each.group != without:
            where = band(each.age, each.life)
            base[where] += each.open - each.taken_back
            redeemed[where] += each.redeemed
            expired[where] += each.expired
    return tuple(
        (redeemed[where] / base[where], expired[where] / base[where]) if base[where] > 0 else None
        for where in range(LAST + 1)
    )


def expected(rates: Rates, lots: Iterable[Open], months: int = ENDLESS) -> float:
    """How many of the open points will be redeemed, in so many months from now."""
    filled = _filled(rates)

    @lru_cache(maxsize=None)
    def redeemed_share(age: int, life: int) -> float:
        share, left = 0.0, 1.0
        for month in range(age, min(life, age + months - 1) + 1):
            q, x = filled[band(month, life)]
            share, left = share + left * q, left * max(1 - q - x, 0.0)
        return min(share, 1.0)

    return sum(lot.points * redeemed_share(lot.age, lot.life) for lot in lots)


def _filled(rates: Rates) -> list[tuple[float, float]]:
    """A band that was not seen takes the next younger one that was, the youngest the next older; all, if none was."""
    found = next((each for each in rates if each is not None), (1.0, 0.0))
    filled = []
    for each in rates:
        found = found if each is None else each
        filled.append(found)
    return filled


def breakage(exposures: Sequence[Exposure], lots: Sequence[Open], months_of_history: int) -> Breakage:
    """What is said of the open points after so many months of history."""
    points = sum(lot.points for lot in lots)
    if months_of_history < FIRST_HISTORY:
        return Breakage(points, None, None)
    best = expected(rates(exposures), lots)
    prudent = min(points, ceil(best + STUDENT * _standard_error(exposures, lots)))
    return Breakage(points, round(best) if months_of_history >= FULL_HISTORY else None, prudent)


def _standard_error(exposures: Sequence[Exposure], lots: Sequence[Open]) -> float:
    without = [expected(rates(exposures, group), lots) for group in range(GROUPS)]
    mean = sum(without) / GROUPS
    return sqrt((GROUPS - 1) / GROUPS * sum((each - mean) ** 2 for each in without))


def revenue(allocated: Decimal, redeemed: int, expected: int) -> Decimal:
    """Revenue to date of what was allocated to points, of which so many were redeemed and so many still will be."""
    return allocated * redeemed / (redeemed + expected) if redeemed + expected else allocated
