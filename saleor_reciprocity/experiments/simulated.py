"""Simulated shops: made-up customers whose effects are known, looked at every day by the code of the report. Pure.

What is seen of a shop is a set of events, such as "works" (any question said so on any day, or in its evaluation),
"programme missed" (on some day its interval did not contain the true effect), or "ratio" (that check withheld it).
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from math import exp, lgamma, log, log1p, pi, sin
from typing import Callable, Container, Iterator
from typing import Counter as Counts

from . import evaluation, validity, watch
from .evidence import (
    GIFT,
    HARMS,
    INTAKE_DAYS,
    LEVELS,
    PASSED,
    PROGRAMME,
    SURVEY,
    WINDOW_DAYS,
    WORKS,
    Cell,
    Plan,
    Verdict,
    evaluation_after,
)
from .validity import PLACEBO, RATIO

MISSED = "missed"
START = date(2026, 1, 1)
FIFTH, TENTH = Decimal("0.2"), Decimal("0.1")
PAGE = (PROGRAMME, GIFT, SURVEY)
PAST = ((0.35, -0.1), (0.2, -0.05), (0.2, 0.0), (0.15, 0.1), (0.1, 0.2))
SEASON_DAYS = 30  # for so long the rate stays the same


@dataclass(frozen=True)
class Scene:
    """What is true in a kind of shop. Rates and effects are shares of people: 0.1 is ten points."""

    people: int = 5000
    days: int = INTAKE_DAYS  # in which they come
    rate: float = 0.25
    effect: float = 0.0  # of not being held out of the programme
    gift: float = 0.0  # of a gift, on its winner
    share: Decimal = FIFTH
    later_share: Decimal = FIFTH  # from the middle on
    later_rate: float = 0.0  # so much more from the middle on
    season: float = 0.0  # the rate swings so much up and down in a year
    probability: Decimal = TENTH  # to win
    strata: tuple[tuple[float, float], ...] = ((1.0, 0.0),)  # (part of the people, so much more than the rate)
    lost: float = 0.0  # of the rows of those held out
    questions: tuple[str, ...] = (PROGRAMME,)

    def truth(self, question: str) -> float:
        """The true effect that a question asks for."""
        effects = {PROGRAMME: self.effect + float(self.probability) * self.gift, GIFT: self.gift, SURVEY: 0.0}
        return effects[question]

    def plan(self, question: str) -> Plan:
        """The plan that a shop would have made that knows its rate."""
        shares = {PROGRAMME: self.share, GIFT: 1 - self.probability, SURVEY: TENTH}
        drawing = 1 - float(self.share) if question == GIFT else 1.0
        people = int(self.people * min(INTAKE_DAYS / self.days, 1) * drawing)
        return Plan(question, START, evaluation_after(START), shares[question], self.rate, people, LEVELS[question])


@dataclass(frozen=True)
class Promise:
    """How often an event may happen in a scene at most, or has to at least."""

    words: str
    scene: Scene
    event: str
    at_most: float = 1.0
    at_least: float = 0.0

    @property
    def bound(self) -> float:
        """The share of shops that is promised."""
        return self.at_least or self.at_most

    def kept(self, seen: float, error: float) -> bool:
        """Whether what was seen is within three standard errors of what is promised."""
        return self.at_least - 3 * error <= seen <= self.at_most + 3 * error


def events(scene: Scene, wanted: Container[str], seed: str) -> set[str]:
    """What is seen of one shop. Only the wanted ones of "ratio", "placebo" and what was missed are looked for."""
    cells = shop(scene, random.Random(seed))  # noqa: S311
    seen: set[str] = set()
    for question in scene.questions:
        verdicts = said(scene.plan(question), cells[question])
        seen |= verdicts | {f"{question} {verdict}" for verdict in verdicts}
        for event in (f"{question} missed", RATIO, PLACEBO):
            if event in wanted and _FAILS[event.split()[-1]](scene, question, cells[question]):
                seen.add(event)
    return seen


def said(plan: Plan, cells: list[Cell]) -> set[str]:
    """What the watch said on any day, and the planned evaluation."""
    planned = evaluation.evaluated(plan, cells, date.max)
    verdicts = [*(verdict.effect for verdict in _verdicts(plan, cells)), planned and planned.verdict]
    return {verdict for verdict in verdicts if verdict}


def _verdicts(plan: Plan, cells: list[Cell], against: float = 0.0) -> tuple[Verdict, ...]:
    return watch.watched(plan, cells, looks=0, against=against).verdicts


def _misses(scene: Scene, question: str, cells: list[Cell]) -> bool:
    """Whether the true effect was outside the interval on any day."""
    return bool(_verdicts(scene.plan(question), cells, scene.truth(question)))


def _ratio_fails(scene: Scene, question: str, cells: list[Cell]) -> bool:
    """Whether the ratio withheld the answer on any day."""
    people: dict[Decimal, tuple[int, int]] = {}
    for _, of_day in groupby(cells, key=lambda cell: cell.day):
        for cell in of_day:
            held_out, others = people.get(cell.share, (0, 0))
            people[cell.share] = (held_out + cell.held_out * cell.people, others + (not cell.held_out) * cell.people)
        if validity.ratio(people).outcome != PASSED:
            return True
    return False


def _placebo_fails(scene: Scene, question: str, cells: list[Cell]) -> bool:
    return validity.placebo(scene.plan(question), cells).outcome != PASSED


_FAILS: dict[str, Callable[[Scene, str, list[Cell]], bool]] = {
    MISSED: _misses,
    RATIO: _ratio_fails,
    PLACEBO: _placebo_fails,
}


def shop(scene: Scene, luck: random.Random) -> dict[str, list[Cell]]:
    """The cells of each question, in the order of days."""
    people: dict[str, Counts[tuple[date, bool, Decimal, int]]] = {question: Counter() for question in scene.questions}
    returned: dict[str, Counts[tuple[date, bool, Decimal, int]]] = {question: Counter() for question in scene.questions}
    for arrivals in _arrivals(scene, luck):
        for group in _groups(scene, arrivals, luck):
            for question, held_out, share in group.arms:
                if question in people:
                    key = (group.day, held_out, share, group.stratum)
                    people[question][key] += group.people
                    returned[question][key] += group.returned
    return {
        question: [Cell(*key, number, returned[question][key]) for key, number in of_question.items()]
        for question, of_question in people.items()
    }


@dataclass(frozen=True)
class _Group:
    """People of one day, stratum and lot, of whom so many returned; an arm of each question that they are part of."""

    day: date
    stratum: int
    people: int
    returned: int
    arms: tuple[tuple[str, bool, Decimal], ...]


def _arrivals(scene: Scene, luck: random.Random) -> Iterator[tuple[int, int, int]]:
    """(day, stratum, people)."""
    for day in range(scene.days):
        left = scene.people * (day + 1) // scene.days - scene.people * day // scene.days
        weight = 1.0
        for stratum, (part, _) in enumerate(scene.strata):
            here = binomial(luck, left, min(part / weight, 1.0)) if stratum < len(scene.strata) - 1 else left
            left, weight = left - here, weight - part
            if here:
                yield day, stratum, here


def _groups(scene: Scene, arrivals: tuple[int, int, int], luck: random.Random) -> Iterator[_Group]:
    day, stratum, people = arrivals
    late = 2 * day >= scene.days
    share = scene.later_share if late else scene.share
    swing = scene.season * sin(2 * pi * (day // SEASON_DAYS * SEASON_DAYS) / 365)
    rate = scene.rate + scene.strata[stratum][1] + swing + (scene.later_rate if late else 0.0)
    held_out = binomial(luck, people, float(share))
    winners = binomial(luck, people - held_out, float(scene.probability))
    kept = held_out - binomial(luck, held_out, scene.lost)
    blanks = people - held_out - winners
    for number, others, won in ((kept, False, False), (winners, True, True), (blanks, True, False)):
        lots: tuple[tuple[str, bool, Decimal], ...] = ((PROGRAMME, not others, share),)
        if others:
            lots += ((GIFT, not won, 1 - scene.probability),)
        chance = rate + others * scene.effect + won * scene.gift
        unasked = binomial(luck, number, float(TENTH))
        for of_survey, left_out in ((unasked, True), (number - unasked, False)):
            if of_survey:
                came = binomial(luck, of_survey, min(max(chance, 0.0), 1.0))
                ends = START + timedelta(days=day + WINDOW_DAYS)
                yield _Group(ends, stratum, of_survey, came, (*lots, (SURVEY, left_out, TENTH)))


def binomial(luck: random.Random, trials: int, probability: float) -> int:
    """How many of so many independent trials succeed."""
    if trials == 0 or probability in (0.0, 1.0):
        return trials if probability == 1.0 else 0
    return min(bisect_left(_cumulated(trials, probability), luck.random()), trials)


@lru_cache(maxsize=200_000)
def _cumulated(trials: int, probability: float) -> list[float]:
    odds, term = log(probability) - log1p(-probability), trials * log1p(-probability)
    all_ways, total, found = lgamma(trials + 1), 0.0, []
    for successes in range(trials + 1):
        ways = all_ways - lgamma(successes + 1) - lgamma(trials - successes + 1)
        total += exp(term + ways + successes * odds)
        found.append(total)
    return found


_NOTHING = Scene(questions=PAGE, strata=PAST)
_FEW = Scene(people=300, rate=0.1, questions=PAGE)
_YEARS = Scene(people=20_000, days=3 * 365, rate=0.3, season=0.1, questions=PAGE)
_CHANGED = Scene(share=Decimal("0.5"), later_share=TENTH, rate=0.2, later_rate=0.15)
_LOST = Scene(lost=0.2)


def _found(points: int, rates: tuple[int, ...], at_least: float) -> list[Promise]:
    event = WORKS if points > 0 else HARMS
    return [
        Promise(
            f"{points:+} points are found, base {rate} %",
            Scene(effect=points / 100, rate=rate / 100),
            f"{PROGRAMME} {event}",
            at_least=at_least,
        )
        for rate in rates
    ]


def _calm(words: str, scene: Scene) -> list[Promise]:
    return [
        Promise(f"no effect, {words}: any “works”", scene, WORKS, at_most=0.05),
        Promise(f"no effect, {words}: any “harms”", scene, HARMS, at_most=0.05),
        Promise(f"no effect, {words}: withheld by the ratio", scene, RATIO, at_most=0.01),
        *(
            Promise(
                f"no effect, {words}: {question} outside its interval on any day", scene, f"{question} missed", 0.05
            )
            for question in scene.questions
        ),
    ]


_GIFT = Scene(gift=0.1, questions=(PROGRAMME, GIFT))

PROMISES = [
    *_calm("5,000 customers of five pasts", _NOTHING),
    Promise("no effect, 5,000 customers of five pasts: withheld by the placebo", _NOTHING, PLACEBO, at_most=0.01),
    *_calm("300 customers, base 10 %", _FEW),
    *_calm("20,000 in three years with seasons", _YEARS),
    Promise("the share goes from 50 to 10 %, the rate from 20 to 35 %: “works”", _CHANGED, WORKS, at_most=0.025),
    Promise("the share goes from 50 to 10 %, the rate from 20 to 35 %: “harms”", _CHANGED, HARMS, at_most=0.025),
    *_found(10, (10, 25, 43), 0.99),
    *_found(6, (25, 43), 0.85),
    *_found(5, (10, 25), 0.8),
    *_found(-5, (25,), 0.8),
    *_found(-10, (25,), 0.99),
    Promise("+10 points: the effect is ever outside its interval", Scene(effect=0.1), "programme missed", 0.05),
    Promise("a gift worth +10 points is found, one order in ten wins", _GIFT, f"{GIFT} {WORKS}", at_least=0.9),
    Promise("a fifth of those held out is lost: withheld by the ratio", _LOST, RATIO, at_least=0.95),
]
