"""What people bought, as arrays: who, what, on which day; and the baskets that this makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class History:
    """Distinct (person, item, day), sorted in this order; people and items are numbered from 0.

    `now` is the day, counted like `day`, whose purchases nobody knows yet: every day is before it. A person's purchases
    of one day are one basket. `starts[p]` to `starts[p + 1]` are the rows of person p.
    """

    person: Array
    item: Array
    day: Array
    people: int
    items: int
    now: int
    starts: Array

    @classmethod
    def of(cls, person: Array, item: Array, day: Array, *, people: int, items: int, now: int) -> History:
        """A history from lines in any order, repetitions among them; what was not before `now` is left out."""
        known = np.asarray(day) < now
        person, item, day = (np.asarray(values)[known].astype(np.int32) for values in (person, item, day))
        order = np.lexsort((day, item, person))
        person, item, day = person[order], item[order], day[order]
        distinct = changes(person, item, day)
        person, item, day = person[distinct], item[distinct], day[distinct]
        return cls(person, item, day, people, items, now, np.searchsorted(person, np.arange(people + 1)))

    def before(self, day: int) -> History:
        """The same as it was known on an earlier day."""
        rows = self.day < day
        starts = np.concatenate(([0], np.cumsum(rows)))[self.starts]
        return History(self.person[rows], self.item[rows], self.day[rows], self.people, self.items, day, starts)

    def of_people(self, people: Array) -> History:
        """The purchases of some people alone, who are numbered anew in the order given."""
        sizes = self.starts[people + 1] - self.starts[people]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.arange(starts[-1]) + np.repeat(self.starts[people] - starts[:-1], sizes)
        person = np.repeat(np.arange(len(people), dtype=np.int32), sizes)
        return History(person, self.item[rows], self.day[rows], len(people), self.items, self.now, starts)

    def blocks(self, rows: int) -> Iterator[Array]:
        """Everybody, in turn, in blocks of people who have about so many rows together."""
        edges = np.unique(np.searchsorted(self.starts, np.arange(0, self.starts[-1] + rows, rows)))
        edges = np.unique(np.concatenate(([0], np.minimum(edges, self.people), [self.people])))
        for first, last in zip(edges, edges[1:]):
            yield np.arange(first, last)

    def pairs(self) -> tuple[Array, Array]:
        """The first row of every (person, item), and how many rows each has."""
        first = np.flatnonzero(changes(self.person, self.item))
        return first, np.diff(np.append(first, len(self.person)))

    def baskets_back(self) -> tuple[Array, Array]:
        """For every row, how many baskets the person has had since; and how many baskets each person has."""
        span = np.int64(self.now - (self.day.min() if len(self.day) else 0) + 1)
        keys = self.person * span + (self.now - self.day)
        baskets = np.unique(keys)
        owner = baskets // span
        first = np.searchsorted(owner, np.arange(self.people + 1))
        return np.searchsorted(baskets, keys) - first[self.person], np.diff(first)


def changes(*columns: Array) -> Array:
    """Where a row differs from the one above; the first does."""
    differs = np.ones(len(columns[0]), dtype=bool)
    if len(differs):
        differs[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return differs


def ranks(group: Array) -> Array:
    """The place of every row within its group, from 0; rows of a group are neighbours."""
    first = np.flatnonzero(changes(group))
    return np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group))))
