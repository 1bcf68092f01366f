"""The planned evaluation: against published intervals, and whom it counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from statistics import NormalDist

import pytest

from saleor_reciprocity.experiments import evaluation
from saleor_reciprocity.experiments.evidence import (
    GIFT,
    HARMS,
    LEVELS,
    PROGRAMME,
    WORKS,
    Arms,
    Cell,
    Plan,
    evaluation_after,
)

START = date(2026, 1, 1)
FIRST, LAST = date(2026, 4, 1), date(2026, 9, 27)  # 90 days after the first and the last day of intake
FIFTH, HALF = Decimal("0.2"), Decimal("0.5")


def plan(question: str = PROGRAMME) -> Plan:
    return Plan(question, START, evaluation_after(START), FIFTH, 0.25, 5000, LEVELS[question])


# Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
# table II, method 10, at 95 %.
@pytest.mark.parametrize(
    ("others", "held_out", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_one_group_has_newcombes_interval(
    others: tuple[int, int], held_out: tuple[int, int], low: float, high: float
) -> None:
    found = evaluation.difference([Arms(held_out[1], held_out[0], others[1], others[0])], 0.975)
    assert (found.interval.low, found.interval.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))
    assert found.effect == pytest.approx(others[0] / others[1] - held_out[0] / held_out[1])


def test_groups_are_weighed_by_their_people() -> None:
    found = evaluation.difference([Arms(50, 10, 250, 75), Arms(50, 20, 50, 30)], 0.975)
    # weights 0.75 and 0.25: 0.75 * (0.3 - 0.2) + 0.25 * (0.6 - 0.4)
    assert (found.effect, found.people) == (pytest.approx(0.125), 400)
    # Wilson's limits, rounded: 75/250 .2467 .3595, 10/50 .1124 .3304, 30/50 .4618 .7239, 20/50 .2761 .5382
    below = 0.5625 * (0.0533**2 + 0.1304**2) + 0.0625 * (0.1382**2 + 0.1382**2)
    above = 0.5625 * (0.0595**2 + 0.0876**2) + 0.0625 * (0.1239**2 + 0.1239**2)
    assert found.interval.low == pytest.approx(0.125 - below**0.5, abs=2e-4)
    assert found.interval.high == pytest.approx(0.125 + above**0.5, abs=2e-4)


def test_the_levels_of_the_questions() -> None:
    normal = NormalDist()
    assert normal.inv_cdf(1 - plan().level / 4) == pytest.approx(2.2414, abs=5e-5)
    assert normal.inv_cdf(1 - plan(GIFT).level / 4) == pytest.approx(2.4977, abs=5e-5)
    for question, z in ((PROGRAMME, 2.2414), (GIFT, 2.4977)):
        found = evaluation.evaluated(plan(question), cells_of(LAST, (100, 30), (400, 160)), LAST)
        expected = evaluation.difference([Arms(100, 30, 400, 160)], normal.cdf(z))
        assert found is not None
        assert found.interval.low == pytest.approx(expected.interval.low, abs=1e-5)


def cells_of(
    day: date, held_out: tuple[int, int], others: tuple[int, int], share: Decimal = FIFTH, stratum: int = 0
) -> list[Cell]:
    return [Cell(day, True, share, stratum, *held_out), Cell(day, False, share, stratum, *others)]


def test_there_is_none_before_every_day_is_complete() -> None:
    cells = cells_of(FIRST, (100, 30), (400, 160))
    assert evaluation.evaluated(plan(), cells, LAST - timedelta(days=1)) is None
    assert evaluation.evaluated(plan(), cells, LAST) is not None


def test_it_counts_those_who_came_in_during_the_intake() -> None:
    inside = [*cells_of(FIRST, (100, 30), (400, 160)), *cells_of(LAST, (100, 30), (400, 160))]
    outside = [
        *cells_of(FIRST - timedelta(days=1), (1000, 0), (1000, 1000)),
        *cells_of(LAST + timedelta(days=1), (1000, 0), (1000, 1000)),
    ]
    found = evaluation.evaluated(plan(), inside + outside, LAST + timedelta(days=400))
    assert found is not None
    assert (found.people, found.effect) == (1000, pytest.approx(0.1))


def test_neighbouring_strata_are_merged_until_both_arms_have_twenty() -> None:
    cells = [
        *cells_of(FIRST, (20, 1), (80, 2), stratum=0),
        *cells_of(FIRST, (19, 1), (80, 2), stratum=1),
        *cells_of(FIRST, (1, 1), (4, 2), stratum=2),
        *cells_of(FIRST, (40, 1), (19, 2), stratum=3),
        *cells_of(FIRST, (2, 1), (1, 1), stratum=4),
    ]
    assert evaluation.groups(cells) == [Arms(20, 1, 80, 2), Arms(20, 2, 84, 4), Arms(42, 2, 20, 3)]


def test_a_rest_joins_the_group_before_it() -> None:
    cells = [*cells_of(FIRST, (20, 1), (80, 2)), *cells_of(LAST, (3, 1), (4, 2), stratum=4)]
    assert evaluation.groups(cells) == [Arms(23, 2, 84, 4)]


def test_shares_are_never_merged() -> None:
    cells = [*cells_of(FIRST, (5, 1), (20, 2)), *cells_of(LAST, (12, 2), (13, 3), HALF)]
    assert evaluation.groups(cells) == [Arms(5, 1, 20, 2), Arms(12, 2, 13, 3)]


def test_a_share_without_people_in_both_arms_tells_nothing() -> None:
    cells = [*cells_of(FIRST, (0, 0), (500, 100)), *cells_of(LAST, (12, 2), (13, 3), HALF)]
    assert evaluation.groups(cells) == [Arms(12, 2, 13, 3)]
    assert evaluation.evaluated(plan(), cells_of(FIRST, (0, 0), (500, 100)), LAST) is None


def test_a_changed_share_does_not_look_like_an_effect() -> None:
    """The season moves the rate from 20 to 35 % while the share goes from one half to a tenth."""
    cells = [
        *cells_of(FIRST, (5000, 1000), (5000, 1000), HALF),
        *cells_of(LAST, (1000, 350), (9000, 3150), Decimal("0.1")),
    ]
    found = evaluation.evaluated(plan(), cells, LAST)
    assert found is not None
    assert found.effect == pytest.approx(0, abs=1e-12)
    together = evaluation.difference([evaluation.arms(cells)], 0.9875)
    assert together.interval.low > 0.05  # what a plain comparison would have said


@pytest.mark.parametrize(
    ("held_out", "others", "verdict"),
    [((1000, 200), (4000, 1000), WORKS), ((1000, 300), (4000, 1000), HARMS), ((1000, 240), (4000, 1000), None)],
)
def test_its_verdict_is_where_the_interval_lies(
    held_out: tuple[int, int], others: tuple[int, int], verdict: str | None
) -> None:
    found = evaluation.evaluated(plan(), cells_of(LAST, held_out, others), LAST)
    assert found is not None
    assert found.verdict == verdict


def test_the_plan_says_when() -> None:
    assert evaluation_after(START) == date(2026, 10, 5)  # 180 days of intake, 90 of following, 7 until all is frozen
    assert evaluation.days_of(plan()) == (FIRST, LAST)
