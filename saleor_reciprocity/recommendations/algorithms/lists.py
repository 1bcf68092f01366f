"""The form of every answer: for each person the best items, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from .history import Array, ranks

NOTHING = -1


class Wanted(Enum):
    """What a list may hold."""

    ALL = "all"
    AGAIN = "again"  # what the person has bought
    NEW = "new"  # what the person has never bought


@dataclass(frozen=True)
class Lists:
    """One row a person: items, best first, filled up with NOTHING; and their scores, which only order a row."""

    items: Array
    scores: Array

    @classmethod
    def empty(cls, people: int, length: int) -> Lists:
        """Nothing for anybody."""
        return cls(np.full((people, length), NOTHING, np.int32), np.full((people, length), -np.inf, np.float32))

    @classmethod
    def best(cls, person: Array, item: Array, score: Array, *, people: int, length: int, seed: int) -> Lists:
        """The best of scored candidates, `person` in any order; ties are broken by a seeded random number."""
        tie = np.random.RandomState(seed).random_sample(len(score))
        order = np.lexsort((tie, -score, person))
        place = ranks(person[order])
        order, place = order[place < length], place[place < length]
        found = cls.empty(people, length)
        found.items[person[order], place] = item[order]
        found.scores[person[order], place] = score[order]
        return found

    def then(self, others: Lists) -> Lists:
        """These, and where a row has room, the others behind them; nothing twice. Scores keep falling."""
        length = self.items.shape[1]
        repeated = (others.items[:, :, None] == self.items[:, None, :]).any(axis=2)
        items = np.hstack([self.items, np.where(repeated, NOTHING, others.items)])
        scores = np.hstack([self.scores, _below(self.scores, others.scores)])
        order = np.argsort(items == NOTHING, axis=1, kind="stable")[:, :length]
        return Lists(np.take_along_axis(items, order, 1), np.take_along_axis(scores, order, 1))


def _below(upper: Array, lower: Array) -> Array:
    """The lower scores moved under the upper ones, row by row."""
    floor = np.where(np.isfinite(upper), upper, np.inf).min(axis=1, initial=np.inf)
    top = lower.max(axis=1, initial=-np.inf)
    move = np.where(np.isfinite(floor) & np.isfinite(top), floor - top - 1, 0)
    return lower + move[:, None]
