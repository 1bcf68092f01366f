"""Points for something else than an order: once for each sign-up and each birthday, whoever looks and however often."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone as clock

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points import accounts, bonuses, merging
from saleor_reciprocity.points.earning.models import EarningRule, EarningRuleVersion
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.programmes import SettingsVersion

from .. import hosts
from .people import LONG_AGO, born, old
from .programmes import rule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def points(customer: Any) -> int:
    account = Account.objects.filter(user_id=customer.pk).first()
    return account.available if account else 0


def test_a_birthday_is_given_once_a_year(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    born(customer, "1990-05-20")
    for moment in ("2026-05-19T12:00", "2026-05-20T00:30", "2026-05-20T12:00", "2026-05-23T12:00"):
        bonuses.look(at(moment))
    assert points(customer) == 100
    assert Entry.objects.get().happened_at == at("2026-05-20T00:30")
    bonuses.look(at("2027-05-20T08:00"))
    assert points(customer) == 200


def test_a_year_is_not_needed(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    born(customer, "05-20")
    assert bonuses.look(at("2026-05-20T12:00")) == 1


@pytest.mark.parametrize(
    ("today", "given"),
    [("2027-02-27", 0), ("2027-02-28", 1), ("2028-02-28", 0), ("2028-02-29", 1), ("2100-02-28", 1)],
)
def test_who_was_born_on_29_february(today: str, given: int, programme_on: Any, customer: Any) -> None:
    """On the day itself where the year has it, else on the 28th."""
    old(programme_on, "birthday")
    born(customer, "2004-02-29")
    assert bonuses.look(at(f"{today}T12:00")) == given


def test_29_february_comes_once_in_every_year(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    born(customer, "2004-02-29")
    day, given = at("2027-02-20T12:00"), []
    while day < at("2029-03-10T12:00"):
        if bonuses.look(day):
            given.append(day.date().isoformat())
        day += timedelta(days=1)
    assert given == ["2027-02-28", "2028-02-29", "2029-02-28"]


def test_the_day_is_that_of_the_channels_clock(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    hosts.configure(programme_on, time_zone="Asia/Tokyo")
    born(customer, "1990-05-20")
    assert bonuses.look(at("2026-05-19T14:59")) == 0
    assert bonuses.look(at("2026-05-19T15:00")) == 1


def test_a_birthday_that_is_moved_gives_nothing_more(programme_on: Any, customer: Any) -> None:
    """Not by moving it from day to day, and not around the turn of a year."""
    old(programme_on, "birthday")
    day = at("2026-12-28T12:00")
    for number in range(10):
        born(customer, (day + timedelta(days=number)).date().isoformat())
        bonuses.look(day + timedelta(days=number))
    assert points(customer) == 100
    born(customer, "1990-10-01")
    assert bonuses.look(at("2027-10-01T12:00")) == 0, "nine months later"


def test_a_birthday_of_a_merged_account_counts(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    other = born(hosts.customer("ada@work.example.com"), "1990-05-20")
    bonuses.look(at("2026-05-20T12:00"))
    born(customer, "1990-05-21")
    account = accounts.open_account(host.person(customer), at("2026-05-20T13:00"))
    with transaction.atomic():
        merging.merge(Account.objects.get(user=other).pk, account.pk, at("2026-05-20T13:00"), "user:1")
    other.delete()
    assert bonuses.look(at("2026-05-21T12:00")) == 0
    assert points(customer) == 100


NO_BIRTHDAYS = ("", "soon", "1990-5-2", "20-05-1990", "1990-13-45", "1990-05-20T00:00", "2026-02-31")


@pytest.mark.parametrize("stored", NO_BIRTHDAYS)
def test_what_is_no_birthday_is_passed_over(stored: str, programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    born(customer, stored)
    day = at("2026-01-01T12:00")
    assert sum(bonuses.look(day + timedelta(days=5 * n)) for n in range(73)) == 0


def test_the_shop_names_where_the_birthday_is(programme_on: Any, customer: Any) -> None:
    old(programme_on, "birthday")
    hosts.configure(programme_on, birthday_key="born on")
    born(customer, "1990-05-20", key="born on")
    assert bonuses.look(at("2026-05-20T12:00")) == 1


def test_a_birthday_before_the_rule_or_while_it_was_off(programme_on: Any, customer: Any) -> None:
    made = old(programme_on, "birthday")
    born(customer, "1990-05-20")
    EarningRuleVersion.objects.update(starts_at=at("2026-05-21T00:00"), since=at("2026-05-21T00:00"))
    assert bonuses.look(at("2026-05-21T12:00")) == 0, "the rule began when the day was over"
    EarningRuleVersion.objects.update(starts_at=LONG_AGO, since=LONG_AGO)
    hosts.configure(programme_on, active=False)
    assert bonuses.look(at("2026-05-20T12:00")) == 0
    assert made.rule_id


def test_an_address_without_proof_has_no_birthday(programme_on: Any, settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
    old(programme_on, "birthday")
    user = born(hosts.customer_to_confirm("ada@example.com"), "1990-05-20")
    assert bonuses.look(at("2026-05-20T12:00")) == 0
    hosts.confirm(user)
    assert bonuses.look(at("2026-05-20T13:00")) == 1


def test_a_customer_who_is_deleted_and_registers_again_has_one_sign_up(programme_on: Any, customer: Any) -> None:
    rule("bonus", "50", trigger="sign-up", since=clock.now() - timedelta(days=1))
    EarningRule.objects.update(created_at=clock.now() - timedelta(days=1))
    SettingsVersion.objects.update(since=clock.now() - timedelta(days=1))
    now = clock.now() + timedelta(seconds=1)
    assert bonuses.look(now) == 1
    assert bonuses.look(now) == 0
    customer.delete()
    again = hosts.customer("ada@example.com")
    assert bonuses.look(clock.now() + timedelta(seconds=1)) == 0
    order = hosts.order(again, [("10", 1)])
    settlement.settle(host.order_id(order))
    assert points(again) == 50
