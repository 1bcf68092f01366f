"""Scores: for each person a number whose mean is the effect, whatever came before. Pure.

    m   = h p1 + (1 - h) p0, from earlier days only; h is the person's share, p1 the rate of the others, p0 of those
          held out, both of the person's stratum
    psi = (Y - m) / (1 - h) of the others, -(Y - m) / h of those held out; Y is 1 if the person returned

The mean of psi is the effect on the person for any m that was fixed before; a good m only makes psi vary less. A
stratum's rate is drawn to its arm's as by 20 people, an arm's to the rate before the start.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import groupby
from typing import Counter as Counts
from typing import Dict, Iterable, Iterator, Tuple

from .evidence import Cell

SHRINK = 20  # people that a rate of few is drawn towards

Scored = Dict[Tuple[float, float], int]


def of_days(cells: Iterable[Cell], prior_rate: float) -> Iterator[tuple[date, list[Cell], Scored]]:
    """Day after day: its cells, and how many people have a score, by (share, psi).

    Who could not have been in both arms, because nobody or everybody was held out, tells nothing and is left out.
    """
    told = (cell for cell in cells if 0 < cell.share < 1)
    past = _Past(prior_rate)
    for day, group in groupby(sorted(told, key=lambda cell: cell.day), key=lambda cell: cell.day):
        of_day = list(group)
        yield day, of_day, _scored(of_day, past)
        past.learn(of_day)


def psi(outcome: float, expected: float, share: float, held_out: bool) -> float:
    """The score of an outcome where so much was expected."""
    return -(outcome - expected) / share if held_out else (outcome - expected) / (1 - share)


def _scored(cells: list[Cell], past: _Past) -> Scored:
    scored: Counts[tuple[float, float]] = Counter()
    alike: dict[tuple[float, int], float] = {}
    for cell in cells:
        share = float(cell.share)
        if (share, cell.stratum) not in alike:
            alike[share, cell.stratum] = past.expected(share, cell.stratum)
        expected = alike[share, cell.stratum]
        for outcome, people in ((1, cell.returned), (0, cell.people - cell.returned)):
            if people:
                scored[share, psi(outcome, expected, share, cell.held_out)] += people
    return scored


class _Past:
    """The rates of earlier days."""

    def __init__(self, prior_rate: float) -> None:
        self.prior_rate = prior_rate
        self.people: Counts[tuple[bool, int | None]] = Counter()
        self.returned: Counts[tuple[bool, int | None]] = Counter()

    def learn(self, cells: list[Cell]) -> None:
        for cell in cells:
            for stratum in (cell.stratum, None):
                self.people[cell.held_out, stratum] += cell.people
                self.returned[cell.held_out, stratum] += cell.returned

    def expected(self, share: float, stratum: int) -> float:
        """m, in whole hundredths, so that few different scores come about."""
        mixed = share * self._rate(False, stratum) + (1 - share) * self._rate(True, stratum)
        return min(max(round(100 * mixed), 1), 99) / 100

    def _rate(self, held_out: bool, stratum: int) -> float:
        arm = self._drawn(held_out, None, self.prior_rate)
        return self._drawn(held_out, stratum, arm)

    def _drawn(self, held_out: bool, stratum: int | None, towards: float) -> float:
        people, returned = self.people[held_out, stratum], self.returned[held_out, stratum]
        return (returned + SHRINK * towards) / (people + SHRINK)
