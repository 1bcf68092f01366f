"""What became of points and what is owed; every figure was added up by hand."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest
from freezegun import freeze_time

from saleor_reciprocity import host
from saleor_reciprocity.points import accounts, expiry
from saleor_reciprocity.points.models import Kind
from saleor_reciprocity.reports import liability
from saleor_reciprocity.reports.liability import Held, Observed
from saleor_reciprocity.reports.values import Month

from .. import hosts
from .shop import post, redeem


def at(month: int, day: int = 10) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=timezone.utc)


@pytest.fixture
def year(customer: Any, channel: host.Channel) -> host.Channel:
    """1,000 in January and 500 in March, of which 200 go in February and 900 in April, 100 of these to a clawback."""
    with freeze_time(at(1, 1)):
        hosts.configure(channel, active=True, points_valid_months="0")
    post(customer, Kind.BONUS, 1000, at(1), channel)
    redeem(customer, channel, 200, at(2))
    post(customer, Kind.BONUS, 500, at(3), channel)
    redeem(customer, channel, 800, at(4))
    post(customer, Kind.CLAWBACK, -100, at(4, 11))
    return channel


def test_months_say_what_was_issued_redeemed_expired_and_taken_back(year: Any) -> None:
    lots = liability.cohorts(None, date(2026, 4, 30))
    assert liability.months(lots, date(2026, 4, 30), number=5) == (
        Month(date(2025, 12, 1), 0, 0, 0, 0),
        Month(date(2026, 1, 1), 1000, 0, 0, 0),
        Month(date(2026, 2, 1), 0, 200, 0, 0),
        Month(date(2026, 3, 1), 500, 0, 0, 0),
        Month(date(2026, 4, 1), 0, 800, 0, 100),
    )
    to_the_tenth = liability.cohorts(year.id, date(2026, 4, 10))
    assert liability.months(to_the_tenth, date(2026, 4, 10), number=1) == (Month(date(2026, 4, 1), 0, 800, 0, 0),)
    assert liability.cohorts("another", date(2026, 4, 30)) == []


def test_open_points_are_by_the_age_of_their_lots(year: Any, customer: Any) -> None:
    group = accounts.open_account(host.person(customer), at(4)).pk % 20
    lots = liability.cohorts(None, date(2026, 3, 31))
    assert liability.held(lots, date(2026, 3, 31)) == [Held(0, group, 500), Held(2, group, 800)]
    lots = liability.cohorts(None, date(2026, 5, 15))
    assert liability.held(lots, date(2026, 5, 15)) == [Held(2, group, 400)]
    assert liability.months_of_history(lots, date(2026, 5, 15)) == 4


def test_what_is_observed_is_what_was_open_when_a_month_began(year: Any, customer: Any) -> None:
    """February: 1,000 open of age 1, 200 redeemed. March: 800 of age 2. April: of age 3 all 800 are redeemed, of age 1
    500 are open, of which 100 leave the base with the clawback."""
    group = accounts.open_account(host.person(customer), at(4)).pk % 20
    lots = liability.cohorts(None, date(2026, 4, 30))
    assert liability.observed(lots, date(2026, 4, 30)) == [
        Observed(1, group, 1000 + 400, 200, 0),
        Observed(2, group, 800, 0, 0),
        Observed(3, group, 800, 800, 0),
    ]
    assert liability.redeemed_since(lots, date(2026, 2, 1), date(2026, 4, 30)) == (1000, 1000)


def test_what_expired_is_told_apart(customer: Any, channel: host.Channel) -> None:
    with freeze_time(at(1, 1)):
        hosts.configure(channel, active=True, points_valid_months="1")
    post(customer, Kind.BONUS, 70, at(1), channel)
    expiry.run(at(4))
    lots = liability.cohorts(None, date(2026, 4, 30))
    assert liability.months(lots, date(2026, 4, 30), number=3)[0] == Month(date(2026, 2, 1), 0, 0, 70, 0)


def test_each_lot_has_the_life_that_it_was_given(customer: Any, channel: host.Channel) -> None:
    """From 10 January to the end of 10 March are three months; those of February never end."""
    with freeze_time(at(1, 1)):
        hosts.configure(channel, active=True, points_valid_months="2")
    post(customer, Kind.BONUS, 70, at(1), channel)
    with freeze_time(at(2, 1)):
        hosts.configure(channel, active=True, points_valid_months="0")
    post(customer, Kind.BONUS, 30, at(2), channel)
    found = liability.cohorts(None, date(2026, 2, 28))
    assert [(each.earned.month, each.issued, each.life) for each in found] == [(1, 70, 3), (2, 30, 60)]
    assert [(each.age, each.points, each.life) for each in liability.held(found, date(2026, 2, 28))] == [
        (0, 30, 60), (1, 70, 3)
    ]  # fmt: skip


def test_months_are_counted_over_the_year() -> None:
    assert liability.earlier(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert liability.earlier(date(2025, 12, 1), -1) == date(2026, 1, 1)
    assert liability.earlier(date(2026, 3, 1), 15) == date(2024, 12, 1)
    assert liability.months_between(date(2024, 12, 31), date(2026, 3, 1)) == 15
