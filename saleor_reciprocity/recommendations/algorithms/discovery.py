"""What is new to a person: EASE (Steck, WWW 2019) on log counts, asked about what the person bought lately.

A regression of every item on all others in closed form: with P = (X'X + lambda)^-1, the weight of item i for item j is
-P_ij / P_jj. Two changes: a weight counts only when enough people bought both items, so that no single purchase shows
through; and a person's side of the product is decayed by age, as tastes drift.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse

from .history import Array, History
from .lists import NOTHING, Lists, Wanted

LAMBDA = 300.0
ITEMS = 5000
HALF_LIFE = 60.0  # days
BLOCK = 256  # people scored together: BLOCK × ITEMS numbers


class Discovery:
    """Learned weights between the best-selling items. Memory: three matrices of ITEMS × ITEMS small floats."""

    def __init__(self, history: History, *, fewest: int, items: int = ITEMS, decay: float = HALF_LIFE) -> None:
        self.history = history
        self.decay = decay
        self.sold = best_sellers(history, items, fewest)
        self.place = np.full(history.items, NOTHING, np.int32)
        self.place[self.sold] = np.arange(len(self.sold), dtype=np.int32)
        counts = self._counts(history)
        self.weights = _weights(counts, fewest)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """Items that the person has never bought, whatever else is wanted: this model knows nothing of re-purchase."""
        found = Lists.empty(len(people), length)
        if wanted is Wanted.AGAIN or not len(self.sold):
            return found
        for start in range(0, len(people), BLOCK):
            rows = slice(start, start + BLOCK)
            part = self.history.of_people(people[rows])
            scores = self._recent(part) @ self.weights
            own = self.place[part.item]
            scores[part.person[own != NOTHING], own[own != NOTHING]] = 0
            _fill(found, rows, scores, self.sold)
        return found

    def because(self, people: Array, items: Array) -> Array:
        """For each listed item, the person's own purchase that speaks most for it, or NOTHING."""
        because = np.full(items.shape, NOTHING, np.int32)
        if not len(self.sold):
            return because
        recent = self._recent(self.history.of_people(people)).tocsr()
        for row in range(len(people)):
            own = slice(recent.indptr[row], recent.indptr[row + 1])
            listed = np.flatnonzero(items[row] != NOTHING)
            if own.start == own.stop or not len(listed):
                continue
            bought = recent.indices[own]
            votes = self.weights[np.ix_(bought, self.place[items[row, listed]])] * recent.data[own][:, None]
            strongest = votes.argmax(axis=0)
            speaks = votes[strongest, np.arange(len(listed))] > 0
            because[row, listed[speaks]] = self.sold[bought[strongest[speaks]]]
        return because

    def _counts(self, history: History) -> scipy.sparse.csr_matrix:
        first, times = history.pairs()
        return self._matrix(history, first, np.log1p(times))

    def _recent(self, part: History) -> scipy.sparse.csr_matrix:
        first, _times = part.pairs()
        weight = 0.5 ** ((part.now - part.day) / self.decay)
        return self._matrix(part, first, np.log1p(np.add.reduceat(weight, first) if len(first) else weight))

    def _matrix(self, part: History, first: Array, values: Array) -> scipy.sparse.csr_matrix:
        item = self.place[part.item[first]]
        known = item != NOTHING
        where = (part.person[first][known], item[known])
        shape = (part.people, len(self.sold))
        return scipy.sparse.csr_matrix((values[known].astype(np.float32), where), shape=shape)


def best_sellers(history: History, items: int, fewest: int) -> Array:
    """The items bought by most people, at least `fewest`; ordered by number."""
    first, _times = history.pairs()
    buyers = np.bincount(history.item[first], minlength=history.items)
    order = np.argsort(-buyers, kind="stable")[:items]
    return np.sort(order[buyers[order] >= fewest]).astype(np.int32)


def _weights(counts: scipy.sparse.csr_matrix, fewest: int) -> Array:
    """EASE's matrix. Inverted in place in single precision; pairs of too few people are 0."""
    size = counts.shape[1]
    if not size:
        return np.zeros((0, 0), np.float32)
    gram = _dense(counts.T @ counts)
    gram[np.diag_indices(size)] += LAMBDA
    upper, _info = scipy.linalg.lapack.spotrf(gram.T, lower=0, overwrite_a=1, clean=0)
    inverse, _info = scipy.linalg.lapack.spotri(upper, lower=0, overwrite_c=1)
    weights = np.triu(inverse)
    del gram, upper, inverse
    diagonal = weights.diagonal().copy()
    weights += np.triu(weights, 1).T
    weights /= -diagonal
    weights[np.diag_indices(size)] = 0
    bought = counts.copy()
    bought.data[:] = 1
    weights[_dense(bought.T @ bought) < fewest] = 0
    return weights


def _dense(matrix: scipy.sparse.spmatrix) -> Array:
    return matrix.toarray().astype(np.float32, copy=False)


def _fill(found: Lists, rows: slice, scores: Array, sold: Array) -> None:
    """The best positive scores of each row; a row of the result has at most as many."""
    length = min(found.items.shape[1], scores.shape[1])
    top = np.argpartition(-scores, length - 1, axis=1)[:, :length]
    values = np.take_along_axis(scores, top, 1)
    order = np.lexsort((top, -values), axis=1)
    top, values = np.take_along_axis(top, order, 1), np.take_along_axis(values, order, 1)
    good = values > 0
    found.items[rows, :length] = np.where(good, sold[top], NOTHING)
    found.scores[rows, :length] = np.where(good, values, -np.inf)
