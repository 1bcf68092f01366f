"""Scores and their intervals, against published figures and by exact enumeration."""

from __future__ import annotations

import random
from collections import Counter
from math import comb, sqrt

import pytest

from saleor_reciprocity.surveys import scores
from saleor_reciprocity.surveys.scores import Score


def test_no_answers_have_no_score() -> None:
    assert scores.score_of("csat", {}) == Score(0, None, None, None)
    assert scores.stars({}) == Score(0, None, None, None)


def test_csat_is_the_share_of_four_and_five() -> None:
    score = scores.score_of("csat", {1: 1, 3: 1, 4: 3, 5: 5})
    assert (score.answers, score.value) == (10, 80.0)
    assert (score.low, score.high) == (pytest.approx(49.02, abs=0.01), pytest.approx(94.33, abs=0.01))


def test_nps_is_promoters_less_detractors() -> None:
    score = scores.score_of("nps", {0: 1, 6: 2, 7: 1, 8: 1, 9: 2, 10: 3})
    assert (score.answers, score.value) == (10, 20.0)
    assert (score.low, score.high) == (pytest.approx(-34.11, abs=0.01), pytest.approx(67.45, abs=0.01))


def test_nps_stays_on_its_scale() -> None:
    score = scores.score_of("nps", {10: 1})
    assert (score.value, score.high) == (100.0, 100.0)
    assert score.low is not None
    assert score.low < 0


def test_ces_is_the_mean() -> None:
    score = scores.score_of("ces", {5: 2, 6: 1, 7: 1})
    assert (score.answers, score.value) == (4, 5.75)
    # 5, 5, 6, 7 and the two ends 1 and 7: 31/6 less 2.5706 (Student's with 5 degrees) times sqrt(149/6 / 5 / 6)
    assert (score.low, score.high) == (pytest.approx(2.8279, abs=0.003), 7)


def test_a_mean_of_equal_answers_is_not_certain() -> None:
    score = scores.score_of("ces", {7: 30})
    # thirty-one times 7 and once 1: 6.8125 less 2.0395 times 0.1875
    assert (score.value, score.low, score.high) == (7.0, pytest.approx(6.4301, abs=0.0005), 7.0)
    assert scores.score_of("ces", {4: 1}) == Score(1, 4.0, 1.0, 7.0)


@pytest.mark.parametrize("answers", [1, 2, 3, 7, 900])
def test_the_interval_of_a_mean_contains_it(answers: int) -> None:
    for counts in ({star: answers, other: number} for star in (1, 2, 5) for other in (3, 4) for number in (0, 1, 9)):
        score = scores.stars(counts)
        assert score.low <= score.value <= score.high  # type: ignore[operator]
    # 905/902 and 1.9626 times sqrt(16 / 902 / 902) more
    assert scores.stars({1: 900}) == Score(900, 1.0, 1.0, pytest.approx(1.0131, abs=0.0001))


def test_stars_have_the_scale_of_one_to_five() -> None:
    # 4, 5, 1, 5: 3.75 less 3.1824 times sqrt(10.75 / 3 / 4), which is below the scale
    assert scores.stars({4: 1, 5: 1}) == Score(2, 4.5, pytest.approx(1.0, abs=0.001), 5.0)
    # 4, 4, 5, 5, 1, 5: 4 less 2.5706 times sqrt(12 / 5 / 6)
    assert scores.stars({4: 2, 5: 2}).low == pytest.approx(2.3742, abs=0.003)


@pytest.mark.parametrize("weights", [(1, 1, 2, 6, 10), (0, 0, 1, 3, 16), (4, 4, 4, 4, 4), (8, 1, 1, 1, 9)])
@pytest.mark.parametrize("answers", [5, 10, 20])
def test_the_interval_of_a_mean_covers_the_truth_as_often_as_it_says(weights: tuple[int, ...], answers: int) -> None:
    luck, trials = random.Random(5), 2000
    truth = sum(star * weight for star, weight in enumerate(weights, 1)) / sum(weights)
    covered = 0
    for _ in range(trials):
        score = scores.stars(Counter(luck.choices(range(1, 6), weights, k=answers)))
        covered += score.low <= truth <= score.high  # type: ignore[operator]
    assert covered / trials >= 0.95 - 3 * sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize(("promoters", "detractors"), [(0.5, 0.2), (0.3, 0.3), (0.8, 0.05), (0.1, 0.6)])
@pytest.mark.parametrize("answers", [10, 30])
def test_the_interval_of_nps_covers_the_truth_as_often_as_it_says(
    promoters: float, detractors: float, answers: int
) -> None:
    truth, covered = 100 * (promoters - detractors), 0.0
    for above in range(answers + 1):
        for below in range(answers + 1 - above):
            between = answers - above - below
            ways = comb(answers, above) * comb(answers - above, below)
            chance = ways * promoters**above * detractors**below * (1 - promoters - detractors) ** between
            score = scores.score_of("nps", {10: above, 8: between, 0: below})
            assert score.low is not None
            assert score.high is not None
            covered += chance * (score.low <= truth <= score.high)
    assert covered > 0.93
