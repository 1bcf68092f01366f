"""Which order of its person an order is: by the moment it was placed, and of one moment by its number."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from django.utils.timezone import now

from saleor_reciprocity import backfill, host, settlement, sweep
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.programmes import SettingsVersion

from .. import hosts
from .programmes import rule

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
NOON = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
SPELLINGS = ("ada@example.com", "Ada@example.com", "aDa@Example.com", "ADA@EXAMPLE.COM")


@pytest.fixture
def first_order_bonus(programme_on: host.Channel) -> host.Channel:
    """A point for each unit, and 500 for the first order of a person."""
    SettingsVersion.objects.update(since=LONG_AGO)
    rule("bonus", "500", since=LONG_AGO, order_number=1)
    return programme_on


def points() -> list[int]:
    """What each order brought so far, by its number."""
    terms = OrderTerms.objects.all()
    return [row.earned + row.pending for row in sorted(terms, key=lambda row: int(row.order_number))]


def ids(orders: list[Any]) -> list[str]:
    return [host.order_id(order) for order in orders]


@pytest.mark.parametrize("turn", range(6))
def test_of_orders_of_one_moment_one_is_the_first(turn: int, first_order_bonus: Any, customer: Any) -> None:
    """Whatever the order in which they are looked at."""
    orders = [hosts.order(customer, [("10", 1)], placed_at=NOON) for _number in range(3)]
    for order_id in list(permutations(ids(orders)))[turn]:
        settlement.settle(order_id)
    assert points() == [510, 10, 10]


def test_of_orders_of_one_moment_that_come_one_by_one_one_is_the_first(first_order_bonus: Any, customer: Any) -> None:
    """Each is settled before the next is there, so the earlier number has to be the earlier order."""
    for _number in range(5):
        settlement.settle(host.order_id(hosts.order(customer, [("10", 1)], placed_at=NOON)))
    assert points() == [510, 10, 10, 10, 10]


def test_of_past_orders_of_one_moment_one_is_the_first(programme_on: Any, customer: Any) -> None:
    rule("bonus", "500", order_number=1)
    orders = [hosts.order(customer, [("10", 1)], placed_at=NOON) for _number in range(3)]
    assert backfill.run(programme_on, ids(orders)[::-1], now()).points == 0
    assert points() == [510, 10, 10]


def test_a_bonus_for_every_second_order_counts_those_of_one_moment(programme_on: Any, customer: Any) -> None:
    SettingsVersion.objects.update(since=LONG_AGO)
    rule("bonus", "7", since=LONG_AGO, every_nth_order=2)
    orders = [hosts.order(customer, [("10", 1)], placed_at=NOON) for _number in range(5)]
    for order_id in ids(orders):
        settlement.settle(order_id)
    assert points() == [10, 17, 10, 17, 10]


@pytest.mark.parametrize("past", [False, True])
def test_one_mailbox_has_one_first_order(past: bool, programme_on: Any) -> None:
    """Guests and users, each with another spelling of one address."""
    if not past:
        SettingsVersion.objects.update(since=LONG_AGO)
    rule("bonus", "500", since=None if past else LONG_AGO, order_number=1)
    buyers = [SPELLINGS[0], hosts.customer(SPELLINGS[1]), hosts.customer(SPELLINGS[2]), SPELLINGS[3]]
    orders = [
        hosts.order(buyer, [("10", 1)], placed_at=NOON + timedelta(minutes=number))
        for number, buyer in enumerate(buyers)
    ]
    if past:
        backfill.run(programme_on, ids(orders), now())
    else:
        sweep.sweep()
    assert points() == [510, 10, 10, 10]


def test_two_mailboxes_have_a_first_order_each(first_order_bonus: Any) -> None:
    for email in ("straße@example.com", "strasse@example.com"):
        hosts.order(email, [("10", 1)], placed_at=NOON)
    sweep.sweep()
    assert points() == [510, 510]
    assert Account.objects.count() == 2


def test_a_draft_counts_from_when_it_was_placed(first_order_bonus: Any, customer: Any) -> None:
    """It was begun first and completed second; and it is not its own predecessor."""
    draft = hosts.order(customer, [("10", 1)], status="draft", placed_at=NOON)
    between = hosts.order(customer, [("10", 1)], placed_at=NOON + timedelta(hours=1))
    hosts.leave_draft(draft, NOON + timedelta(hours=2))
    for order in (draft, between):
        settlement.settle(host.order_id(order))
    assert points() == [10, 510]


def test_the_only_order_is_the_first_though_it_was_a_draft(first_order_bonus: Any, customer: Any) -> None:
    draft = hosts.order(customer, [("10", 1)], status="draft", placed_at=NOON)
    hosts.leave_draft(draft, NOON + timedelta(hours=2))
    settlement.settle(host.order_id(draft))
    assert points() == [510]
    assert Entry.objects.count() == 1
