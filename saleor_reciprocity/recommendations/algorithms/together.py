"""Which items the same people buy: the cosine of their buyers, counted in blocks of items."""

from __future__ import annotations

from typing import Iterator

import numpy as np
import scipy.sparse

from .history import Array, History, changes, ranks

MOST_ITEMS = 1000  # of one person's, the latest; what a reseller buys says little, and costs its square
BLOCK = 4_000_000  # products of one block: some 100 MB


def neighbours(history: History, *, fewest: int, length: int) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Blocks of (item, neighbour, score, people): for each item those that most of its buyers bought, too.

    Only pairs that at least `fewest` people both bought. score = people / sqrt(buyers of one · buyers of the other).
    """
    bought, items = _bought(history, fewest)
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    size = np.asarray(bought.sum(axis=1)).ravel()
    of_item = bought.T.tocsr()
    for first, last in _spans(of_item @ size):
        pairs = of_item[first:last] @ bought
        row, other, people = _of_enough(pairs, fewest, first)
        score = people / np.sqrt(buyers[row + first] * buyers[other])
        near = _nearest(row, score, length)
        row, other, people, score = row[near], other[near], people[near], score[near]
        order = np.lexsort((other, -score, row))
        order = order[ranks(row[order]) < length]
        yield items[row[order] + first], items[other[order]], score[order], people[order].astype(np.int64)


def _bought(history: History, fewest: int) -> tuple[scipy.sparse.csr_matrix, Array]:
    """Who bought which item, of those that enough people bought; and the items that the columns stand for."""
    first, times = history.pairs()
    person, item, latest = history.person[first], history.item[first], history.day[first + times - 1]
    order = np.lexsort((-latest, person))
    order = order[ranks(person[order]) < MOST_ITEMS]
    person, item = person[order], item[order]
    items = np.flatnonzero(np.bincount(item, minlength=history.items) >= fewest)
    column = np.full(history.items, -1, np.int32)
    column[items] = np.arange(len(items), dtype=np.int32)
    kept = column[item] >= 0
    ones = np.ones(int(kept.sum()), np.float32)
    shape = (history.people, len(items))
    return scipy.sparse.csr_matrix((ones, (person[kept], column[item[kept]])), shape=shape), items


def _of_enough(pairs: scipy.sparse.csr_matrix, fewest: int, first: int) -> tuple[Array, Array, Array]:
    """(row, column, people) of what enough people bought, without an item's pair with itself; `first` is row 0."""
    enough = np.flatnonzero(pairs.data >= fewest)
    row = np.searchsorted(pairs.indptr, enough, side="right") - 1
    other = pairs.indices[enough]
    enough, row, other = (values[row + first != other] for values in (enough, row, other))
    return row, other, pairs.data[enough]


def _nearest(row: Array, score: Array, length: int) -> Array:
    """Where the `length` best scores of each row are, and those equal to the last of them; rows are in order.

    Finding the last of the best costs a look at each score; sorting them all was most of the work.
    """
    edges = np.flatnonzero(changes(row))
    sizes = np.diff(np.append(edges, len(row)))
    kept = np.ones(len(row), dtype=bool)
    for start, size in zip(edges[sizes > length].tolist(), sizes[sizes > length].tolist()):
        of_row = score[start : start + size]
        kept[start : start + size] = of_row >= np.partition(of_row, size - length)[size - length]
    return np.flatnonzero(kept)


def _spans(work: Array) -> Iterator[tuple[int, int]]:
    """Runs of items with at most BLOCK of work, or one item."""
    total = np.concatenate(([0.0], np.cumsum(work, dtype=float)))
    first = 0
    while first < len(work):
        last = max(int(np.searchsorted(total, total[first] + BLOCK, side="right")) - 1, first + 1)
        yield first, last
        first = last
