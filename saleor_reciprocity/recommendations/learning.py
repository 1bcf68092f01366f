"""The training that learns: reads purchases, computes in blocks, and writes a version's rows. Needs numpy and scipy."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import numpy as np

from saleor_reciprocity import host

from . import interactions, rows
from .algorithms import learned, popular, together
from .algorithms.history import Array
from .algorithms.lists import NOTHING, Lists, Wanted
from .interactions import Purchases
from .models import LONGEST_LIST, MOST_NEIGHBOURS, MOST_POPULAR, ListKind, ModelVersion, Reason

NAME = learned.NAME
BLOCK = 2_000  # customers written together
SHELVES = 5_000  # products whose categories are asked for together

Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much (0: nobody knows)


def write(version: ModelVersion, database: str, days: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Read the purchases before the version's start from a database, and write all its rows to the primary one.

    Returns figures for people to read.
    """
    bought = interactions.read(database, version.started_at, days, lambda lines: progress("reading", lines, 0))
    figures: dict[str, Any] = {"lines": len(bought.day), "products": len(bought.products), "days": days, "seed": seed}
    figures["popular"] = _write_popularity(version, bought, progress)
    history = bought.history(interactions.day_of(version.started_at) + 1)
    figures["neighbours"] = 0
    progress("neighbours", 0, 0)
    for block in together.neighbours(history, fewest=version.people, length=MOST_NEIGHBOURS):
        rows.write_neighbours(version, _neighbour_rows(block, bought.products))
        figures["neighbours"] += len(block[0])
        progress("neighbours", figures["neighbours"], 0)
    progress("learning", 0, 0)
    model = learned.Learned(history, seed, fewest=version.people)
    figures["learned from answers"] = model.again.model is not None
    figures["lists"] = _write_lists(version, bought, model, progress)
    return figures


def _write_popularity(version: ModelVersion, bought: Purchases, progress: Progress) -> int:
    progress("popularity", 0, 0)
    shelves = _shelves(bought.products)
    now = interactions.day_of(version.started_at) + 1
    found = popular.popular(
        bought.person, bought.item, bought.channel, bought.day, shelves, now=now, fewest=version.people
    )
    best = [
        (bought.channels[channel], None if category == popular.EVERYTHING else category, bought.products[item], *rest)
        for channel, category, item, *rest in found.best(MOST_POPULAR)
    ]
    rows.write_popularity(version, best)
    return len(best)


def _shelves(products: Array) -> tuple[Array, Array]:
    """(item, category) for every category that an item is in, directly or through one below it."""
    pairs = [
        (start + place, category)
        for start in range(0, len(products), SHELVES)
        for place, categories in _categories(products[start : start + SHELVES])
        for category in sorted(categories)
    ]
    item, category = zip(*pairs) if pairs else ((), ())
    return np.array(item, dtype=np.int64), np.array(category, dtype=np.int64)


def _categories(products: Array) -> Iterator[tuple[int, frozenset[int]]]:
    found = host.shelves(products.tolist())
    for place, product in enumerate(products.tolist()):
        if product in found:
            yield place, found[product][0]


def _neighbour_rows(block: tuple[Array, Array, Array, Array], products: Array) -> Iterator[tuple[Any, ...]]:
    item, other, score, people = block
    return zip(products[item].tolist(), products[other].tolist(), score.tolist(), people.tolist())


def _write_lists(version: ModelVersion, bought: Purchases, model: learned.Learned, progress: Progress) -> int:
    customers = np.flatnonzero(bought.users)
    written = 0
    for start in range(0, len(customers), BLOCK):
        people = customers[start : start + BLOCK]
        written += rows.write_lists(version, list(_list_rows(bought, model, people)))
        progress("lists", min(start + BLOCK, len(customers)), len(customers))
    return written


def _list_rows(bought: Purchases, model: learned.Learned, people: Array) -> Iterator[tuple[Any, ...]]:
    users = bought.users[people].tolist()
    again = model.again.recommend(people, LONGEST_LIST, Wanted.AGAIN)
    nothing = np.full(again.items.shape, NOTHING)
    yield from _rows(users, ListKind("again"), again, nothing, bought.products, Reason("again"))
    new = model.discovery.recommend(people, LONGEST_LIST, Wanted.NEW)
    because = model.discovery.because(people, new.items)
    yield from _rows(users, ListKind("new"), new, because, bought.products, Reason("similar"))


def _rows(
    users: list[int], kind: ListKind, lists: Lists, because: Array, products: Array, otherwise: Reason
) -> Iterator[tuple[Any, ...]]:
    """One row a list that has anything in it."""
    for row, user in enumerate(users):
        listed = lists.items[row] != NOTHING
        if listed.any():
            sources = [None if source == NOTHING else int(products[source]) for source in because[row, listed]]
            reasons = [otherwise.value if source is None else Reason("together").value for source in sources]
            items, scores = products[lists.items[row, listed]].tolist(), lists.scores[row, listed].tolist()
            yield user, kind.value, items, scores, reasons, sources
