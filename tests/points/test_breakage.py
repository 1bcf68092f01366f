"""Breakage: the published example, the recursion by hand, and what is said after how much history."""

from __future__ import annotations

import random
from decimal import Decimal
from io import StringIO
from math import ceil

import pytest
from django.core.management import CommandError, call_command

from saleor_reciprocity.points.breakage import Breakage, Exposure, Open, band, breakage, expected, rates, revenue


# KPMG, Revenue for software and SaaS / IFRS 15 handbook, example 10: 9,000 allocated to points.
@pytest.mark.parametrize(
    ("in_all", "after_a_year", "period"), [(9_900, Decimal("4175.26"), 3_552), (9_200, Decimal("4175.26"), 4_140)]
)
def test_revenue_is_that_of_the_published_example(in_all: int, after_a_year: Decimal, period: int) -> None:
    first = revenue(Decimal(9_000), 4_500, 9_700 - 4_500)
    assert round(first) == 4_175
    assert round(first, 2) == after_a_year
    assert round(revenue(Decimal(9_000), 8_500, in_all - 8_500) - first) == period


def test_all_is_revenue_once_nothing_more_is_expected() -> None:
    assert revenue(Decimal(9_000), 0, 0) == 9_000
    assert revenue(Decimal(9_000), 8_500, 0) == 9_000
    assert revenue(Decimal(9_000), 0, 8_500) == 0


@pytest.mark.parametrize(
    ("age", "life", "expected"),
    [
        (1, 24, 0),
        (2, 24, 1),
        (3, 24, 2),
        (4, 24, 3),
        (6, 24, 3),
        (7, 24, 4),
        (12, 24, 4),
        (13, 24, 5),
        (18, 24, 5),
        (19, 24, 6),
        (23, 24, 6),
        (24, 24, 7),
        (24, 60, 6),
        (60, 60, 7),
        (12, 12, 7),
        (1, 1, 7),
    ],
)
def test_the_bands_of_ages(age: int, life: int, expected: int) -> None:
    assert band(age, life) == expected


def seen(age: int, life: int, open_: int, redeemed: int, expired: int = 0, taken_back: int = 0) -> Exposure:
    return Exposure(age, life, age % 20, open_, redeemed, expired, taken_back)


THREE_MONTHS = [seen(1, 3, 1000, 100), seen(2, 3, 1000, 200, 50), seen(3, 3, 500, 150, 350)]


def test_what_was_taken_back_was_never_to_be_redeemed() -> None:
    assert rates([seen(1, 3, 1000, 90, 45, 100)])[0] == (0.1, 0.05)
    assert rates([seen(1, 3, 100, 0, 0, 100)])[0] is None


def test_a_band_holds_all_of_its_ages() -> None:
    assert rates([seen(4, 24, 100, 10), seen(6, 24, 300, 70, 40)])[3] == (0.2, 0.1)


def test_the_share_that_will_be_redeemed_is_the_recursions() -> None:
    # F3 = 0.3; F2 = 0.2 + (1 - 0.2 - 0.05) * 0.3 = 0.425; F1 = 0.1 + 0.9 * 0.425 = 0.4825
    found = rates(THREE_MONTHS)
    for age, share in ((1, 482.5), (2, 425.0), (3, 300.0), (4, 0.0)):
        assert expected(found, [Open(age, 3, 1000)]) == pytest.approx(share)
    assert expected(found, [Open(1, 3, 1000), Open(3, 3, 10)]) == pytest.approx(485.5)


def test_what_will_be_redeemed_in_so_many_months() -> None:
    found = rates(THREE_MONTHS)
    assert expected(found, [Open(1, 3, 1000)], months=1) == pytest.approx(100)
    assert expected(found, [Open(1, 3, 1000)], months=2) == pytest.approx(280)  # 0.1 + 0.9 * 0.2
    assert expected(found, [Open(1, 3, 1000)], months=3) == pytest.approx(482.5)


def test_an_unseen_band_takes_the_next_younger_one() -> None:
    found = rates([seen(1, 4, 1000, 100), seen(2, 4, 1000, 200)])
    # the third and the last month as the second: 0.2 + 0.8 * (0.2 + 0.8 * 0.2)
    assert expected(found, [Open(2, 4, 1000)]) == pytest.approx(488)
    assert expected(rates([seen(2, 4, 1000, 200)]), [Open(1, 4, 1000)], months=1) == pytest.approx(200)


def test_where_nothing_was_seen_all_is_expected() -> None:
    assert expected(rates([]), [Open(1, 24, 1000)]) == 1000


def test_too_short_a_history_says_less() -> None:
    lots = [Open(1, 3, 10_000)]
    assert breakage(THREE_MONTHS, lots, 11) == Breakage(10_000, None, None)
    assert breakage(THREE_MONTHS, lots, 12).expected is None
    assert breakage(THREE_MONTHS, lots, 23).prudent is not None
    assert breakage(THREE_MONTHS, lots, 24).expected == 4825


def test_prudence_is_the_error_of_leaving_out_a_twentieth() -> None:
    """Twenty groups of 100 points in the last month of life; one redeemed all, the others none."""
    groups = [Exposure(3, 3, group, 100, 100 if group == 7 else 0, 0, 0) for group in range(20)]
    # expected 1000 / 20 = 50; without group 7: 0, without another: 1000 / 19 = 52.632; their mean is 50
    # 19/20 * (50^2 + 19 * 2.632^2) = 2500, so the error is 50 and 50 + 1.729 * 50 = 136.45
    assert breakage(groups, [Open(3, 3, 1000)], 24) == Breakage(1000, 50, 137)
    assert breakage(groups, [Open(3, 3, 1000)], 12) == Breakage(1000, None, 137)


def test_prudence_never_exceeds_what_is_open() -> None:
    groups = [Exposure(3, 3, group, 100, 100 if group % 2 else 90, 0, 0) for group in range(20)]
    found = breakage(groups, [Open(3, 3, 10)], 24)
    assert found == Breakage(10, 10, 10)


def test_the_prudent_figure_is_seldom_below_the_truth() -> None:
    """Lots of 400 accounts that redeem in a month with 8 %, whichever account it is."""
    luck, enough, trials = random.Random(2), 0, 150
    truth = 1000 * (1 - 0.92**6)
    for _ in range(trials):
        exposures = []
        for account in range(400):
            left = 100
            for age in range(1, 7):
                used = left if luck.random() < 0.08 else 0
                exposures.append(Exposure(age, 6, account % 20, left, used, 0, 0))
                left -= used
        found = breakage(exposures, [Open(1, 6, 1000)], 24)
        assert found.prudent is not None
        enough += found.prudent >= truth
    assert enough / trials >= 0.95 - 3 * (0.05 * 0.95 / trials) ** 0.5
    assert ceil(truth) == 394


def told(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("reciprocity_revenue", *arguments, stdout=out)
    return [line.split()[0] for line in out.getvalue().splitlines()]


def test_a_bookkeeper_reads_the_published_example() -> None:
    assert told("9000", "4500", "5200") == ["4,175.26", "4,175.26"]
    assert told("9000", "8500", "1400", "--before", "4175.26") == ["7,727.27", "3,552.01"]
    assert told("9000", "8500", "700", "--before", "4175.26") == ["8,315.22", "4,139.96"]


@pytest.mark.parametrize("arguments", [("much", "1", "1"), ("NaN", "1", "1"), ("9", "0", "1", "--before", "x")])
def test_what_is_no_money_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="no amount of money"):
        told(*arguments)


def test_points_are_not_negative() -> None:
    with pytest.raises(CommandError, match="whole numbers"):
        call_command("reciprocity_revenue", "9", -1, 1)
