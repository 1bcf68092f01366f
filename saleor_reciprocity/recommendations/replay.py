"""The shop's own history played again: what each method would have shown, judged by what was bought next."""

from __future__ import annotations

from datetime import datetime
from typing import Callable, Iterator

import numpy as np

from saleor_reciprocity import deployment

from . import interactions
from .algorithms.baselines import Frequency, Popularity
from .algorithms.evaluation import MEASURES, Cut, Judged, Make, compared, interval, judge, sign, together
from .algorithms.learned import Learned
from .algorithms.lists import Wanted

FEWEST_BASKETS = 100  # judged; fewer say nothing
OURS = "learned lists"
QUESTIONS = {Wanted.ALL: "All items", Wanted.NEW: "Items new to the customer"}
VERDICTS = {
    1: "it helps: the {ours} foresaw the next basket better than {other}",
    0: "no telling: the {ours} were neither surely better nor surely worse than {other}",
    -1: "it does not help: {other} foresaw the next basket better than the {ours}",
}


def report(
    database: str, *, now: datetime, days: int, cuts: list[int], seed: int, progress: Callable[[str], None]
) -> list[str]:
    """Lines to print: a table for all and for new items, paired differences, and what they mean."""
    progress("Reading purchases ...")
    bought = interactions.read(database, now, days)
    today = interactions.day_of(now)
    history = bought.history(today + 1)
    parts = [Cut.at(history, today - back) for back in cuts]
    parts = [part for part in parts if len(part.person)]
    baskets = sum(len(np.unique(part.person)) for part in parts)
    if baskets < FEWEST_BASKETS:
        return [
            f"Too little history: {baskets} next baskets of customers with three or more before, where "
            f"{FEWEST_BASKETS} are needed. Try again later, or with other --cuts."
        ]
    fewest = deployment.minimum_people()
    judged = {name: _judged(name, make, parts, seed, progress) for name, make in _methods(fewest).items()}
    return [line for wanted in QUESTIONS for line in table(judged, OURS, wanted, seed)]


def _methods(fewest: int) -> dict[str, Make]:
    return {
        "popularity": Popularity,
        "personal frequency": Frequency,
        OURS: lambda history, seed: Learned(history, seed, fewest=fewest),
    }


def _judged(name: str, make: Make, cuts: list[Cut], seed: int, progress: Callable[[str], None]) -> Judged:
    progress(f"Judging {name} ...")
    return together([judge(cut, make(cut.history, seed)) for cut in cuts])


def table(judged: dict[str, Judged], ours: str, wanted: Wanted, seed: int) -> Iterator[str]:
    """What methods are worth for all or for new items, and one of them beside each other, in figures and in words."""
    people = len(judged[ours].figures[wanted])
    yield f"\n{QUESTIONS[wanted]}: {people} next baskets"
    if people < FEWEST_BASKETS:
        yield "Too few to say anything."
        return
    yield f"{'':20}{'recall@10':27}{'NDCG@10':27}coverage"
    for name, found in judged.items():
        lower, upper = interval(found.figures[wanted], found.owners[wanted], seed)
        spread = zip(found.means(wanted), lower, upper)
        cells = "".join(f"{f'{mean:.4f} [{low:.4f}, {high:.4f}]':27}" for mean, low, high in spread)
        yield f"{name:20}{cells}{found.coverage[wanted]:.1%}"
    for name in [name for name in judged if name != ours]:
        yield from _compared(judged, ours, name, wanted, seed)


def _compared(judged: dict[str, Judged], ours: str, other: str, wanted: Wanted, seed: int) -> Iterator[str]:
    """The difference customer by customer, and what it means in words."""
    spread = zip(MEASURES, *compared(judged[ours], judged[other], wanted, seed))
    yield f"{ours} less {other}: " + "; ".join(
        f"{measure} {value:+.4f} [{low:+.4f}, {high:+.4f}]" for measure, value, low, high in spread
    )
    signs = sign(judged[ours], judged[other], wanted, seed)
    verdict = int(signs[0]) if signs[0] == signs[1] else int(signs.sum())
    yield f"  In words: {VERDICTS[verdict].format(ours=ours, other=other)}."
