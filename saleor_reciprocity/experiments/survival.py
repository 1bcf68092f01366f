"""Survival: how soon people come back, as steps with a band for the eye. Pure.

Kaplan and Meier's estimate (JASA 53 (1958) 457-481), with Greenwood's variance on the scale of log(-log), so that the
band stays between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Mapping

from saleor_reciprocity.intervals import Z

_EMPTY: Mapping[int, int] = {}


@dataclass(frozen=True)
class Step:
    """The share of people who had come back by the end of a day, its band, and how many were followed until then."""

    days: int
    returned: float
    low: float
    high: float
    followed: int


def curve(returned: Mapping[int, int], people: int, left: Mapping[int, int] = _EMPTY) -> list[Step]:
    """A step for each day on which somebody came back.

    `returned` and `left` say how many came back, or were followed no longer, after so many days. Who left on a day was
    followed until its end. Nobody is left to follow once all have come back: the band then stays where it was.
    """
    steps = [Step(0, 0.0, 0.0, 0.0, people)]
    away, variance = 1.0, 0.0
    for day in sorted(day for day, number in returned.items() if number):
        gone = sum(number for each in (returned, left) for then, number in each.items() if then < day)
        followed, back = people - gone, returned[day]
        away *= 1 - back / followed
        if followed == back:
            steps.append(Step(day, 1.0, steps[-1].low, 1.0, followed))
            break
        variance += back / (followed * (followed - back))
        reach = Z * sqrt(variance) / log(away)
        steps.append(Step(day, 1 - away, 1 - away ** exp(reach), 1 - away ** exp(-reach), followed))
    return steps
