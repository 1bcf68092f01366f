"""Bets: what somebody would have won by now who bet on an effect, and which effects that still allows. Pure.

Each person has a score psi whose mean is the effect, whatever happened before, because the arm was drawn with a known
probability. Who stakes the part l on psi being above tau multiplies the fortune by 1 + l (psi - tau). If tau is the
effect, nobody can win at that on average, and the fortune ever reaches 1/a with a probability of at most a, however
often one looks (Ville, Etude critique de la notion de collectif, 1939). The fortunes are

    K+(tau) = mean over 20 stakes of the product over people of 1 + l (psi - tau);  K- the same with 1 - l (psi - tau)

and an effect is excluded where either reaches its limit. After Waudby-Smith and Ramdas, Estimating means of bounded
random variables by betting (JRSS B 86, 2024).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Callable, Mapping, Tuple

from .evidence import Interval

STAKES = 20
LEAST = 0.1  # of a fortune stays, whatever the next person does
CLOSE = 1e-5  # of the widest effect: how exactly an end of an interval is found

# How many people have a score, by (share, psi).
Scored = Mapping[Tuple[float, float], float]


def critical(level: float) -> float:
    """The c of c - ln(1 + c) = 2 ln(1/level): how far, in squared standard errors, a bet of that level sees best."""
    goal, c = 2 * log(1 / level), 4.0
    for _ in range(50):
        c -= (c - log1p(c) - goal) * (1 + c) / c
    return c


@dataclass(frozen=True)
class Stakes:
    """Which effects are bet on, fixed before the start."""

    effects: tuple[float, ...]
    variance: float  # of what is compared
    reach: float  # the widest effect that there can be

    def of(self, share: float) -> list[float]:
        """The parts to stake on people of a share; none risks more than 90 % of the fortune."""
        most = (1 - LEAST) / (self.reach / min(share, 1 - share) + self.reach)
        return [min(effect * share * (1 - share) / self.variance, most) for effect in self.effects]


def stakes(level: float, variance: float, share: float, people: int, reach: float, largest: float) -> Stakes:
    """The stakes that see best at the planned number of people: a half-normal grid no wider than `largest`."""
    width = min(sqrt(critical(level) * variance / (share * (1 - share) * people)), largest)
    places = (0.5 + (step + 0.5) / (2 * STAKES) for step in range(STAKES))
    return Stakes(tuple(width * NormalDist().inv_cdf(place) for place in places), variance, reach)


class Fortunes:
    """The logarithms of all fortunes of bets against one effect; people are added, none is looked at twice."""

    def __init__(self, stakes: Stakes, effect: float = 0.0) -> None:
        self.stakes, self.effect = stakes, effect
        self._sums = [0.0] * (2 * STAKES)
        self._factors: dict[tuple[float, float], list[float]] = {}

    def add(self, scored: Scored) -> None:
        """Lets the bets on these people be decided."""
        for key, people in scored.items():
            factors = self._factors.get(key)
            if factors is None:
                factors = self._factors[key] = self._logarithms(*key)
            self._sums = [total + people * factor for total, factor in zip(self._sums, factors)]

    def _logarithms(self, share: float, score: float) -> list[float]:
        off, parts = score - self.effect, self.stakes.of(share)
        return [log1p(part * off) for part in parts] + [log1p(-part * off) for part in parts]

    @property
    def above(self) -> float:
        """ln K+, of the bets on a larger effect."""
        return _log_of_mean(self._sums[:STAKES])

    @property
    def below(self) -> float:
        """ln K-, of the bets on a smaller effect."""
        return _log_of_mean(self._sums[STAKES:])


def interval(stakes: Stakes, scored: Scored, limit: float) -> Interval:
    """The effects against which neither fortune has reached the limit, given as its logarithm."""
    parts = {share: stakes.of(share) for share in {share for share, _ in scored}}
    people = [(parts[share], score, count) for (share, score), count in scored.items()]
    middle = _mean(scored)

    def above(effect: float) -> float:
        return limit - _log_of_mean(_sums(people, effect, 1))

    def below(effect: float) -> float:
        return _log_of_mean(_sums(people, effect, -1)) - limit

    low, high = _root(above, middle, stakes.reach), _root(below, middle, stakes.reach)
    return Interval(min(low, high), max(low, high))


def _sums(people: list[tuple[list[float], float, float]], effect: float, side: int) -> list[float]:
    sums = [0.0] * STAKES
    for parts, score, count in people:
        off = side * (score - effect)
        sums = [total + count * log1p(part * off) for total, part in zip(sums, parts)]
    return sums


def _mean(scored: Scored) -> float:
    people = sum(scored.values())
    return sum(count * score for (_, score), count in scored.items()) / people if people else 0.0


def _root(rising: Callable[[float], float], near: float, reach: float) -> float:
    """Where a rising function becomes positive, between -reach and reach: brackets around `near`, then false positions.

    An end that stays twice in a row counts half (the Illinois rule), so both ends move.
    """
    low = high = max(-reach, min(near, reach))
    below = above = rising(low)
    step = reach / 64
    while low > -reach and below > 0:
        low, high, above, step = max(low - step, -reach), low, below, 2 * step
        below = rising(low)
    while high < reach and above <= 0:
        low, high, below, step = high, min(high + step, reach), above, 2 * step
        above = rising(high)
    least, stayed = CLOSE * reach, 0
    while high - low > least:
        cut = (low * above - high * below) / (above - below) if below < above else (low + high) / 2
        cut = min(max(cut, low + least / 2), high - least / 2)
        value = rising(cut)
        if value > 0:
            high, above, below, stayed = cut, value, below / 2 if stayed > 0 else below, 1
        else:
            low, below, above, stayed = cut, value, above / 2 if stayed < 0 else above, -1
    return (low + high) / 2


def _log_of_mean(logarithms: list[float]) -> float:
    largest = max(logarithms)
    return largest + log(sum(exp(each - largest) for each in logarithms) / len(logarithms))
