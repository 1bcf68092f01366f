"""Power: the formula against published values and a simulation, and the shop's own numbers from its past orders."""

from __future__ import annotations

import random
from math import sqrt
from statistics import NormalDist

import pytest

from saleor_reciprocity.experiments.evidence import GIFT, LEVELS, PROGRAMME, SURVEY
from saleor_reciprocity.experiments.power import smallest_difference


@pytest.mark.parametrize(
    ("rate", "other", "each_group"), [(0.25, 0.40, 152), (0.10, 0.20, 199), (0.50, 0.60, 388), (0.05, 0.10, 435)]
)
def test_the_published_sizes_of_equal_groups(rate: float, other: float, each_group: int) -> None:
    found = smallest_difference(2 * each_group, 0.5, rate)
    assert found == pytest.approx(other - rate, rel=0.01)


def test_four_trials_of_five_see_what_it_says() -> None:
    people, share, rate = 2000, 0.2, 0.2
    difference = smallest_difference(people, share, rate)
    assert difference is not None
    luck, trials = random.Random(7), 600
    seen = sum(
        _significant(luck, int(people * share), int(people * (1 - share)), rate, difference) for _ in range(trials)
    )
    assert abs(seen / trials - 0.8) <= 4 * sqrt(0.8 * 0.2 / trials) + 0.02


def _significant(luck: random.Random, n1: int, n2: int, rate: float, difference: float) -> bool:
    x1 = sum(luck.random() < rate for _ in range(n1))
    x2 = sum(luck.random() < rate + difference for _ in range(n2))
    together = (x1 + x2) / (n1 + n2)
    spread = sqrt(together * (1 - together) * (1 / n1 + 1 / n2))
    return abs(x2 / n2 - x1 / n1) / spread > NormalDist().inv_cdf(0.975)


def test_too_few_people_see_nothing() -> None:
    assert smallest_difference(0, 0.2, 0.0) is None
    assert smallest_difference(4, 0.2, 0.5) is None
    assert smallest_difference(1000, 0.0, 0.5) is None


# What the questions can show, in points, in 8 of 10 cases at their planned evaluation: half of each question's level.
@pytest.mark.parametrize(
    ("rate", "people", "programme", "half", "survey", "gifts"),
    [
        (0.25, 1_000, 11.3, 8.9, 16.8, (17.9, 11.7, 10.8)),
        (0.25, 5_000, 4.9, 3.9, 7.2, (7.8, 5.1, 4.7)),
        (0.25, 20_000, 2.4, 1.9, 3.5, (3.9, 2.5, 2.3)),
        (0.43, 5_000, 5.4, 4.3, 7.9, (8.7, 5.7, 5.3)),
    ],
)
def test_what_each_question_can_show(
    rate: float, people: int, programme: float, half: float, survey: float, gifts: tuple[float, ...]
) -> None:
    drawing = people * 8 // 10  # who is not held out
    found = [
        *(smallest_difference(people, share, rate, level=LEVELS[PROGRAMME] / 2) for share in (0.2, 0.5)),
        smallest_difference(people, 0.1, rate, level=LEVELS[SURVEY] / 2),
        *(smallest_difference(drawing, 1 - chance, rate, level=LEVELS[GIFT] / 2) for chance in (0.1, 0.3, 0.5)),
    ]
    assert [round(100 * each, 1) for each in found if each] == [programme, half, survey, *gifts]
