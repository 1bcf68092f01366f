"""Products beside each other: the exact test against scipy's, Holm by hand, and how seldom a mark is false."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from scipy.stats import fisher_exact

from saleor_reciprocity.surveys.ranking import fisher, ranked


@pytest.mark.parametrize(
    ("good", "number", "other_good", "other_number"),
    [(3, 4, 1, 4), (8, 10, 300, 900), (0, 5, 95, 95), (5, 5, 0, 5), (37, 50, 1800, 2450), (0, 7, 0, 50), (7, 7, 9, 9)],
)
def test_the_test_is_fishers(good: int, number: int, other_good: int, other_number: int) -> None:
    table = [[good, number - good], [other_good, other_number - other_good]]
    assert fisher(good, number, other_good, other_number) == pytest.approx(fisher_exact(table)[1], rel=1e-6)


def test_a_product_is_marked_only_beyond_chance() -> None:
    found = {each.product: each for each in ranked({"a": (95, 100), "b": (70, 100), "c": (72, 100), "d": (30, 60)})}
    assert {product: each.mark for product, each in found.items()} == {
        "a": "better",
        "b": "none",
        "c": "none",
        "d": "worse",
    }
    assert (found["a"].satisfied, found["a"].answers) == (95, 100)


def test_holm_lets_the_next_pass_at_a_milder_level() -> None:
    # the limits are 0.05 / 3, 0.05 / 2 and 0.05; c would fail the second
    three = {"a": (60, 60), "b": (27, 36), "c": (22, 30)}
    p = [fisher(good, number, 109 - good, 126 - number) for good, number in three.values()]
    assert p == [pytest.approx(0.0000063, abs=1e-7), pytest.approx(0.02288, abs=1e-5), pytest.approx(0.02818, abs=1e-5)]
    assert [(each.product, each.mark) for each in ranked(three)] == [("a", "better"), ("b", "worse"), ("c", "worse")]


def test_one_failure_ends_it_for_all_that_are_less_certain() -> None:
    """Either product's p is 0.04: above 0.05 / 2, so that neither is marked, though each is below 0.05."""
    two = {"a": (15, 20), "b": (8, 20)}
    assert 0.025 < fisher(15, 20, 8, 20) < 0.06
    assert [each.mark for each in ranked(two)] == ["none", "none"]


def test_nothing_below_five_answers() -> None:
    assert [each.product for each in ranked({"a": (4, 4), "b": (3, 5), "c": (0, 0)})] == ["b"]
    assert ranked({}) == []


def test_few_answers_are_drawn_towards_the_mean() -> None:
    found = ranked({"few": (5, 5), "many": (190, 200), "poor": (60, 100)})
    # m = 255/305; m (1 - m) = 0.137060; the spread 0.027224 less 3 * 0.137060 / 305 leaves V = 0.025876; k = 5.2968
    shares = {each.product: each.share for each in found}
    assert shares == {
        "few": pytest.approx((5 + 5.2968 * 0.836066) / 10.2968, abs=1e-4),
        "many": pytest.approx((190 + 5.2968 * 0.836066) / 205.2968, abs=1e-4),
        "poor": pytest.approx((60 + 5.2968 * 0.836066) / 105.2968, abs=1e-4),
    }
    assert [each.product for each in found] == ["many", "few", "poor"]


def test_equal_products_are_drawn_together() -> None:
    """Where the spread is no more than chance, V is 0.0001: k = 0.25 / 0.0001."""
    found = ranked({"a": (10, 20), "b": (11, 20), "c": (9, 20)})
    assert [each.product for each in found] == ["b", "a", "c"]
    assert found[0].share == pytest.approx((11 + 2500 * 0.5) / 2520)


@pytest.mark.parametrize("products", [2, 50])
def test_equal_products_are_hardly_ever_marked(products: int) -> None:
    luck, trials, marked = random.Random(11), 400, 0
    for _ in range(trials):
        shop = {number: (sum(luck.random() < 0.8 for _ in range(30)), 30) for number in range(products)}
        marked += any(each.mark != "none" for each in ranked(shop))
    assert marked / trials <= 0.05 + 3 * sqrt(0.05 * 0.95 / trials)
