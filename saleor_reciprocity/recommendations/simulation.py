"""What stars are worth in a made-up shop: lists with them beside lists without, where stars tell and where not."""

from __future__ import annotations

from typing import Iterator

import numpy as np

from saleor_reciprocity import deployment

from . import replay
from .algorithms.evaluation import LENGTH, Recommender, judge
from .algorithms.learned import Learned
from .algorithms.lists import NOTHING, Wanted
from .algorithms.rating_shop import ANSWERED, ITEMS, PEOPLE, Judged, RatingShop

WITH, WITHOUT = "lists with stars", "lists without"
WORLDS = {
    True: "Customers stay away from what disappointed them, and their stars say what did",
    False: "Customers buy again whatever they think of it",
}


def report(seed: int, people: int = PEOPLE) -> list[str]:
    """Lines to print."""
    size = f"{people} customers, {ITEMS} products"
    first = f"A made-up shop: {size}, stars for {ANSWERED:.0%} of what was bought, seed {seed}."
    return [first] + [line for telling, title in WORLDS.items() for line in _world(seed, people, telling, title)]


def _world(seed: int, people: int, telling: bool, title: str) -> Iterator[str]:
    shop = RatingShop.made_up(seed, telling=telling, people=people)
    cut, fewest = shop.cut(), deployment.minimum_people()
    without = Learned(cut.history, seed, fewest=fewest)
    methods: dict[str, Recommender] = {WITHOUT: without, WITH: Judged(without, shop, cut.history, fewest)}
    judged = {name: judge(cut, method) for name, method in methods.items()}
    yield f"\n{title}."
    for wanted in replay.QUESTIONS:
        yield from replay.table(judged, WITH, wanted, seed)
        shares = " and ".join(f"{disappointing(shop, method, wanted):.1%} {name}" for name, method in methods.items())
        yield f"Of the places, these would disappoint: {shares}."


def disappointing(shop: RatingShop, method: Recommender, wanted: Wanted) -> float:
    """The share of what is shown that would disappoint whom it is shown to."""
    everybody = np.arange(shop.history.people)
    items = method.recommend(everybody, LENGTH, wanted).items
    row, place = np.nonzero(items != NOTHING)
    return float(shop.disappointed[row, items[row, place]].mean())
