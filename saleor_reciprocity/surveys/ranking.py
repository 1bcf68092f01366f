"""Ranking: which products differ from the others by more than chance, and their order. Pure.

With fifty equal products, some 95 % interval excludes the mean in nine of ten shops. So a product is marked only where
Fisher's exact test of its answers against all the others' holds after Holm's correction for so many products (A simple
sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979) 65-70). The order is that of
shares that are drawn towards the mean, the more the fewer answers there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma
from typing import Hashable, Mapping

LEAST = 5  # answers, below which a product is left out
LEVEL = 0.05
LEAST_VARIANCE = 1e-4
BETTER, NONE, WORSE = "better", "none", "worse"
_TIE = 1 + 1e-7


@dataclass(frozen=True)
class Ranked:
    """A product's answers, how many of them satisfied, its share drawn towards the mean, and how it is marked."""

    product: Hashable
    satisfied: int
    answers: int
    share: float
    mark: str


def ranked(products: Mapping[Hashable, tuple[int, int]]) -> list[Ranked]:
    """The products in their order, best first, given (satisfied, answers); those with few answers are left out."""
    counted = {product: counts for product, counts in products.items() if counts[1] >= LEAST}
    marks, shares = _marks(counted), _drawn(counted)
    found = [Ranked(product, *counted[product], shares[product], marks[product]) for product in counted]
    return sorted(found, key=lambda each: (-each.share, -each.answers, str(each.product)))


def _marks(counted: Mapping[Hashable, tuple[int, int]]) -> dict[Hashable, str]:
    satisfied, answers = _totals(counted)
    chances = {
        product: fisher(good, number, satisfied - good, answers - number) for product, (good, number) in counted.items()
    }
    marks: dict[Hashable, str] = dict.fromkeys(counted, NONE)
    for place, product in enumerate(sorted(chances, key=lambda product: chances[product])):
        if chances[product] > LEVEL / (len(counted) - place):
            break
        good, number = counted[product]
        marks[product] = BETTER if good * answers > satisfied * number else WORSE
    return marks


def _drawn(counted: Mapping[Hashable, tuple[int, int]]) -> dict[Hashable, float]:
    """(x + k m) / (n + k), where k says how much of the spread between products is chance."""
    satisfied, answers = _totals(counted)
    if not answers:
        return {}
    mean = satisfied / answers
    within = mean * (1 - mean)
    spread = sum(number * (good / number - mean) ** 2 for good, number in counted.values()) / answers
    k = within / max(spread - len(counted) * within / answers, LEAST_VARIANCE)
    return {product: (good + k * mean) / (number + k) for product, (good, number) in counted.items()}


def _totals(counted: Mapping[Hashable, tuple[int, int]]) -> tuple[int, int]:
    return sum(good for good, _ in counted.values()), sum(number for _, number in counted.values())


def fisher(good: int, number: int, other_good: int, other_number: int) -> float:
    """Fisher's exact two-sided test: how likely is a division of the good that is no likelier than this one."""
    all_good, everything = good + other_good, number + other_number
    ways = _choose(everything, all_good)

    def chance(count: int) -> float:
        return exp(_choose(number, count) + _choose(other_number, all_good - count) - ways)

    seen = chance(good) * _TIE
    possible = range(max(0, all_good - other_number), min(all_good, number) + 1)
    return min(sum(each for each in map(chance, possible) if each <= seen), 1.0)


def _choose(things: int, taken: int) -> float:
    return lgamma(things + 1) - lgamma(taken + 1) - lgamma(things - taken + 1)
