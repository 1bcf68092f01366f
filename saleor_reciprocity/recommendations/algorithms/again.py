"""What a person buys again: a logistic regression on frequency, recency and the item's rhythm.

It asks of everything that somebody has bought: will it be in the next basket? The answers to learn from are the shop's
own: history is cut 30, 60 and 90 days ago, and each person's first basket within 30 days of a cut is the truth. All
that is known at a cut comes from before it. Without enough truth (a young shop) decayed frequency alone decides, which
is the personal part of TIFU-KNN (Hu et al., SIGIR 2020) with one rate of decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np

from .history import Array, History, ranks
from .lists import Lists, Wanted
from .regression import Logistic

WINDOW = 30  # days: within which a next basket counts
CUTS = (30, 60, 90)  # days before now
FEWEST_ANSWERS = 300  # re-purchases to learn from
MOST_PEOPLE = 2500  # at each cut; more make it slower, not better
SHORTLIST = 100  # candidates of one person, by decayed frequency
BLOCK = 1_000_000  # rows of history looked at together: some 200 MB

BY_BASKET = (0.8, 0.93, 0.985)  # rates of decay a basket; the middle one is the one that serves alone best
HALF_LIFE = 60.0  # days
NUMBERS = len(BY_BASKET) + 6  # that the regression looks at
SMALL = 0.05  # keeps logarithms of decayed counts finite


@dataclass(frozen=True)
class Items:
    """What is known of each item for all people together."""

    gap: Array  # days between two purchases of one person
    rebuy: Array  # log share of the later baskets of its buyers that had it
    trend: Array  # log of its sales of the last weeks against those of the last months


class Again:
    """Ranks what a person has bought by how likely the next basket has it."""

    def __init__(self, history: History, seed: int) -> None:
        self.history = history
        self.seed = seed
        self.items = known_of_items(history)
        self.model = _learn(history, seed)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """The person's own items, most likely first; nothing that is new."""
        found = Lists.empty(len(people), length)
        if wanted is Wanted.NEW:
            return found
        part = self.history.of_people(people)
        for rows in part.blocks(BLOCK):
            person, item, numbers = candidates(part.of_people(rows), self.items)
            score = self.model.scores(numbers) if self.model else numbers[:, 1]
            best = Lists.best(person, item, score, people=len(rows), length=length, seed=self.seed)
            found.items[rows], found.scores[rows] = best.items, best.scores
        return found


def _learn(history: History, seed: int) -> Logistic | None:
    """The regression, or None where too little was bought again to learn from."""
    questions, answers = [], []
    for number, days in enumerate(CUTS):
        asked, answered = _lesson(history, history.now - days, np.random.RandomState(seed + number))
        questions.append(asked)
        answers.append(answered)
    bought = np.concatenate(answers)
    if not FEWEST_ANSWERS <= bought.sum() < len(bought):
        return None
    return Logistic.fitted(np.vstack(questions), bought)


def _lesson(history: History, cut: int, chance: np.random.RandomState) -> tuple[Array, Array]:
    """What was to be asked at one cut, and whether the next basket had it."""
    person, item = next_baskets(history, cut, cut + WINDOW)
    earlier = history.before(cut)
    people = np.unique(person)
    if len(people) > MOST_PEOPLE:
        people = np.sort(chance.choice(people, MOST_PEOPLE, replace=False))
    asked_of, asked, numbers = candidates(earlier.of_people(people), known_of_items(earlier))
    truth = person.astype(np.int64) * history.items + item
    return numbers, np.isin(people[asked_of].astype(np.int64) * history.items + asked, truth)


def next_baskets(history: History, start: int, end: int) -> tuple[Array, Array]:
    """(person, item) of each person's first basket from day `start` to before day `end`."""
    rows = (history.day >= start) & (history.day < end)
    person, item, day = history.person[rows], history.item[rows], history.day[rows]
    first = np.full(history.people, end)
    np.minimum.at(first, person, day)
    kept = day == first[person]
    return person[kept], item[kept]


def known_of_items(history: History) -> Items:
    """Sums over all people, gathered block by block."""
    days, later, repeats, recent, usual = np.zeros((5, history.items))
    for people in history.blocks(BLOCK):
        part = history.of_people(people)
        first, times = part.pairs()
        item, last = part.item[first], first + times - 1
        back, _baskets = part.baskets_back()
        days += _sums(item, part.day[last] - part.day[first], history.items)
        later += _sums(item, back[first], history.items)
        repeats += _sums(item, times - 1, history.items)
        age = history.now - part.day
        recent += _sums(part.item, np.exp(-age / 21.0), history.items)
        usual += _sums(part.item, np.exp(-age / 120.0), history.items)
    typical_gap = days.sum() / max(repeats.sum(), 1)
    typical_share = (repeats.sum() + 1) / (later.sum() + 20)
    return Items(
        gap=(days + 3 * typical_gap) / (repeats + 3),
        rebuy=np.log((repeats + 20 * typical_share) / (later + 20)),
        trend=np.log((recent + 0.5) / (usual + 2)),
    )


def _sums(item: Array, values: Array, items: int) -> Array:
    return np.bincount(item, values, minlength=items)


def candidates(history: History, items: Items) -> tuple[Array, Array, Array]:
    """(person, item, numbers) of what each person may buy again: SHORTLIST rows a person at most."""
    nothing = (np.zeros(0, int), np.zeros(0, int), np.zeros((0, NUMBERS)))
    person, item, numbers = zip(nothing, *_candidates(history, items))
    return np.concatenate(person), np.concatenate(item), np.vstack(numbers)


def _candidates(history: History, items: Items) -> Iterator[tuple[Array, Array, Array]]:
    for people in history.blocks(BLOCK):
        part = history.of_people(people)
        first, times = part.pairs()
        if not len(first):
            continue
        person, item = people[part.person[first]], part.item[first]
        numbers = _numbers(part, items, first, times)
        order = np.lexsort((-numbers[:, 1], person))
        order = order[ranks(person[order]) < SHORTLIST]
        yield person[order], item[order], numbers[order]


def _numbers(part: History, items: Items, first: Array, times: Array) -> Array:
    """What the regression looks at, one row a (person, item): decayed counts, recency, timing, the item's habits."""
    last, item = first + times - 1, part.item[first]
    back, _baskets = part.baskets_back()
    age = (part.now - part.day).astype(float)
    decayed = [np.log(np.add.reduceat(rate**back, first) + SMALL) for rate in BY_BASKET]
    own_gap = (age[first] - age[last] + items.gap[item]) / times
    overdue = np.log((age[last] + 1) / (own_gap + 1))
    columns = [
        *decayed,
        np.log(np.add.reduceat(0.5 ** (age / HALF_LIFE), first) + SMALL),
        np.log1p(back[last]),
        overdue,
        items.rebuy[item],
        items.trend[item],
        _irregularity(part, first, times),
    ]
    return np.stack(columns, axis=1)


def _irregularity(part: History, first: Array, times: Array) -> Array:
    """The variation of a person's gaps for an item, 1 where there are fewer than two gaps."""
    gap = np.diff(part.day, prepend=part.day[:1]).astype(float)
    gap[first] = 0
    gaps = np.maximum(times - 1, 1)
    mean = np.add.reduceat(gap, first) / gaps
    spread = np.sqrt(np.maximum(np.add.reduceat(gap**2, first) / gaps - mean**2, 0))
    return np.where(times > 2, spread / np.maximum(mean, 1), 1.0)
