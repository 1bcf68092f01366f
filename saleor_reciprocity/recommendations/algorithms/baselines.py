"""What a model has to be better than: popularity, and what the person bought most often."""

from __future__ import annotations

import numpy as np

from .history import Array, History
from .lists import Lists, Wanted


class Popularity:
    """The items that were in most baskets, the same for everybody."""

    def __init__(self, history: History, seed: int) -> None:
        self.history = history
        self.score = np.bincount(history.item, minlength=history.items)
        tie = np.random.RandomState(seed).random_sample(history.items)
        order = np.lexsort((tie, -self.score))
        self.order = order[self.score[order] > 0].astype(np.int32)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """The most popular items that a list may hold."""
        found = Lists.empty(len(people), length)
        for row, person in enumerate(people):
            if wanted is Wanted.AGAIN:
                kept = self.order[np.isin(self.order, self._bought(person))][:length]
            elif wanted is Wanted.NEW:
                bought = self._bought(person)
                near = self.order[: length + len(bought)]
                kept = near[~np.isin(near, bought)][:length]
            else:
                kept = self.order[:length]
            found.items[row, : len(kept)] = kept
            found.scores[row, : len(kept)] = self.score[kept]
        return found

    def _bought(self, person: int) -> Array:
        return self.history.item[self.history.starts[person] : self.history.starts[person + 1]]


class Frequency:
    """What the person had in most baskets, of equals the latest; then popularity, where the list may hold it."""

    def __init__(self, history: History, seed: int) -> None:
        self.history = history
        self.seed = seed
        self.popularity = Popularity(history, seed)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """The person's own items, most frequent first."""
        others = self.popularity.recommend(people, length, wanted)
        if wanted is Wanted.NEW:
            return others
        part = self.history.of_people(people)
        first, times = part.pairs()
        latest = part.day[first + times - 1]
        score = times - (part.now - latest) / (part.now - (part.day.min() if len(part.day) else 0) + 1.0)
        own = Lists.best(part.person[first], part.item[first], score, people=len(people), length=length, seed=self.seed)
        return own if wanted is Wanted.AGAIN else own.then(others)
