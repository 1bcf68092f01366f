"""A made-up shop whose customers rate what they bought, and lists that go by it as serving does. Needs numpy.

Who is disappointed by which product is known here, as in no real shop. Whether they stay away from it, and whether
their stars say so, is assumed: what comes out shows what stars are worth if that is so, not that it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .again import next_baskets
from .evaluation import WINDOW, Cut, Recommender
from .history import Array, History, ranks
from .lists import NOTHING, Lists, Wanted
from .regard import CATEGORY_WEIGHT, HIGH, LOW, MOST_OF_A_CATEGORY, worth

PEOPLE, ITEMS, CATEGORIES, DAYS = 1500, 600, 30, 360
BASKETS, PIECES = (8, 30), 5  # a person in all these days, at least and below; a basket
AGAIN = 0.6  # of the pieces, once something was bought
ANSWERED, MISTAKEN = 0.2, 0.1  # of the products bought; of the stars
STAYS = 0.1  # how much likelier than nothing somebody buys again what disappointed, beside what did not
LONGEST = 50  # of a list before it is judged


@dataclass(frozen=True)
class RatingShop:
    """Purchases of all days; who is disappointed by what; and the stars (0: none) that were given before the cut."""

    history: History
    disappointed: Array
    stars: Array
    category: Array

    @classmethod
    def made_up(cls, seed: int, *, telling: bool, people: int = PEOPLE) -> RatingShop:
        """A shop in which disappointment keeps people from buying again, or, not `telling`, means nothing for it."""
        chance = np.random.RandomState(seed)
        appeal, category = chance.lognormal(0, 1, ITEMS), chance.randint(CATEGORIES, size=ITEMS)
        disappointed = chance.random_sample((people, ITEMS)) < chance.beta(1, 4, ITEMS)
        tastes = chance.dirichlet(np.full(CATEGORIES, 0.2), people)
        rows = []
        for person in range(people):
            wanted = np.cumsum(appeal * tastes[person, category])
            likely = np.where(disappointed[person] & telling, STAYS, 1.0)
            rows += _purchases(chance, person, wanted / wanted[-1], likely)
        who, item, day = np.array(rows).T
        history = History.of(who, item, day, people=people, items=ITEMS, now=DAYS)
        known = history.before(DAYS - WINDOW)
        return cls(history, disappointed, _stars(chance, known, disappointed), category)

    def cut(self) -> Cut:
        """What was known before the last days, and everybody's next basket."""
        day = DAYS - WINDOW
        return Cut(self.history.before(day), *next_baskets(self.history, day, DAYS), np.arange(self.history.people))


def _purchases(chance: np.random.RandomState, person: int, wanted: Array, likely: Array) -> list[tuple[int, int, int]]:
    bought: list[int] = []
    rows = []
    for day in np.sort(chance.choice(DAYS, chance.randint(*BASKETS), replace=False)):
        for _piece in range(PIECES):
            if bought and chance.random_sample() < AGAIN:
                weights = np.cumsum(likely[bought])
                item = bought[np.searchsorted(weights, chance.random_sample() * weights[-1])]
            else:
                item = int(np.searchsorted(wanted, chance.random_sample()))
            rows.append((person, item, int(day)))
            bought.append(item)
    return rows


def _stars(chance: np.random.RandomState, known: History, disappointed: Array) -> Array:
    """Of some of what was bought: 1 or 2 where it disappointed, 4 or 5 where not, sometimes by mistake."""
    stars = np.zeros(disappointed.shape, np.int8)
    first, _times = known.pairs()
    asked = first[chance.random_sample(len(first)) < ANSWERED]
    person, item = known.person[asked], known.item[asked]
    low = disappointed[person, item] ^ (chance.random_sample(len(asked)) < MISTAKEN)
    stars[person, item] = np.where(low, 1, 4) + chance.randint(2, size=len(asked))
    return stars


class Judged:
    """Lists as serving changes them by stars. What somebody rated low is gone. Among what is new to them, what many
    rate low sinks, and what is popular in the category of something that they rated high is mixed in."""

    def __init__(self, lists: Recommender, shop: RatingShop, known: History, fewest: int) -> None:
        self.lists, self.known = lists, known
        self.low, high = (shop.stars > 0) & (shop.stars <= LOW), shop.stars >= HIGH
        of_category = np.eye(CATEGORIES, dtype=int)[shop.category]
        self.liked = (high @ of_category > self.low @ of_category)[:, shop.category]
        self.worth = _worth(shop.stars, fewest)
        self.popular = _popular(known, shop.category)

    def recommend(self, people: Array, length: int, wanted: Wanted) -> Lists:
        """The lists, judged and mixed by place."""
        given = self.lists.recommend(people, LONGEST, wanted).items
        score = np.zeros((len(people), self.known.items))
        for row, (person, items) in enumerate(zip(people, given)):
            new = np.ones(self.known.items, dtype=bool)
            new[self.known.item[self.known.starts[person] : self.known.starts[person + 1]]] = False
            kept = items[items != NOTHING]
            score[row, kept] = 1 / (60 + np.arange(1, len(kept) + 1))
            if wanted is Wanted.NEW:
                liked = self.popular[self.liked[person, self.popular] & new[self.popular]]
                score[row, liked] += CATEGORY_WEIGHT / (60 + np.arange(1, len(liked) + 1))
            score[row] *= np.where(new, self.worth, 1) * ~self.low[person]
        best = np.argsort(-score, axis=1, kind="stable")[:, :length]
        scores = np.take_along_axis(score, best, 1)
        return Lists(np.where(scores > 0, best, NOTHING), scores)


def _popular(known: History, category: Array) -> Array:
    """The most popular items of each category, the most popular of all first."""
    bought = np.bincount(known.item, minlength=known.items)
    order = np.argsort(-bought, kind="stable")
    by_category = np.argsort(category[order], kind="stable")
    place = np.empty(known.items, int)
    place[by_category] = ranks(category[order][by_category])
    return order[place < MOST_OF_A_CATEGORY]


def _worth(stars: Array, fewest: int) -> Array:
    rated, low = (stars > 0).sum(axis=0), ((stars > 0) & (stars <= LOW)).sum(axis=0)
    usual = low.sum() / max(rated.sum(), 1)
    return np.array([worth(int(few), int(all_), usual) if all_ >= fewest else 1.0 for few, all_ in zip(low, rated)])
