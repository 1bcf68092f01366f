"""Each recommender, and each against a reference that does the same by brute force."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from bench.baselines import TifuKnn
from saleor_reciprocity.recommendations.algorithms import popular, together
from saleor_reciprocity.recommendations.algorithms.again import Again, candidates, known_of_items
from saleor_reciprocity.recommendations.algorithms.baselines import Frequency, Popularity
from saleor_reciprocity.recommendations.algorithms.discovery import LAMBDA, Discovery
from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.learned import Learned
from saleor_reciprocity.recommendations.algorithms.lists import NOTHING, Lists, Wanted
from saleor_reciprocity.recommendations.algorithms.regression import Logistic

from .recommender import ITEMS, NOW, PEOPLE, Recommender, history

FEWEST = 3


class TestPopularity(Recommender):
    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        return Popularity(known, seed).recommend(np.arange(known.people), length, wanted)


class TestFrequency(Recommender):
    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        return Frequency(known, seed).recommend(np.arange(known.people), length, wanted)


class TestAgain(Recommender):
    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        return Again(known, seed).recommend(np.arange(known.people), length, wanted)


class TestDiscovery(Recommender):
    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        return Discovery(known, fewest=FEWEST).recommend(np.arange(known.people), length, wanted)


class TestLearned(Recommender):
    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        return Learned(known, seed, fewest=FEWEST).recommend(np.arange(known.people), length, wanted)


def dense(known: History) -> np.ndarray:
    counts = np.zeros((known.people, known.items))
    np.add.at(counts, (known.person, known.item), 1)
    return counts


def test_baskets_back_and_pairs_agree_with_counting() -> None:
    known = history()
    back, baskets = known.baskets_back()
    for row in range(0, len(known.person), 97):
        days = np.unique(known.day[known.person == known.person[row]])
        assert back[row] == (days > known.day[row]).sum()
        assert baskets[known.person[row]] == len(days)
    first, times = known.pairs()
    assert (times == dense(known)[known.person[first], known.item[first]]).all()


def test_blocks_hold_everybody_once_and_change_nothing(monkeypatch: Any) -> None:
    from saleor_reciprocity.recommendations.algorithms import again

    known = history()
    assert np.concatenate(list(known.blocks(100))).tolist() == list(range(PEOPLE))
    whole = candidates(known, known_of_items(known))
    monkeypatch.setattr(again, "BLOCK", 100)
    parts = candidates(known, known_of_items(known))
    assert all(np.allclose(one, other) for one, other in zip(whole, parts))


def test_discovery_is_ease_in_its_textbook_form() -> None:
    known = history()
    model = Discovery(known, fewest=FEWEST)
    counts = np.log1p(dense(known))
    inverse = np.linalg.inv(counts.T @ counts + LAMBDA * np.eye(ITEMS))
    weights = inverse / -np.diag(inverse)
    bought = (dense(known) > 0).astype(int)
    weights[(bought.T @ bought) < FEWEST] = 0
    np.fill_diagonal(weights, 0)
    assert model.sold.tolist() == list(range(ITEMS))
    assert np.allclose(model.weights, weights, atol=1e-5)


def test_discovery_keeps_pairs_of_few_people_out() -> None:
    person = np.array([0, 0, 1, 1, 2, 2, 0, 0])
    item = np.array([0, 1, 0, 1, 0, 1, 2, 3])
    known = History.of(person, item, np.arange(8), people=3, items=4, now=9)
    model = Discovery(known, fewest=3)
    assert model.sold.tolist() == [0, 1]
    assert Discovery(known, fewest=4).recommend(np.arange(3), 2, Wanted.NEW).items.tolist() == [[NOTHING] * 2] * 3


def test_because_is_something_bought_together_by_enough_people() -> None:
    known = history()
    model = Discovery(known, fewest=10)
    people = np.arange(PEOPLE)
    listed = model.recommend(people, 5, Wanted.NEW).items
    because = model.because(people, listed)
    bought = dense(known) > 0
    both = bought.astype(int).T @ bought
    assert (because != NOTHING).any()
    for person, place in zip(*np.nonzero(because != NOTHING)):
        assert bought[person, because[person, place]]
        assert both[because[person, place], listed[person, place]] >= 10


@pytest.mark.parametrize("block", [1, 500, 10**9])
def test_neighbours_agree_with_counting_every_pair(monkeypatch: Any, block: int) -> None:
    monkeypatch.setattr(together, "BLOCK", block)
    known = history(now=90)
    bought = dense(known) > 0
    expected = {}
    for one, other in combinations(range(ITEMS), 2):
        people = int((bought[:, one] & bought[:, other]).sum())
        if people >= 5:
            score = people / np.sqrt(bought[:, one].sum() * bought[:, other].sum())
            expected[one, other] = expected[other, one] = (people, pytest.approx(score))
    found = {
        (int(item), int(other)): (int(people), float(score))
        for block_found in together.neighbours(known, fewest=5, length=ITEMS)
        for item, other, score, people in zip(*block_found)
    }
    assert found == expected
    assert found


def test_only_the_nearest_neighbours_are_kept() -> None:
    best = np.concatenate([block[0] for block in together.neighbours(history(), fewest=2, length=4)])
    assert np.bincount(best).max() == 4


def test_a_reseller_does_not_cost_the_square_of_what_he_buys(monkeypatch: Any) -> None:
    monkeypatch.setattr(together, "MOST_ITEMS", 3)
    person, item = np.zeros(40, int), np.arange(40)
    known = History.of(person, item, np.arange(40), people=1, items=40, now=50)
    pairs = [(int(a), int(b)) for block in together.neighbours(known, fewest=1, length=50) for a, b in zip(*block[:2])]
    assert sorted(pairs) == [(37, 38), (37, 39), (38, 37), (38, 39), (39, 37), (39, 38)]


def test_popularity_counts_people_and_forgets() -> None:
    person, item = np.array([0, 1, 2, 0, 1, 0]), np.array([0, 0, 0, 1, 1, 0])
    channel, day = np.array([0, 0, 0, 0, 0, 0]), np.array([70, 70, 70, 100, 100, 70])
    shelves = (np.array([0, 0, 1]), np.array([7, 9, 7]))
    found = popular.popular(person, item, channel, day, shelves, now=100, fewest=2)
    assert list(found.best(10)) == [
        (0, popular.EVERYTHING, 1, 2.0, 2),
        (0, popular.EVERYTHING, 0, 1.5, 3),
        (0, 7, 1, 2.0, 2),
        (0, 7, 0, 1.5, 3),
        (0, 9, 0, 1.5, 3),
    ]
    few = popular.popular(person, item, channel, day, shelves, now=100, fewest=3)
    assert [row[2] for row in few.best(1)] == [0, 0, 0]


def test_popularity_is_of_a_channel() -> None:
    person, item, channel = np.arange(4), np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])
    nothing = (np.zeros(0, int), np.zeros(0, int))
    found = popular.popular(person, item, channel, np.full(4, 5), nothing, now=5, fewest=2)
    assert [row[:3] for row in found.best(10)] == [(0, popular.EVERYTHING, 0), (1, popular.EVERYTHING, 1)]


def test_the_regression_finds_the_weights_that_made_the_data() -> None:
    chance = np.random.RandomState(2)
    numbers = chance.normal(size=(60_000, 2))
    odds = -1 + 0.8 * numbers[:, 0] - 0.5 * numbers[:, 1]
    model = Logistic.fitted(numbers, chance.random_sample(len(odds)) < 1 / (1 + np.exp(-odds)))
    assert np.allclose(model.weights, [-1, 0.8, -0.5, 0, 0, 0], atol=0.06)


def test_the_regression_survives_what_can_be_told_apart_fully() -> None:
    numbers = np.linspace(-1, 1, 200)[:, None]
    model = Logistic.fitted(numbers, numbers[:, 0] > 0)
    assert (np.argsort(model.scores(numbers)) == np.arange(200)).all()


def test_again_learns_a_rhythm_that_frequency_does_not_see() -> None:
    """Half of the items are bought every 14 days, half every 28: due are those whose time has come."""
    gap = {item: 14 if item % 2 else 28 for item in range(12)}
    first = {(person, item): (person * 5 + item * 3) % gap[item] for person in range(200) for item in gap}
    rows = [(*who, day) for who, start in first.items() for day in range(start, NOW, gap[who[1]])]
    person, item, day = np.array(rows).T
    known = History.of(person, item, day, people=200, items=12, now=NOW)
    due = {(person, item) for (person, item), start in first.items() if (NOW + 1 - start) % gap[item] <= 1}

    def hits(model: Any) -> int:
        listed = model.recommend(np.arange(200), 3, Wanted.AGAIN).items
        return len(due & {(person, int(item)) for person in range(200) for item in listed[person]})

    learned = Again(known, 1)
    assert learned.model is not None
    assert hits(learned) > 1.5 * hits(Frequency(known, 1))


def test_a_young_shop_gets_decayed_frequency() -> None:
    person, item, day = np.zeros(5, int), np.array([0, 0, 0, 1, 1]), np.array([1, 2, 3, 8, 9])
    known = History.of(person, item, day, people=1, items=2, now=10)
    model = Again(known, 1)
    assert model.model is None
    assert model.recommend(np.zeros(1, int), 2, Wanted.AGAIN).items.tolist() == [[0, 1]]


def test_the_baselines_of_the_benchmark_answer_too() -> None:
    known = history()
    assert TifuKnn.NEIGHBOURS > PEOPLE  # so it is asked with fewer here
    model = TifuKnn(known, 1)
    model.NEIGHBOURS = 10
    assert model.recommend(np.arange(PEOPLE), 10, Wanted.ALL).items.shape == (PEOPLE, 10)
