"""The watch: its numbers by the formulas written out once more, and what it concludes at the edges."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from math import log, sqrt
from statistics import NormalDist

import pytest
from scipy.optimize import brentq

from saleor_reciprocity.experiments import bets, score, watch
from saleor_reciprocity.experiments.evidence import GIFT, LEVELS, PROGRAMME, Cell, Plan, Verdict, evaluation_after

START = date(2026, 1, 1)
FIRST, NEXT = START + timedelta(days=90), START + timedelta(days=91)
FIFTH, HALF = Decimal("0.2"), Decimal("0.5")


def plan(share: Decimal = FIFTH, prior_rate: float = 0.25, people: int = 5000, question: str = PROGRAMME) -> Plan:
    return Plan(question, START, evaluation_after(START), share, prior_rate, people, LEVELS[question])


def cells_of(day: date, held_out: tuple[int, int], others: tuple[int, int], share: Decimal = FIFTH) -> list[Cell]:
    """One stratum; (people, returned) of each arm."""
    return [Cell(day, True, share, 0, *held_out), Cell(day, False, share, 0, *others)]


# The c of the specification; c - ln(1 + c) = 2 ln(1/level) is checked beside.
@pytest.mark.parametrize(("level", "expected"), [(0.025, 9.753), (0.0125, 11.271), (0.05, 8.212)])
def test_the_critical_value_solves_its_equation(level: float, expected: float) -> None:
    found = bets.critical(level)
    assert found == pytest.approx(expected, abs=0.0005)
    assert found - log(1 + found) == pytest.approx(2 * log(1 / level), abs=1e-9)


def test_the_limits_of_the_questions() -> None:
    assert watch.limit_of(plan()) == pytest.approx(4.382, abs=0.0005)  # ln 80
    assert watch.limit_of(plan(question=GIFT)) == pytest.approx(5.075, abs=0.0005)  # ln 160


def test_the_effects_that_are_bet_on() -> None:
    stakes = watch.stakes_of(plan())
    width = sqrt(9.752938 * 0.1875 / (0.16 * 5000))  # 0.047811
    assert width == pytest.approx(0.047811, abs=1e-6)
    normal = NormalDist()
    assert stakes.effects[0] == pytest.approx(width * normal.inv_cdf(0.5125), rel=1e-6)
    assert stakes.effects[19] == pytest.approx(width * normal.inv_cdf(0.9875), rel=1e-6)
    assert len(stakes.effects) == 20
    assert watch.stakes_of(plan(people=10)).effects[19] == pytest.approx(0.3 * normal.inv_cdf(0.9875), rel=1e-6)


def test_rare_returns_are_taken_for_less_rare() -> None:
    assert watch.stakes_of(plan(prior_rate=0.01)).variance == 0.02
    assert watch.stakes_of(plan(prior_rate=0.5)).variance == 0.25


def test_no_stake_risks_more_than_nine_tenths() -> None:
    stakes = bets.Stakes((0.01, 10.0), 0.25, 1.0)
    # a stake of 0.01 times 0.16 over 0.25, and at most 0.9 over 5 + 1
    assert stakes.of(0.2) == pytest.approx([0.0064, 0.15])
    assert stakes.of(0.8) == pytest.approx([0.0064, 0.15])
    assert bets.Stakes((10.0,), 0.25, 30.0).of(0.5) == pytest.approx([0.01])  # 0.9 / (30/0.5 + 30)


def test_the_score_of_each_arm_and_outcome() -> None:
    assert score.psi(1, 0.3, 0.2, False) == pytest.approx(0.7 / 0.8)
    assert score.psi(0, 0.3, 0.2, False) == pytest.approx(-0.3 / 0.8)
    assert score.psi(1, 0.3, 0.2, True) == pytest.approx(-0.7 / 0.2)
    assert score.psi(0, 0.3, 0.2, True) == pytest.approx(0.3 / 0.2)


def test_what_is_expected_comes_from_earlier_days_only() -> None:
    first = cells_of(FIRST, (20, 10), (80, 8))
    second = [
        *cells_of(FIRST + timedelta(days=1), (1, 1), (1, 0)),
        Cell(FIRST + timedelta(days=1), True, FIFTH, 3, 1, 0),
    ]
    days = list(score.of_days(second + first, 0.25))
    assert [day for day, _, _ in days] == [FIRST, NEXT]
    # on the first day m is the rate before the start: 0.2 * 0.25 + 0.8 * 0.25
    assert days[0][2] == {(0.2, -0.75 / 0.2): 10, (0.2, 0.25 / 0.2): 10, (0.2, 0.75 / 0.8): 8, (0.2, -0.25 / 0.8): 72}
    # held out: arm (10 + 20 * 0.25) / 40 = 0.375, stratum (10 + 20 * 0.375) / 40 = 0.4375
    # others: arm (8 + 5) / 100 = 0.13, stratum (8 + 2.6) / 100 = 0.106; m = 0.2 * 0.106 + 0.8 * 0.4375 = 0.3712
    # the new stratum 3 takes the arms: 0.2 * 0.13 + 0.8 * 0.375 = 0.326
    assert days[1][2] == {(0.2, -0.63 / 0.2): 1, (0.2, -0.37 / 0.8): 1, (0.2, 0.33 / 0.2): 1}


def test_what_is_expected_is_never_certain() -> None:
    days = list(score.of_days(cells_of(FIRST, (1, 1), (1, 0)), 0.0))
    assert set(days[0][2]) == {(0.2, -0.99 / 0.2), (0.2, -0.01 / 0.8)}
    days = list(score.of_days(cells_of(FIRST, (1, 1), (1, 0)), 1.0))
    assert set(days[0][2]) == {(0.2, -(1 - 0.99) / 0.2), (0.2, -0.99 / 0.8)}


def test_who_could_not_have_been_in_both_arms_is_left_out() -> None:
    nobody = cells_of(FIRST, (0, 0), (50, 20), Decimal(0)) + cells_of(FIRST, (50, 20), (0, 0), Decimal(1))
    assert list(score.of_days(nobody, 0.25)) == []
    assert watch.watched(plan(), nobody).today is None


def by_hand(scored: list[tuple[float, float]], effect: float, side: int) -> float:
    """ln K of people's (share, psi), by the formulas of the watch with the plan's numbers written out."""
    width = sqrt(9.752937920 * 0.1875 / (0.16 * 5000))
    total = 0.0
    for place in range(20):
        delta, product = width * NormalDist().inv_cdf(0.5 + (place + 0.5) / 40), 1.0
        for share, psi in scored:
            part = min(delta * share * (1 - share) / 0.1875, 0.9 / (1 / min(share, 1 - share) + 1))
            product *= 1 + side * part * (psi - effect)
        total += product
    return log(total / 20)


def shop() -> list[Cell]:
    luck, found = random.Random(3), []
    for day in range(12):
        share = FIFTH if day < 6 else HALF
        for stratum in range(3):
            for held_out in (True, False):
                people, day_of = luck.randint(1, 9), FIRST + timedelta(days=day)
                found.append(Cell(day_of, held_out, share, stratum, people, luck.randint(0, people)))
    return found


def test_the_bets_and_the_interval_are_those_of_the_formulas() -> None:
    cells = shop()
    people = [
        key for _, _, scored in score.of_days(cells, 0.25) for key, number in scored.items() for _ in range(number)
    ]
    today = watch.watched(plan(), cells).today
    assert today is not None
    assert (today.works, today.harms) == (pytest.approx(by_hand(people, 0, 1)), pytest.approx(by_hand(people, 0, -1)))
    low = brentq(lambda effect: by_hand(people, effect, 1) - log(80), -1, 1)
    high = brentq(lambda effect: by_hand(people, effect, -1) - log(80), -1, 1)
    assert (today.interval.low, today.interval.high) == (pytest.approx(low, abs=2e-5), pytest.approx(high, abs=2e-5))
    assert today.held_out == sum(cell.people for cell in cells if cell.held_out)
    assert today.others == sum(cell.people for cell in cells if not cell.held_out)


def test_the_watch_looks_at_each_day_with_what_was_known_then() -> None:
    cells = shop()
    whole = watch.watched(plan(), cells, looks=12)
    for number, look in enumerate(whole.looks):
        until = [cell for cell in cells if cell.day <= FIRST + timedelta(days=number)]
        assert watch.watched(plan(), until, looks=1).today == look


def test_the_history_is_spread_evenly_and_ends_today() -> None:
    cells = [cell for day in range(100) for cell in cells_of(FIRST + timedelta(days=day), (1, 0), (4, 1))]
    looks = watch.watched(plan(), cells, looks=4).looks
    assert [(look.day - FIRST).days for look in looks] == [24, 49, 74, 99]
    assert len(watch.watched(plan(), cells).looks) == 40
    assert len(watch.watched(plan(), cells[:6]).looks) == 3


def test_an_effect_becomes_certain_on_a_day_and_stays() -> None:
    better = [cell for day in range(30) for cell in cells_of(FIRST + timedelta(days=day), (10, 1), (40, 20))]
    worse = [cell for day in range(30, 400) for cell in cells_of(FIRST + timedelta(days=day), (10, 9), (40, 4))]
    found = watch.watched(plan(), better)
    assert [verdict.effect for verdict in found.verdicts] == ["works"]
    first = found.verdicts[0].day
    until = [cell for cell in better if cell.day < first]
    assert watch.watched(plan(), until).verdict is None
    both = watch.watched(plan(), better + worse)
    assert both.verdicts[0] == Verdict("works", first)
    assert both.verdict is not None
    assert both.verdict.effect == "harms"
    assert both.today is not None
    assert both.today.interval.high < 0


@pytest.mark.parametrize("effect", ["works", "harms"])
def test_the_day_is_certain_on_which_the_fortune_reaches_the_limit(effect: str) -> None:
    rates = ((100, 0), (400, 400)) if effect == "works" else ((100, 100), (400, 0))
    found = watch.watched(plan(), cells_of(FIRST, *rates))
    assert found.verdict == Verdict(effect, FIRST)
    assert found.today is not None
    assert max(found.today.works, found.today.harms) > log(80)


def test_no_mean_gain_at_the_effect_itself() -> None:
    """Whatever is expected, both fortunes stay at one on average if the arm is a coin of the stored share."""
    stakes = watch.stakes_of(plan(share=HALF))
    for share, rate, effect, expected in [(0.2, 0.3, 0.0, 0.1), (0.5, 0.2, 0.15, 0.9), (0.1, 0.7, -0.3, 0.5)]:
        for part in stakes.of(share):
            for side in (1, -1):
                mean = 0.0
                for held_out, arm in ((True, share), (False, 1 - share)):
                    returns = rate if held_out else rate + effect
                    for outcome, chance in ((1, returns), (0, 1 - returns)):
                        psi = score.psi(outcome, expected, share, held_out)
                        mean += arm * chance * (1 + side * part * (psi - effect))
                assert mean == pytest.approx(1, abs=1e-12)


def test_a_plan_leaves_people_in_both_arms() -> None:
    for share in (Decimal(0), Decimal(1)):
        with pytest.raises(ValueError, match="both arms"):
            plan(share=share)
    with pytest.raises(ValueError, match="both arms"):
        plan(people=0)


def test_fortunes_of_very_many_people_are_still_numbers() -> None:
    today = watch.watched(plan(), cells_of(FIRST, (400_000, 0), (1_600_000, 1_600_000))).today
    assert today is not None
    assert today.works > 1000
    assert today.harms < -1000
    assert 0.9 < today.interval.low <= today.interval.high <= 1
