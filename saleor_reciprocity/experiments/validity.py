"""Validity: what has to hold before anything is concluded, from counts. Pure.

A check that fails withholds conclusion and interval; counts stay. No comparison of arms can tell a small lost slice of
the data from an effect: that the draw can be reproduced and that no row is missing is checked exactly, elsewhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import exp, lgamma, log, log1p
from typing import Counter as Counts
from typing import Iterable, Mapping, Sequence

from . import watch
from .evidence import NOTED, PASSED, WITHHELD, Arms, Cell, Check, Look, OrdersOfDay, Plan

REPRODUCIBLE, COMPLETE, RATIO, MATURE_RATIO = "reproducible", "complete", "ratio", "mature_ratio"
PLACEBO, SLICE, IMMATURE, TOO_FEW = "placebo", "slice", "immature", "too_few"
CONTAMINATED, STALE = "contaminated", "stale"

RATIO_LIMIT = log(300)  # of each question, so that all three withhold falsely in at most 1 % of shops
RATIO_WEIGHT = 100  # people that stand for the share in advance
PLACEBO_LEVEL = 0.004  # so that each side's limit is ln 1000
SLICE_WINDOWS, SLICE_LEVEL = (7, 14, 28), 1e-6
WIDEST = 0.6
LEAST_PEOPLE, LEAST_RETURNED = 30, 10
NOTED_SHARE, WITHHELD_SHARE = 0.01, 0.1
STALE_DAYS, STALE_GAPS = 3, 10


def withheld(checks: Iterable[Check], certain: bool) -> Check | None:
    """The first check because of which nothing may be concluded.

    Gifts to those held out draw an effect towards zero: `certain` conclusions hold in spite of them.
    """
    failed = (check for check in checks if check.outcome == WITHHELD)
    return next((check for check in failed if not (certain and check.name == CONTAMINATED)), None)


def ratio(people: Mapping[Decimal, tuple[int, int]], name: str = RATIO) -> Check:
    """Whether as many people are held out as were to be, given (held out, others) by share; safe at every look.

    The Bayes factor of Lindon and Malek (Anytime-valid inference for multinomial count data, 2022), which reaches 300
    with a probability of at most 1 in 300 in all time.
    """
    evidence = sum(_ratio_evidence(float(share), *arms) for share, arms in people.items() if 0 < share < 1)
    held_out = sum(arms[0] for arms in people.values())
    everybody = sum(sum(arms) for arms in people.values())
    expected = sum(float(share) * sum(arms) for share, arms in people.items())
    return Check(name, _unless(evidence < RATIO_LIMIT), held_out, everybody, expected)


def _ratio_evidence(share: float, held_out: int, others: int) -> float:
    one, other = RATIO_WEIGHT * share, RATIO_WEIGHT * (1 - share)
    mixture = _log_beta(one + held_out, other + others) - _log_beta(one, other)
    return mixture - held_out * log(share) - others * log1p(-share)


def placebo(plan: Plan, cells: Iterable[Cell]) -> Check:
    """Whether the arms differ in what nothing can change any more: having ordered twice or more before."""
    before: Counts[tuple[date, bool, Decimal, bool]] = Counter()
    for cell in cells:
        before[cell.day, cell.held_out, cell.share, cell.stratum > 0] += cell.people
    keys = {key[:3] for key in before}
    past = [Cell(*key, 0, before[(*key, True)] + before[(*key, False)], before[(*key, True)]) for key in keys]
    seen = watch.watched(replace(plan, prior_rate=0.5, level=PLACEBO_LEVEL), past, looks=0)
    return Check(PLACEBO, _unless(not seen.verdicts), day=seen.verdicts[0].day if seen.verdicts else None)


def slices(days: Sequence[OrdersOfDay]) -> Check:
    """Whether for a week, two or four an arm has so few orders beside the other that some must be missing.

    Even an arm whose people order half as often shows so few once in a million windows.
    """
    counted = {day.day: day for day in days}
    for length in SLICE_WINDOWS:
        for begin in sorted(counted):
            dates = (begin + timedelta(days=after) for after in range(length))
            if _lacks([counted[day] for day in dates if day in counted]):
                return Check(SLICE, WITHHELD, day=begin, days=length)
    return Check(SLICE, PASSED)


def _lacks(window: Sequence[OrdersOfDay]) -> bool:
    orders = sum(day.held_out for day in window), sum(day.others for day in window)
    at_risk = sum(day.held_out_at_risk for day in window), sum(day.others_at_risk for day in window)
    return _too_few(orders, at_risk) or _too_few(orders[::-1], at_risk[::-1])


def _too_few(orders: Sequence[int], at_risk: Sequence[int]) -> bool:
    half = at_risk[0] / 2
    return bool(half) and at_most(orders[0], sum(orders), half / (half + at_risk[1])) < SLICE_LEVEL


def at_most(successes: int, trials: int, probability: float) -> float:
    """The probability of so many successes or fewer; 1 where it is above one half for certain."""
    if successes >= trials * probability or probability >= 1:
        return 1.0
    odds = log(probability) - log1p(-probability)
    term = _log_choose(trials, successes) + successes * odds + trials * log1p(-probability)
    found = 0.0
    for count in range(successes, -1, -1):
        found += exp(term)
        if exp(term) < found * 1e-12 or not count:
            break
        term += log(count) - log(trials - count + 1) - odds
    return found


def immature(look: Look | None, first_due: date | None) -> Check:
    """Whether there is a complete day, and an interval that is not wider than 60 points."""
    wide = look is None or look.interval.high - look.interval.low > WIDEST
    return Check(IMMATURE, _unless(not wide), day=first_due)


def too_few(arms: Arms) -> Check:
    """Whether at least 30 people in each arm were followed, and 10 of all returned."""
    returned = arms.held_out_returned + arms.others_returned
    enough = min(arms.held_out, arms.others) >= LEAST_PEOPLE and returned >= LEAST_RETURNED
    return Check(TOO_FEW, _unless(enough), min(arms.held_out, arms.others), arms.held_out + arms.others, LEAST_PEOPLE)


def contaminated(with_a_gift: int, held_out: int) -> Check:
    """How many of those held out got a gift: noted from 1 % on, withheld from 10 % on. They stay where they are."""
    share = with_a_gift / held_out if held_out else 0.0
    outcome = WITHHELD if share >= WITHHELD_SHARE else NOTED if share >= NOTED_SHARE else PASSED
    return Check(CONTAMINATED, outcome, with_a_gift, held_out)


def stale(newest: date | None, median_gap: float, today: date) -> Check:
    """Whether orders still arrive: the newest is older than three days, and than ten usual gaps (in days)."""
    allowed = max(STALE_DAYS, STALE_GAPS * median_gap)
    fresh = newest is not None and (today - newest).days <= allowed
    return Check(STALE, _unless(fresh), expected=allowed, day=newest)


def _unless(holds: bool) -> str:
    return PASSED if holds else WITHHELD


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


def _log_choose(trials: int, successes: int) -> float:
    return lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
