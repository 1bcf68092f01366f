"""The checks before a verdict, each at the edge where it begins to withhold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import log, sqrt
from statistics import NormalDist

import pytest
from scipy.special import betaln
from scipy.stats import binom

from saleor_reciprocity.experiments import validity
from saleor_reciprocity.experiments.evidence import (
    LEVELS,
    PROGRAMME,
    Arms,
    Cell,
    Check,
    Interval,
    Look,
    OrdersOfDay,
    Plan,
    evaluation_after,
)

DAY = date(2026, 4, 1)
FIFTH, HALF = Decimal("0.2"), Decimal("0.5")


def plan() -> Plan:
    start = DAY - timedelta(days=90)
    return Plan(PROGRAMME, start, evaluation_after(start), FIFTH, 0.25, 5000, LEVELS[PROGRAMME])


def factor(share: float, held_out: int, others: int) -> float:
    """Lindon and Malek's Bayes factor, as a logarithm."""
    mixture = betaln(100 * share + held_out, 100 * (1 - share) + others) - betaln(100 * share, 100 * (1 - share))
    return float(mixture - held_out * log(share) - others * log(1 - share))


def test_the_ratio_is_withheld_when_its_factor_reaches_three_hundred() -> None:
    edge = next(missing for missing in range(1000) if factor(0.2, 970 - missing, 3880 + missing) >= log(300))
    assert edge == 109
    for missing, outcome in ((edge - 1, "passed"), (edge, "withheld")):
        found = validity.ratio({FIFTH: (970 - missing, 3880 + missing)})
        assert found == Check("ratio", outcome, 970 - missing, 4850, pytest.approx(970.0))


def test_the_ratio_of_both_sides_and_of_every_share() -> None:
    assert validity.ratio({FIFTH: (1120, 3730)}).outcome == "withheld"
    assert validity.ratio({FIFTH: (970, 3880), HALF: (500, 500)}).outcome == "passed"
    # neither share alone would do: ln 26.3 and ln 14.5
    parts = {FIFTH: (880, 3970), HALF: (445, 555)}
    alone = [factor(float(share), *arms) for share, arms in parts.items()]
    assert max(alone) < log(300) <= sum(alone)
    assert validity.ratio(parts).outcome == "withheld"


@pytest.mark.parametrize("share", [FIFTH, HALF, Decimal("0.9")])
def test_a_question_is_withheld_falsely_in_at_most_one_of_three_hundred_shops(share: Decimal) -> None:
    """Exactly: of all ways in which 400 people can be drawn, looked at after each of them. Three questions: 1 %."""
    alive, withheld = {0: 1.0}, 0.0
    for people in range(1, 401):
        drawn: dict[int, float] = {}
        for held_out, chance in alive.items():
            for more, part in ((1, float(share)), (0, 1 - float(share))):
                drawn[held_out + more] = drawn.get(held_out + more, 0.0) + chance * part
        seen = {one: validity.ratio({share: (one, people - one)}).outcome for one in drawn}
        withheld += sum(chance for one, chance in drawn.items() if seen[one] == "withheld")
        alive = {one: chance for one, chance in drawn.items() if seen[one] == "passed"}
    assert sum(alive.values()) + withheld == pytest.approx(1)
    assert 0 < withheld <= 1 / 300


def test_shares_of_nobody_and_of_everybody_say_nothing_about_the_ratio() -> None:
    found = validity.ratio({Decimal(0): (0, 500), Decimal(1): (10, 0)}, validity.MATURE_RATIO)
    assert found == Check("mature_ratio", "passed", 10, 510, 10.0)
    assert validity.ratio({}).outcome == "passed"


def of_strata(held_out: tuple[int, int], others: tuple[int, int]) -> list[Cell]:
    """(people with none or one earlier order, people with more) of each arm."""
    return [
        Cell(DAY, arm, FIFTH, stratum, people, 0)
        for arm, counts in ((True, held_out), (False, others))
        for stratum, people in zip((0, 2), counts)
    ]


def test_the_placebo_finds_people_lost_by_arm() -> None:
    assert validity.placebo(plan(), of_strata((500, 500), (2000, 2000))) == Check("placebo", "passed")
    assert validity.placebo(plan(), of_strata((500, 300), (2000, 2000))) == Check("placebo", "withheld", day=DAY)
    assert validity.placebo(plan(), of_strata((300, 500), (2000, 2000))).outcome == "withheld"
    assert validity.placebo(plan(), []).outcome == "passed"


def placebo_fortune(lost: int) -> float:
    """ln K+ where so many people with earlier orders are missing of 500 held out: all m are 0.5, v is 0.25."""
    width, total = sqrt(15.214163 * 0.25 / (0.16 * 5000)), 0.0
    for place in range(20):
        part = min(width * NormalDist().inv_cdf(0.5 + (place + 0.5) / 40) * 0.16 / 0.25, 0.15)
        held_out = (1 - part * 2.5) ** (500 - lost) * (1 + part * 2.5) ** 500
        total += held_out * (1 - part * 0.625) ** 2000 * (1 + part * 0.625) ** 2000
    return log(total / 20)


def test_the_placebo_needs_odds_of_a_thousand_to_one() -> None:
    edge = next(lost for lost in range(500) if placebo_fortune(lost) >= log(1000))
    assert edge == 135
    for lost, outcome in ((edge - 1, "passed"), (edge, "withheld")):
        assert validity.placebo(plan(), of_strata((500, 500 - lost), (2000, 2000))).outcome == outcome


def days(held_out: int, others: int, length: int = 40) -> list[OrdersOfDay]:
    return [OrdersOfDay(DAY + timedelta(days=number), held_out, others, 200, 800) for number in range(length)]


def test_a_slice_that_is_missing_in_one_arm_is_found() -> None:
    usual = days(5, 20)
    assert validity.slices(usual) == Check("slice", "passed")
    gap = [OrdersOfDay(day.day, 0 if 10 <= number < 24 else 5, 20, 200, 800) for number, day in enumerate(usual)]
    found = validity.slices(gap)
    assert (found.outcome, found.days) == ("withheld", 7)
    mirrored = [OrdersOfDay(day.day, 5, 0 if 10 <= number < 17 else 20, 200, 800) for number, day in enumerate(usual)]
    assert validity.slices(mirrored).outcome == "withheld"


def test_a_slice_needs_odds_of_a_million_to_one() -> None:
    """Half of 200 beside 800 people is a ninth: 130 orders of the others, none of those held out."""
    edge = next(others for others in range(500) if binom.cdf(0, others, 1 / 9) < 1e-6)
    assert edge == 118
    for others, outcome in ((edge - 1, "passed"), (edge, "withheld")):
        assert validity.slices([OrdersOfDay(DAY, 0, others, 200, 800)]) == (
            Check("slice", outcome) if outcome == "passed" else Check("slice", outcome, day=DAY, days=7)
        )


def test_a_slice_is_of_days_of_the_calendar() -> None:
    """Sixty orders in each of two windows are too few to tell; together, within a week, they are not."""
    near = [OrdersOfDay(DAY, 0, 60, 200, 800), OrdersOfDay(DAY + timedelta(days=6), 0, 60, 200, 800)]
    assert validity.slices(near).days == 7
    apart = [near[0], OrdersOfDay(DAY + timedelta(days=7), 0, 60, 200, 800)]
    assert validity.slices(apart).days == 14
    far = [near[0], OrdersOfDay(DAY + timedelta(days=28), 0, 60, 200, 800)]
    assert validity.slices(far).outcome == "passed"


def test_nobody_at_risk_misses_no_orders() -> None:
    assert validity.slices([OrdersOfDay(DAY, 0, 500, 0, 800), OrdersOfDay(DAY, 500, 0, 800, 0)]).outcome == "passed"
    assert validity.slices([]).outcome == "passed"


@pytest.mark.parametrize("trials", [1, 7, 40, 300, 5000])
@pytest.mark.parametrize("probability", [0.05, 1 / 9, 0.5, 0.8])
def test_the_probability_of_so_few_is_the_binomials(trials: int, probability: float) -> None:
    for successes in {0, 1, trials // 20, int(trials * probability * 0.7), max(int(trials * probability) - 1, 0)}:
        if successes < trials * probability:
            expected = binom.cdf(successes, trials, probability)
            assert validity.at_most(successes, trials, probability) == pytest.approx(expected, rel=1e-8)
    assert validity.at_most(trials, trials, probability) == 1.0


def look(low: float, high: float) -> Look:
    return Look(DAY, 40, 160, 0.0, 0.0, Interval(low, high))


def test_an_interval_wider_than_sixty_points_is_immature() -> None:
    due = DAY + timedelta(days=9)
    assert validity.immature(None, due) == Check("immature", "withheld", day=due)
    assert validity.immature(look(-0.25, 0.375), due).outcome == "withheld"
    assert validity.immature(look(-0.35, 0.25), due).outcome == "passed"


def test_thirty_people_in_each_arm_and_ten_who_returned() -> None:
    assert validity.too_few(Arms(30, 4, 120, 6)) == Check("too_few", "passed", 30, 150, 30)
    assert validity.too_few(Arms(29, 4, 121, 6)) == Check("too_few", "withheld", 29, 150, 30)
    assert validity.too_few(Arms(121, 4, 29, 6)).outcome == "withheld"
    assert validity.too_few(Arms(30, 4, 120, 5)).outcome == "withheld"


@pytest.mark.parametrize(
    ("gifts", "outcome"), [(0, "passed"), (9, "passed"), (10, "noted"), (99, "noted"), (100, "withheld")]
)
def test_gifts_to_those_held_out_are_noted_and_withhold(gifts: int, outcome: str) -> None:
    assert validity.contaminated(gifts, 1000) == Check("contaminated", outcome, gifts, 1000)
    assert validity.contaminated(0, 0).outcome == "passed"


def test_orders_that_no_longer_arrive() -> None:
    today = DAY + timedelta(days=10)
    for gap, age, allowed, outcome in (
        (0.1, 3, 3, "passed"),
        (0.1, 4, 3, "withheld"),
        (0.75, 7, 7.5, "passed"),
        (0.75, 8, 7.5, "withheld"),
    ):
        newest = today - timedelta(days=age)
        assert validity.stale(newest, gap, today) == Check("stale", outcome, expected=allowed, day=newest)
    assert validity.stale(None, 0.1, today).outcome == "withheld"


def test_what_is_withheld_and_what_stays() -> None:
    passed, noted = Check("ratio", "passed"), Check("contaminated", "noted")
    gifts, ratio = Check("contaminated", "withheld", 100, 1000), Check("ratio", "withheld")
    assert validity.withheld([passed, noted], certain=False) is None
    assert validity.withheld([passed, gifts], certain=False) == gifts
    assert validity.withheld([passed, gifts], certain=True) is None
    assert validity.withheld([gifts, ratio], certain=True) == ratio
