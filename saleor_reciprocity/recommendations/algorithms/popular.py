"""What is popular in a channel and in each category, by how many people bought it lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np

from .history import Array, changes, ranks

HALF_LIFE = 30.0  # days
EVERYTHING = -1  # the category of the whole channel


@dataclass(frozen=True)
class Popular:
    """Scored items of every channel and category, in columns."""

    channel: Array
    category: Array
    item: Array
    score: Array
    people: Array

    def best(self, length: int) -> Iterator[tuple[int, int, int, float, int]]:
        """(channel, category, item, score, people) of the best of each channel and category, best first."""
        order = np.lexsort((self.item, -self.score, self.category, self.channel))
        group = np.cumsum(changes(self.channel[order], self.category[order]))
        order = order[ranks(group) < length]
        columns = (self.channel, self.category, self.item, self.score, self.people)
        return zip(*(column[order].tolist() for column in columns))


def popular(
    person: Array,
    item: Array,
    channel: Array,
    day: Array,
    shelves: tuple[Array, Array],
    *,
    now: int,
    fewest: int,
) -> Popular:
    """Sums of purchases that lose half their weight in HALF_LIFE, one a person and day; items of `fewest` people."""
    order = np.lexsort((day, person, item, channel))
    person, item, channel, day = person[order], item[order], channel[order], day[order]
    kept = changes(channel, item, person, day)
    person, item, channel, day = person[kept], item[kept], channel[kept], day[kept]
    first = np.flatnonzero(changes(channel, item))
    if not len(first):
        return Popular(*(np.zeros(0, np.int64) for _column in range(5)))
    score = np.add.reduceat(0.5 ** ((now - day) / HALF_LIFE), first)
    people = np.add.reduceat(changes(channel, item, person).astype(np.int64), first)
    enough = people >= fewest
    columns = channel[first][enough], item[first][enough], score[enough], people[enough]
    return _with_categories(*columns, shelves)


def _with_categories(channel: Array, item: Array, score: Array, people: Array, shelves: tuple[Array, Array]) -> Popular:
    """The same once for the whole channel, and once for each category that the item is in."""
    shelved, category = shelves
    order = np.argsort(shelved, kind="stable")
    shelved, category = shelved[order], category[order]
    start, end = np.searchsorted(shelved, item), np.searchsorted(shelved, item, side="right")
    row = np.repeat(np.arange(len(item)), end - start)
    place = ranks(row) + start[row]
    rows = np.concatenate([np.arange(len(item)), row])
    categories = np.concatenate([np.full(len(item), EVERYTHING), category[place]]).astype(np.int64)
    return Popular(channel[rows], categories, item[rows], score[rows], people[rows])
