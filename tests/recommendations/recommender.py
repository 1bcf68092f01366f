"""What every recommender has to do, whatever it computes: a class of tests to inherit from."""

from __future__ import annotations

import numpy as np

from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.lists import NOTHING, Lists, Wanted

NOW = 400
PEOPLE, ITEMS = 60, 40


def lines(seed: int = 3, until: int = NOW) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(person, item, day): people with tastes, who buy some things again; two purchases a week for a year."""
    chance = np.random.RandomState(seed)
    rows: list[tuple[int, int, int]] = []
    for person in range(PEOPLE):
        liked = np.arange(ITEMS)[(np.arange(ITEMS) + person) % 4 == 0]
        for day in range(int(chance.randint(40, 50)), until, 7):
            for item in chance.choice(liked, 3, replace=False):
                rows.append((person, int(item), day))
            rows.append((person, int(chance.randint(ITEMS)), day))
    person, item, day = np.array(rows).T
    return person, item, day


def history(seed: int = 3, now: int = NOW) -> History:
    person, item, day = lines(seed)
    return History.of(person, item, day, people=PEOPLE, items=ITEMS, now=now)


class Recommender:
    """Inherit, and say how lists come from a history."""

    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        raise NotImplementedError

    def test_a_list_is_at_most_as_long_as_asked_for_and_has_nothing_twice(self) -> None:
        for wanted in Wanted:
            found = self.lists(history(), 7, wanted, 1)
            assert found.items.shape == found.scores.shape == (PEOPLE, 7)
            for row in found.items:
                listed = row[row != NOTHING]
                assert len(set(listed.tolist())) == len(listed)

    def test_what_is_listed_comes_first_and_best_first(self) -> None:
        for wanted in Wanted:
            found = self.lists(history(), 7, wanted, 1)
            for row, scores in zip(found.items, found.scores):
                listed = int((row != NOTHING).sum())
                assert (row[:listed] != NOTHING).all()
                assert (np.diff(scores[:listed]) <= 0).all()

    def test_new_lists_exclude_what_was_bought_and_again_lists_everything_else(self) -> None:
        known = history()
        bought = [set(known.item[known.person == person].tolist()) for person in range(PEOPLE)]
        new = self.lists(known, 10, Wanted.NEW, 1).items
        again = self.lists(known, 10, Wanted.AGAIN, 1).items
        for person in range(PEOPLE):
            assert not bought[person] & set(new[person].tolist())
            assert set(again[person].tolist()) <= bought[person] | {NOTHING}

    def test_the_same_seed_gives_the_same_lists(self) -> None:
        for wanted in Wanted:
            one, other = (self.lists(history(), 10, wanted, 5) for _ in range(2))
            assert (one.items == other.items).all()

    def test_the_future_does_not_leak(self) -> None:
        person, item, day = lines()
        past = day < 300
        without = History.of(person[past], item[past], day[past], people=PEOPLE, items=ITEMS, now=300)
        for known in (history(now=300), history().before(300)):
            for wanted in Wanted:
                assert (self.lists(known, 10, wanted, 1).items == self.lists(without, 10, wanted, 1).items).all()

    def test_nothing_known_gives_empty_lists(self) -> None:
        nothing = np.zeros(0, np.int64)
        known = History.of(nothing, nothing, nothing, people=2, items=3, now=10)
        for wanted in Wanted:
            assert (self.lists(known, 4, wanted, 1).items == NOTHING).all()
