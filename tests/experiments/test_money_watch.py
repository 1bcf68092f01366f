"""The interval of money, by the formulas written out once more, and what counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log, sqrt
from statistics import NormalDist

import pytest
from scipy.optimize import brentq

from saleor_reciprocity.experiments import money_watch
from saleor_reciprocity.experiments.evidence import MoneyCell, MoneyPlan

DAY = date(2026, 4, 1)
FIFTH, HALF = Decimal("0.2"), Decimal("0.5")
# sixty buckets of 2: the first from -20 to -18, the last from 98 to 100
PLAN = MoneyPlan("EUR", Decimal(-20), Decimal(100), 30.0, 400.0)
CELLS = [
    MoneyCell(DAY, True, FIFTH, 10, 40),  # of 1
    MoneyCell(DAY, True, FIFTH, 59, 10),  # of 99
    MoneyCell(DAY, False, FIFTH, 10, 150),
    MoneyCell(DAY, False, FIFTH, 59, 50),
    MoneyCell(DAY, True, HALF, 0, 30),  # of -19
    MoneyCell(DAY, False, HALF, 40, 20),  # of 61
]


def fortune(effect: float, side: int) -> float:
    """ln K by hand: 1,000 planned people, c(0.05) = 8.211968, U = 120."""
    people = []
    for cell in CELLS:
        amount, share = {10: 1.0, 59: 99.0, 0: -19.0, 40: 61.0}[cell.bucket], float(cell.share)
        people.append((share, -(amount - 30) / share if cell.held_out else (amount - 30) / (1 - share), cell.people))
    width, total = sqrt(8.211968 * 400 / (0.16 * 1000)), 0.0
    for place in range(20):
        delta, product = width * NormalDist().inv_cdf(0.5 + (place + 0.5) / 40), 1.0
        for share, psi, number in people:
            part = min(delta * share * (1 - share) / 400, 0.9 / (120 / share + 120))
            product *= (1 + side * part * (psi - effect)) ** number
        total += product
    return log(total / 20)


def test_the_interval_is_that_of_the_formulas() -> None:
    found = money_watch.difference(PLAN, FIFTH, 1000, CELLS)
    assert found is not None
    low = brentq(lambda effect: fortune(effect, 1) - log(40), -120, 119)
    high = brentq(lambda effect: fortune(effect, -1) - log(40), -119, 120)
    assert (found.interval.low, found.interval.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_the_difference_is_taken_within_each_share() -> None:
    found = money_watch.difference(PLAN, FIFTH, 1000, CELLS)
    assert found is not None
    # held out 0.8 * 1 + 0.2 * 99 = 20.6, others 0.75 * 1 + 0.25 * 99 = 25.5; of the half 61 + 19 = 80
    assert (found.value, found.people) == (pytest.approx((250 * 4.9 + 50 * 80) / 300), 300)


def test_without_people_in_both_arms_of_a_share_there_is_none() -> None:
    assert money_watch.difference(PLAN, FIFTH, 1000, []) is None
    assert money_watch.difference(PLAN, FIFTH, 1000, [MoneyCell(DAY, True, FIFTH, 3, 5)]) is None
    nobody = [MoneyCell(DAY, False, Decimal(0), 3, 5), MoneyCell(DAY, True, Decimal(1), 3, 5)]
    assert money_watch.difference(PLAN, FIFTH, 1000, nobody) is None


def test_money_that_never_varied_is_taken_to_vary_within_a_bucket() -> None:
    still = MoneyPlan("EUR", Decimal(-20), Decimal(100), 30.0, 0.0)
    found = money_watch.difference(still, FIFTH, 1000, CELLS)
    assert found is not None
    assert found.interval.low < found.value < found.interval.high


def test_a_cap_lies_above_the_lower_end() -> None:
    with pytest.raises(ValueError, match="cap"):
        MoneyPlan("EUR", Decimal(0), Decimal(0), 0.0, 0.0)
