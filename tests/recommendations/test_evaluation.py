"""The judge: split by time, measures by hand, intervals; and a gate on made-up baskets."""

from __future__ import annotations

import numpy as np
import pytest

from saleor_reciprocity.recommendations.algorithms import evaluation
from saleor_reciprocity.recommendations.algorithms.baselines import Frequency, Popularity
from saleor_reciprocity.recommendations.algorithms.evaluation import Cut, judge
from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.learned import Learned
from saleor_reciprocity.recommendations.algorithms.lists import Wanted


def test_recall_and_ndcg_by_hand() -> None:
    lists = np.array([[4, 2, 9], [1, -1, -1]])
    found = evaluation.measures(lists, np.array([0, 0, 0, 0, 1]), np.array([2, 9, 5, 6, 3]), 10)
    gain = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3) + 1 / np.log2(4))
    assert found.tolist() == [[0.5, pytest.approx(gain)], [0.0, 0.0]]


def test_the_truth_is_the_first_basket_after_the_cut_and_history_ends_before_it() -> None:
    person = np.array([0] * 36 + [1] * 2)
    item = np.array([0] * 12 + [1] * 12 + [2] * 9 + [0, 1, 2] + [0, 0])
    day = np.array([*range(12), *range(12), *range(9), 50, 50, 60, 1, 2])
    everything = History.of(person, item, day, people=2, items=3, now=100)
    cut = Cut.at(everything, 45)
    assert cut.history.people == 1  # the other has two baskets
    assert cut.history.items == 2  # the third item has nine lines
    assert cut.history.day.max() == 11
    assert (cut.person.tolist(), cut.item.tolist()) == ([0, 0], [0, 1])
    assert len(Cut.at(everything, 12).person) == 0  # day 50 is more than 30 days later


def test_an_interval_holds_the_mean_and_a_paired_difference_is_told() -> None:
    figures = np.random.RandomState(1).normal(0.2, 0.1, size=(500, 2))
    lower, upper = evaluation.interval(figures, 1)
    assert (lower < figures.mean(axis=0)).all()
    assert (figures.mean(axis=0) < upper).all()
    assert evaluation.sign(figures + 0.01, figures, 1).tolist() == [1, 1]
    assert evaluation.sign(figures, figures + 0.01, 1).tolist() == [-1, -1]
    noise = np.random.RandomState(2).normal(0, 0.1, size=(500, 2))
    assert evaluation.sign(figures + noise, figures, 1).tolist() == [0, 0]


def baskets() -> History:
    """500 people of 6 kinds, 240 items: weekly baskets of favourites, and often something else of their kind."""
    chance = np.random.RandomState(7)
    rows = []
    for person in range(500):
        own = np.arange(240)[np.arange(240) % 6 == person % 6]
        chance.shuffle(own)
        for day in range(int(chance.randint(7)), 240, 7):
            rows += [(person, int(item), day) for item in own[:6][chance.random_sample(6) < 0.5]]
            rows += [(person, int(chance.choice(own[6:])), day)] * int(chance.random_sample() < 0.7)
    person, item, day = np.array(rows).T
    return History.of(person, item, day, people=500, items=240, now=240)


def test_the_gate_learned_lists_beat_popularity_and_are_not_behind_frequency() -> None:
    cut = Cut.at(baskets(), 180)
    learned = judge(cut, Learned(cut.history, 1, fewest=5))
    popularity, frequency = (judge(cut, make(cut.history, 1)) for make in (Popularity, Frequency))
    for wanted in (Wanted.ALL, Wanted.NEW):
        assert (evaluation.sign(learned.figures[wanted], popularity.figures[wanted], 1) == 1).all(), wanted
    assert (evaluation.sign(learned.figures[Wanted.ALL], frequency.figures[Wanted.ALL], 1) >= 0).all()
    assert learned.coverage[Wanted.NEW] > 0.5
