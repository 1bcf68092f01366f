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
    """What was known on a day, and what came next: (person, item) of the next baskets, and who had one."""

    history: History
    person: Array
    item: Array

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
        return cls(history, person[listed], number[item[listed]])


@dataclass(frozen=True)
class Judged:
    """One method at one or more cuts: for all and for new items, an array (people, measures); and the share of items
    that were in anybody's list."""

    figures: Mapping[Wanted, Array]
    coverage: Mapping[Wanted, float]

    def means(self, wanted: Wanted) -> Array:
        """Recall and NDCG."""
        return self.figures[wanted].mean(axis=0) if len(self.figures[wanted]) else np.full(len(MEASURES), np.nan)


def judge(cut: Cut, recommender: Recommender) -> Judged:
    """Ask for everybody's lists and compare them with the next baskets."""
    figures, coverage = {}, {}
    for wanted in (Wanted.ALL, Wanted.NEW):
        person, item = _truth(cut, wanted)
        people = np.unique(person)
        lists = recommender.recommend(people, LENGTH, wanted).items
        figures[wanted] = measures(lists, np.searchsorted(people, person), item, cut.history.items)
        coverage[wanted] = len(np.unique(lists[lists != NOTHING])) / max(cut.history.items, 1)
    return Judged(figures, coverage)


def together(judged: list[Judged]) -> Judged:
    """Several cuts as one: every person of every cut counts the same within the cut, and every cut the same."""
    figures = {wanted: np.concatenate([each.figures[wanted] for each in judged]) for wanted in judged[0].figures}
    coverage = {wanted: float(np.mean([each.coverage[wanted] for each in judged])) for wanted in judged[0].coverage}
    return Judged(figures, coverage)


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


def interval(figures: Array, seed: int) -> tuple[Array, Array]:
    """The 95 % interval of the mean of each column, by resampling rows."""
    chance = np.random.RandomState(seed)
    means = np.stack([figures[chance.randint(len(figures), size=len(figures))].mean(axis=0) for _ in range(RESAMPLES)])
    return np.percentile(means, 2.5, axis=0), np.percentile(means, 97.5, axis=0)


def sign(figures: Array, others: Array, seed: int) -> Array:
    """For each measure 1, 0 or -1: surely better than another method for the same people, no telling, or worse."""
    lower, upper = interval(figures - others, seed)
    return np.where(lower > 0, 1, np.where(upper < 0, -1, 0))
