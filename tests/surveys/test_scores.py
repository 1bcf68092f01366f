"""Scores and their intervals, against published figures and by exact enumeration."""

from __future__ import annotations

from math import comb

import pytest

from saleor_reciprocity.surveys import scores
from saleor_reciprocity.surveys.scores import Score


def test_no_answers_have_no_score() -> None:
    assert scores.score_of("csat", {}) == Score(0, None, None, None)
    assert scores.stars({}) == Score(0, None, None, None)


# Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_as_published(successes: int, trials: int, low: float, high: float) -> None:
    assert scores.wilson(successes / trials, trials) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("degrees", "quantile"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (29, 2.045), (1000, 1.962)]
)
def test_students_quantile_is_as_in_the_tables(degrees: int, quantile: float) -> None:
    assert scores.student(degrees) == pytest.approx(quantile, rel=0.002)


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
    # the mean plus and minus 3.182 standard errors of 0.479
    assert (score.low, score.high) == (pytest.approx(4.227, abs=0.01), 7)


def test_a_mean_of_equal_answers_is_not_certain() -> None:
    score = scores.score_of("ces", {7: 30})
    assert (score.value, score.high) == (7.0, pytest.approx(7.0))
    assert score.low == pytest.approx(7 - 6 * (1 - scores.wilson(1.0, 30)[0]))
    assert scores.score_of("ces", {4: 1}).low == pytest.approx(1 + 6 * scores.wilson(0.5, 1)[0])


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
