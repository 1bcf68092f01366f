"""The judge: split by time, measures by hand, intervals; and a gate on made-up baskets."""

from __future__ import annotations

import numpy as np
import pytest

from saleor_reciprocity.recommendations.algorithms import evaluation
from saleor_reciprocity.recommendations.algorithms.baselines import Frequency, Popularity
from saleor_reciprocity.recommendations.algorithms.evaluation import Cut, Judged, judge
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


def judged(figures: np.ndarray) -> Judged:
    return Judged({Wanted.ALL: figures}, {Wanted.ALL: np.arange(len(figures))}, {Wanted.ALL: 1.0})


def test_an_interval_holds_the_mean_and_a_paired_difference_is_told() -> None:
    figures = np.random.RandomState(1).normal(0.2, 0.1, size=(500, 2))
    lower, upper = evaluation.interval(figures, np.arange(500), 1)
    assert (lower < figures.mean(axis=0)).all()
    assert (figures.mean(axis=0) < upper).all()
    assert evaluation.sign(judged(figures + 0.01), judged(figures), Wanted.ALL, 1).tolist() == [1, 1]
    assert evaluation.sign(judged(figures), judged(figures + 0.01), Wanted.ALL, 1).tolist() == [-1, -1]
    noise = np.random.RandomState(2).normal(0, 0.1, size=(500, 2))
    assert evaluation.sign(judged(figures + noise), judged(figures), Wanted.ALL, 1).tolist() == [0, 0]


def test_a_person_who_is_asked_twice_makes_nothing_surer() -> None:
    figures, owners = np.random.RandomState(1).normal(0.2, 0.1, size=(500, 2)), np.arange(500) + 7
    once = evaluation.interval(figures, owners, 1)
    twice = evaluation.interval(np.concatenate([figures, figures]), np.concatenate([owners, owners]), 1)
    assert np.allclose(once, twice)


def test_a_basket_is_owned_by_the_same_number_at_every_cut() -> None:
    everything = baskets()
    cuts = [Cut.at(everything, day) for day in (20, 180)]
    assert cuts[0].history.people < cuts[1].history.people == 500
    for cut in cuts:
        found = judge(cut, Popularity(cut.history, 1))
        truth = {
            person
            for person in range(500)
            if (later := everything.day[(everything.person == person) & (everything.day >= cut.history.now)]).size
            and later.min() < cut.history.now + 30
        }
        assert set(found.owners[Wanted.ALL]) <= truth & set(cut.people.tolist())
        assert len(found.owners[Wanted.ALL]) == len(found.figures[Wanted.ALL])
    both = evaluation.together([judge(cut, Popularity(cut.history, 1)) for cut in cuts])
    assert len(np.unique(both.owners[Wanted.ALL])) < len(both.owners[Wanted.ALL]) == len(both.figures[Wanted.ALL])


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
        assert (evaluation.sign(learned, popularity, wanted, 1) == 1).all(), wanted
    assert (evaluation.sign(learned, frequency, Wanted.ALL, 1) >= 0).all()
    assert learned.coverage[Wanted.NEW] > 0.5
