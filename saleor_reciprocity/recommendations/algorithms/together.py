"""Which items the same people buy: the cosine of their buyers, counted in blocks of items."""

from __future__ import annotations

from typing import Iterator

import numpy as np
import scipy.sparse

from .history import Array, History, ranks

MOST_ITEMS = 1000  # of one person's, the latest; what a reseller buys says little, and costs its square
BLOCK = 4_000_000  # products of one block: some 100 MB


def neighbours(history: History, *, fewest: int, length: int) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Blocks of (item, neighbour, score, people): for each item those that most of its buyers bought, too.

    Only pairs that at least `fewest` people both bought. score = people / sqrt(buyers of one · buyers of the other).
    """
    bought = _bought(history)
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    size = np.asarray(bought.sum(axis=1)).ravel()
    of_item = bought.T.tocsr()
    work = of_item @ size * (buyers >= fewest)
    for first, last in _spans(work):
        kept = first + np.flatnonzero(buyers[first:last] >= fewest)
        pairs = (of_item[kept] @ bought).tocoo()
        item, other, people = kept[pairs.row], pairs.col, pairs.data
        good = (people >= fewest) & (item != other)
        item, other, people = item[good], other[good], people[good]
        score = people / np.sqrt(buyers[item] * buyers[other])
        order = np.lexsort((other, -score, item))
        order = order[ranks(item[order]) < length]
        yield item[order], other[order], score[order], people[order].astype(np.int64)


def _bought(history: History) -> scipy.sparse.csr_matrix:
    first, times = history.pairs()
    person, item, latest = history.person[first], history.item[first], history.day[first + times - 1]
    order = np.lexsort((-latest, person))
    order = order[ranks(person[order]) < MOST_ITEMS]
    ones = np.ones(len(order), np.float32)
    return scipy.sparse.csr_matrix((ones, (person[order], item[order])), shape=(history.people, history.items))


def _spans(work: Array) -> Iterator[tuple[int, int]]:
    """Runs of items with at most BLOCK of work, or one item."""
    total = np.concatenate(([0.0], np.cumsum(work, dtype=float)))
    first = 0
    while first < len(work):
        last = max(int(np.searchsorted(total, total[first] + BLOCK, side="right")) - 1, first + 1)
        yield first, last
        first = last
