"""The methods of the field that the recommendations are measured against, by their papers, at their best settings here.

Settings were chosen at day 273 of the data set, as ours were.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse

from saleor_reciprocity.recommendations.algorithms.history import Array, History
from saleor_reciprocity.recommendations.algorithms.lists import Lists, Wanted


class Dense:
    """A method that scores every item for every person."""

    BLOCK = 256

    def __init__(self, history: History, seed: int) -> None:
        self.history, self.seed = history, seed

    def scores(self, people: Array) -> Array:
        """A row a person, a column an item."""
        raise NotImplementedError

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        found = Lists.empty(len(people), length)
        for start in range(0, len(people), self.BLOCK):
            asked = people[start : start + self.BLOCK]
            scores = self.scores(asked)
            part = self.history.of_people(asked)
            if wanted is Wanted.NEW:
                scores[part.person, part.item] = -np.inf
            kept = min(4 * length, scores.shape[1])  # room for ties
            top = np.argpartition(-scores, kept - 1, axis=1)[:, :kept]
            person = np.repeat(np.arange(len(asked)), top.shape[1])
            values = np.take_along_axis(scores, top, 1).ravel()
            best = Lists.best(person, top.ravel(), values, people=len(asked), length=length, seed=self.seed)
            found.items[start : start + len(asked)] = best.items
            found.scores[start : start + len(asked)] = best.scores
        return found


class TifuKnn(Dense):
    """Temporal item frequency with user neighbours (Hu et al., SIGIR 2020), one basket a group."""

    DECAY, NEIGHBOURS, OWN = 0.93, 100, 0.7

    def __init__(self, history: History, seed: int) -> None:
        super().__init__(history, seed)
        back, baskets = history.baskets_back()
        weight = self.DECAY**back / np.maximum(baskets, 1)[history.person]
        shape = (history.people, history.items)
        self.vectors = scipy.sparse.csr_matrix((weight.astype(np.float32), (history.person, history.item)), shape=shape)
        self.turned = self.vectors.T.tocsr()
        self.squares = np.asarray(self.vectors.multiply(self.vectors).sum(axis=1)).ravel()

    def scores(self, people: Array) -> Array:
        own = self.vectors[people]
        distance = self.squares[people][:, None] + self.squares - 2 * (own @ self.turned).toarray()
        distance[np.arange(len(people)), people] = np.inf
        near = np.argpartition(distance, self.NEIGHBOURS, axis=1)[:, : self.NEIGHBOURS]
        place = (np.repeat(np.arange(len(people)), self.NEIGHBOURS), near.ravel())
        share = np.full(near.size, 1 / self.NEIGHBOURS, np.float32)
        others = scipy.sparse.csr_matrix((share, place), shape=(len(people), self.history.people)) @ self.vectors
        return self.OWN * own.toarray() + (1 - self.OWN) * others.toarray()


class Ease(Dense):
    """EASE (Steck, WWW 2019) on log counts over the best-selling items, as published."""

    LAMBDA, ITEMS = 300.0, 10_000

    def __init__(self, history: History, seed: int) -> None:
        super().__init__(history, seed)
        sold = np.argsort(-np.bincount(history.item, minlength=history.items), kind="stable")
        self.sold = np.sort(sold[: self.ITEMS])
        ones = np.ones(len(history.item), np.float32)
        shape = (history.people, history.items)
        counts = scipy.sparse.csr_matrix((ones, (history.person, history.item)), shape=shape)[:, self.sold]
        counts.data = np.log1p(counts.data)
        self.counts = counts
        gram = (counts.T @ counts).toarray().astype(np.float32)
        gram[np.diag_indices(len(self.sold))] += self.LAMBDA
        inverse = scipy.linalg.inv(gram, overwrite_a=True, check_finite=False)
        self.weights = inverse / -np.diag(inverse)
        self.weights[np.diag_indices(len(self.sold))] = 0

    def scores(self, people: Array) -> Array:
        scores = np.full((len(people), self.history.items), -np.inf, np.float32)
        scores[:, self.sold] = self.counts[people] @ self.weights
        return scores
