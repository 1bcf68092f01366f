"""The model that serves: what people buy again by one method, what is new to them by another."""

from __future__ import annotations

from .again import Again
from .discovery import Discovery
from .history import Array, History
from .lists import Lists, Wanted

NAME = "re-purchase regression and EASE"


class Learned:
    """Both lists. Where both are wanted, re-purchases come first: nearly all of the next basket was bought before."""

    def __init__(self, history: History, seed: int, *, fewest: int) -> None:
        self.again = Again(history, seed)
        self.discovery = Discovery(history, fewest=fewest)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """The best that a list may hold."""
        new = self.discovery.recommend(people, length, wanted)
        return new if wanted is Wanted.NEW else self.again.recommend(people, length, wanted).then(new)
