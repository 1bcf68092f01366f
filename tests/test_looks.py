"""A look that finds nothing to do costs the same in a shop with two customers and in one with two hundred."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_reciprocity import host, identity, invariants, people, settlement, tasks
from saleor_reciprocity.points import accounts, bonuses, merging
from saleor_reciprocity.points.earning.models import EarningRule, EarningRuleVersion
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.points.tiers import standing
from saleor_reciprocity.points.tiers.models import AccountTier
from saleor_reciprocity.programmes import SettingsVersion

from . import hosts
from .points.programmes import ladder, rule

DAY = timedelta(days=1)


def look(name: str) -> None:
    entry = tasks.SCHEDULE[name]
    current_app.tasks[entry["task"]](**entry.get("kwargs", {}))


def statements(of: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        of()
    return len(asked)


def customers(numbers: range) -> list[Any]:
    """Customers who have just signed up, on their birthday, with an order that was shipped."""
    people = [hosts.customer(f"customer-{number}@example.com") for number in numbers]
    for customer in people:
        customer.store_value_in_metadata({"birthday": f"{timezone.now():%m-%d}"})
        customer.save()
        order = hosts.order(customer, [("20", 1)])
        hosts.ship(order)
        settlement.settle(host.order_id(order))
    return people


@pytest.fixture
def occasions(programme_on: host.Channel) -> None:
    """A programme with tiers and every bonus, for everybody, for a group without members, and for a tier of nobody."""
    ladder(("gold", 10_000, "2"))
    for trigger in ("sign-up", "birthday"):
        for conditions in ({}, {"tiers": ["gold"]}):
            rule("bonus", "50", trigger=trigger, **conditions)
    EarningRuleVersion.objects.update(since=timezone.now() - DAY, starts_at=timezone.now() - DAY)
    EarningRule.objects.update(created_at=timezone.now() - DAY)
    SettingsVersion.objects.update(since=timezone.now() - DAY)


def test_a_look_with_nothing_to_do_does_not_grow_with_the_customers(occasions: None) -> None:
    costs: list[dict[str, int]] = []
    for numbers in (range(2), range(2, 200)):
        customers(numbers)
        for _until_nothing_is_left in range(2):
            for name in tasks.SCHEDULE:
                look(name)
        costs.append({name: statements(lambda name=name: look(name)) for name in tasks.SCHEDULE})
    few, many = costs
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}
    assert Entry.objects.filter(kind="bonus").count() == 2 * 200


def test_customers_without_a_bonus_to_get_are_not_touched(occasions: None) -> None:
    """Not even an account is made for who signed up, or was born, while there was nothing for it."""
    EarningRuleVersion.objects.update(conditions={"tiers": ["gold"]})
    user = hosts.customer("ada@example.com")
    user.store_value_in_metadata({"birthday": f"{timezone.now():%m-%d}"})
    user.save()
    assert bonuses.look(timezone.now()) == 0
    assert not Account.objects.exists()


def test_one_customer_who_cannot_be_given_a_bonus_stops_no_other(
    occasions: None, monkeypatch: Any, caplog: Any
) -> None:
    bad, good = (hosts.customer(f"{name}@example.com") for name in ("bad", "good"))
    found = host.user_with_id

    def user_with_id(user_id: int) -> Any:
        if user_id == bad.pk:
            raise ValueError(bad.email)
        return found(user_id)

    monkeypatch.setattr(host, "user_with_id", user_with_id)
    assert bonuses.look(timezone.now() + timedelta(seconds=1)) == 1
    assert Account.objects.get().user == good
    assert f"User {bad.pk} could not be given the bonus for a sign-up" in caplog.text
    assert "bad@example.com" not in caplog.text
    monkeypatch.undo()
    assert bonuses.look(timezone.now() + timedelta(seconds=2)) == 1


def test_the_check_asks_as_many_questions_about_many_orders_as_about_few(programme_on: Any) -> None:
    assert get_user_model().objects.count() == 0

    def check() -> None:
        assert [title for title, rows in invariants.broken(timezone.now()) if rows] == []

    customers(range(2))
    few = statements(check)
    customers(range(2, 30))
    assert statements(check) == few


def test_one_account_stops_no_other_in_the_looks_at_tiers_and_people(
    programme_on: Any, monkeypatch: Any, caplog: Any
) -> None:
    bad, good = customers(range(2))
    ladder(("silver", 10, "1"))
    bad_id = Account.objects.get(user=bad).pk
    lock, prove = accounts.lock, merging.prove_address

    def locked(account_id: int, now: Any) -> Any:
        return lock(account_id, now) if account_id != bad_id else 1 / 0

    def proved(account: Account, *rest: Any) -> None:
        prove(account, *rest) if account.pk != bad_id else 1 / 0

    monkeypatch.setattr(accounts, "lock", locked)
    monkeypatch.setattr(merging, "prove_address", proved)
    get_user_model().objects.filter(pk=bad.pk).update(email="worse@example.com")
    get_user_model().objects.filter(pk=good.pk).update(email="better@example.com")
    assert standing.look(timezone.now()) == 2
    people.look(timezone.now(), thoroughly=True)
    assert list(AccountTier.objects.values_list("account__user", flat=True)) == [good.pk]
    assert Account.objects.get(user=good).email_hash == identity.email_hash("better@example.com")
    assert f"The tier of account {bad_id} could not be looked at" in caplog.text
    assert f"Account {bad_id} could not follow its user's address" in caplog.text
