"""How good lists are: history cut at a day, judged by each person's next basket, with intervals by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Protocol

import numpy as np

from .again import next_baskets
from .history import Array, History
from .lists import NOTHING, Lists, Wanted

WINDOW = 30  # days after the cut in which the next basket counts
FEWEST_LINES = 10  # of an item, before the cut
FEWEST_BASKETS = 3  # of a person, before the cut
LENGTH = 10
RESAMPLES = 1000
MEASURES = ("recall", "NDCG")


class Recommender(Protocol):
    """Whatever was made from a history can be asked for lists."""

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists: ...


Make = Callable[[History, int], Recommender]


@dataclass(frozen=True)
class Cut:
    """What was known on a day, and what came next: (person, item) of the next baskets.

    `people` are the numbers that its people have in the whole history, the same at every cut.
    """

    history: History
    person: Array
    item: Array
    people: Array

    @classmethod
    def at(cls, everything: History, day: int) -> Cut:
        """People with few baskets and items with few lines are left out, as in the field's papers."""
        known = everything.before(day)
        _back, baskets = known.baskets_back()
        people = np.flatnonzero(baskets >= FEWEST_BASKETS)
        counted = np.bincount(known.of_people(people).item, minlength=known.items)
        lines = np.bincount(known.item, minlength=known.items)
        items = np.flatnonzero((lines >= FEWEST_LINES) & (counted > 0))
        number = np.full(known.items, NOTHING)
        number[items] = np.arange(len(items))
        person, item = next_baskets(everything.of_people(people), day, day + WINDOW)
        listed = number[item] != NOTHING
        part = known.of_people(people)
        rows = number[part.item] != NOTHING
        history = History.of(
            part.person[rows],
            number[part.item[rows]],
            part.day[rows],
            people=len(people),
            items=len(items),
            now=day,
        )
        return cls(history, person[listed], number[item[listed]], people)


@dataclass(frozen=True)
class Judged:
    """One method at one or more cuts: for all and for new items, an array (next baskets, measures); whose basket each
    row is about; and the share of items that were in anybody's list."""

    figures: Mapping[Wanted, Array]
    owners: Mapping[Wanted, Array]
    coverage: Mapping[Wanted, float]

    def means(self, wanted: Wanted) -> Array:
        """Recall and NDCG."""
        return self.figures[wanted].mean(axis=0) if len(self.figures[wanted]) else np.full(len(MEASURES), np.nan)


def judge(cut: Cut, recommender: Recommender) -> Judged:
    """Ask for everybody's lists and compare them with the next baskets."""
    figures, owners, coverage = {}, {}, {}
    for wanted in (Wanted.ALL, Wanted.NEW):
        person, item = _truth(cut, wanted)
        people = np.unique(person)
        lists = recommender.recommend(people, LENGTH, wanted).items
        figures[wanted] = measures(lists, np.searchsorted(people, person), item, cut.history.items)
        owners[wanted] = cut.people[people]
        coverage[wanted] = len(np.unique(lists[lists != NOTHING])) / max(cut.history.items, 1)
    return Judged(figures, owners, coverage)


def together(judged: list[Judged]) -> Judged:
    """Several cuts as one: every next basket counts the same; coverage is the mean over the cuts."""
    figures = {wanted: np.concatenate([each.figures[wanted] for each in judged]) for wanted in judged[0].figures}
    owners = {wanted: np.concatenate([each.owners[wanted] for each in judged]) for wanted in judged[0].owners}
    coverage = {wanted: float(np.mean([each.coverage[wanted] for each in judged])) for wanted in judged[0].coverage}
    return Judged(figures, owners, coverage)


def _truth(cut: Cut, wanted: Wanted) -> tuple[Array, Array]:
    if wanted is Wanted.ALL:
        return cut.person, cut.item
    key = cut.history.person.astype(np.int64) * cut.history.items + cut.history.item
    new = ~np.isin(cut.person.astype(np.int64) * cut.history.items + cut.item, key)
    return cut.person[new], cut.item[new]


def measures(lists: Array, person: Array, item: Array, items: int) -> Array:
    """Recall and NDCG of each row of lists. NDCG divides by the ideal of as many hits as there can be."""
    row = np.arange(len(lists))[:, None].astype(np.int64)
    hit = np.isin(row * items + lists, person.astype(np.int64) * items + item) & (lists != NOTHING)
    due = np.bincount(person, minlength=len(lists))
    worth = 1 / np.log2(np.arange(2, lists.shape[1] + 2))
    ideal = np.cumsum(worth)[np.minimum(due, lists.shape[1]) - 1]
    return np.stack([hit.sum(axis=1) / due, (hit * worth).sum(axis=1) / ideal], axis=1)


def interval(figures: Array, owners: Array, seed: int) -> tuple[Array, Array]:
    """The 95 % interval of the mean of each column, by resampling people.

    A person's baskets of several cuts come or stay away together: they resemble each other, and as if they were of
    different people they would promise more certainty than there is.
    """
    _people, owner = np.unique(owners, return_inverse=True)
    baskets = np.bincount(owner)
    sums = np.stack([np.bincount(owner, column) for column in figures.T], axis=1)
    chance = np.random.RandomState(seed)
    draws = (chance.randint(len(baskets), size=len(baskets)) for _ in range(RESAMPLES))
    means = np.stack([sums[drawn].sum(axis=0) / baskets[drawn].sum() for drawn in draws])
    return np.percentile(means, 2.5, axis=0), np.percentile(means, 97.5, axis=0)


def compared(ours: Judged, theirs: Judged, wanted: Wanted, seed: int) -> tuple[Array, Array, Array]:
    """The mean difference of each measure, basket by basket, and its 95 % interval."""
    differences = ours.figures[wanted] - theirs.figures[wanted]
    return (differences.mean(axis=0), *interval(differences, ours.owners[wanted], seed))


def sign(ours: Judged, theirs: Judged, wanted: Wanted, seed: int) -> Array:
    """For each measure 1, 0 or -1: surely better than another method for the same people, no telling, or worse."""
    _mean, lower, upper = compared(ours, theirs, wanted, seed)
    return np.where(lower > 0, 1, np.where(upper < 0, -1, 0))
