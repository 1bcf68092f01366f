"""Power: the smallest difference in a rate that two groups of a given size can show. Pure.

The difference d between rates p1 (held out) and p2 = p1 + d (the others) is found in a share `power` of all trials by
a two-sided test at `level` when

    d = z(1 - level/2) * sqrt(p (1 - p) (1/n1 + 1/n2)) + z(power) * sqrt(p1 (1 - p1)/n1 + p2 (1 - p2)/n2)

where p is the rate of both groups together. After Fleiss, Levin and Paik, Statistical Methods for Rates and
Proportions, 3rd edition (2003), chapter 4, for groups of different sizes.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

LEVEL, POWER = 0.05, 0.8
STEPS = 60


def smallest_difference(
    people: int, share: float, base_rate: float, level: float = LEVEL, power: float = POWER
) -> float | None:
    """The smallest rise of a rate that can be seen; None when no rise could be, with so few people."""
    held_out, others = people * share, people * (1 - share)
    if held_out < 1 or others < 1 or base_rate >= 1:
        return None
    low, high = 0.0, 1 - base_rate
    if high < _needed(held_out, others, base_rate, high, level, power):
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        if middle < _needed(held_out, others, base_rate, middle, level, power):
            low = middle
        else:
            high = middle
    return high


def _needed(n1: float, n2: float, p1: float, difference: float, level: float, power: float) -> float:
    p2 = p1 + difference
    together = (n1 * p1 + n2 * p2) / (n1 + n2)
    chance = NormalDist().inv_cdf(1 - level / 2) * sqrt(together * (1 - together) * (1 / n1 + 1 / n2))
    return chance + NormalDist().inv_cdf(power) * sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
