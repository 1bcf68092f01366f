"""What is owed: open points by channel and age, expected and prudent; products beside each other. Added up by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity import host
from saleor_reciprocity.reports import liability, owed, voice
from saleor_reciprocity.reports.liability import Cohort
from saleor_reciprocity.reports.values import Mark
from saleor_reciprocity.surveys import queries, scores
from saleor_reciprocity.surveys.queries import Group

from .. import hosts

LAST_MONTH = date(2026, 4, 1)
UNTIL = date(2026, 4, 30)


def lots(channel_id: str, months: int) -> list[Cohort]:
    """In each month each of 20 groups gets 50 points, of which 15 go in that month and 7 in the next, and no more."""
    found = []
    for back in range(months):
        earned = liability.earlier(LAST_MONTH, back)
        for group in range(20):
            cohort = Cohort(channel_id, group, earned, 50)
            cohort.uses[earned] = Counter(redeemed=15)
            if back:
                cohort.uses[liability.earlier(earned, -1)] = Counter(redeemed=7)
            found.append(cohort)
    return found


@pytest.fixture
def shop(channel: host.Channel) -> host.Channel:
    hosts.configure(channel, active=True, reward_points="50", reward_value="5")
    return channel


def test_of_two_years_of_history_it_says_what_is_expected(shop: host.Channel) -> None:
    """Of April 700 points are open, of which a fifth goes in May; of each of 27 months before 560, which stay."""
    (found,) = owed.owed(lots(shop.id, 28), None, UNTIL)
    assert (found.channel, found.currency, found.point_value) == (shop.slug, shop.currency, Decimal("0.1"))
    assert (found.points, found.expected, found.months_of_history) == (700 + 27 * 560, 140, 27)
    assert found.prudent in (140, 141)  # no group differs from another
    assert [(age.first, age.last, age.points, age.expected) for age in found.ages] == [
        (2, 2, 700, 140),
        (3, 3, 560, 0),
        (4, 6, 1680, 0),
        (7, 12, 3360, 0),
        (13, 18, 3360, 0),
        (19, None, 11 * 560, 0),
    ]


def test_a_year_ago_it_expected_what_came(shop: host.Channel) -> None:
    """Of 700 points of April 2025 and 560 of each of 15 months before, 140 were redeemed since."""
    (found,) = owed.owed(lots(shop.id, 28), None, UNTIL)
    assert found.expected_a_year_ago == pytest.approx(140 / 9100)
    assert found.redeemed_since == pytest.approx(140 / 9100)


def test_within_a_month_it_compares_the_same_twelve_months(shop: host.Channel) -> None:
    """What is redeemed in May, of points that were open a year before, was not among what was expected until April."""
    late = lots(shop.id, 28)
    late[20 * 20].uses[date(2026, 5, 1)] = Counter(redeemed=9)
    (found,) = owed.owed(late, None, date(2026, 5, 20))
    assert found.expected_a_year_ago == pytest.approx(140 / 9100)
    assert found.redeemed_since == pytest.approx(140 / 9100)


@pytest.mark.parametrize(("months", "expected", "prudent"), [(12, None, (None,)), (13, None, (140, 141))])
def test_with_less_history_it_says_less(months: int, expected: Any, prudent: Any, shop: host.Channel) -> None:
    (found,) = owed.owed(lots(shop.id, months), None, UNTIL)
    assert found.expected == expected
    assert found.prudent in prudent
    assert found.expected_a_year_ago is None


def test_points_are_expected_by_their_own_life_and_not_by_the_channels_of_today(shop: host.Channel) -> None:
    """In two months each lot goes by 3 of 10 and by a fifth of the rest; of those that end in April, none."""
    ending = Cohort(shop.id, 0, LAST_MONTH, 1000, life=1)
    (found,) = owed.owed([*lots(shop.id, 28), ending], None, UNTIL)
    assert (found.points, found.expected) == (700 + 27 * 560 + 1000, 140)


def test_of_points_that_are_given_as_many_cost_as_will_be_redeemed(monkeypatch: Any, shop: host.Channel) -> None:
    """Of 50 points 15 go in the first month and 7 in the second: 44 of 100. Before a year of history all cost."""
    for months, share in ((28, "0.44"), (6, "1")):
        monkeypatch.setattr(liability, "cohorts", lambda channel, until, months=months: lots(shop.id, months))
        assert owed.redeemed_share(UNTIL) == Decimal(share)


def test_another_channel_owes_nothing(shop: host.Channel) -> None:
    assert owed.owed(lots(shop.id, 2), "another", UNTIL) == ()


def test_points_of_no_channel_are_owed_by_the_first(shop: host.Channel) -> None:
    (found,) = owed.owed(lots("", 2), None, UNTIL)
    assert (found.channel, found.points) == (host.channels()[0].slug, 700 + 560)


def test_products_are_marked_by_more_than_chance(monkeypatch: Any) -> None:
    def group(key: str, counts: dict[int, int]) -> Group:
        return Group(key, f"Product {key}", scores.score_of("csat", counts), counts)

    answers = [group("1", {2: 50, 5: 50}), group("2", {4: 60, 5: 40}), group("3", {1: 4})]
    monkeypatch.setattr(queries, "scores_by", lambda *wanted: answers)
    rated, mean = voice.rated(None, UNTIL)
    assert [(one.product, one.score.answers, one.score.value, one.mark) for one in rated] == [
        ("Product 2", 100, 1.0, Mark.BETTER),
        ("Product 1", 100, 0.5, Mark.WORSE),
    ]
    assert mean == pytest.approx(0.75)
