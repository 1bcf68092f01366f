"""Many at the same moment: exactly what is affordable, exactly one award. Edge cases 1 and 20 of the engine's list."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from saleor_reciprocity import errors, host, settlement, sweep
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from .crowd import at_once


def test_sixty_four_redemptions_of_a_balance_for_five(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("270", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(customer), Reward.objects.get()

    results = at_once(64, lambda number: redemption.redeem(person, reward.pk, f"key {number}", now=timezone.now()))

    codes = {result.code for result in results if isinstance(result, Redemption)}
    assert len(codes) == 5
    assert sum(type(result) is errors.InsufficientPoints for result in results) == 59
    assert Account.objects.get().available == 20


def test_one_key_sent_by_sixteen_at_once_is_one_debit(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("270", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(customer), Reward.objects.get()

    results = at_once(16, lambda number: redemption.redeem(person, reward.pk, "one key", now=timezone.now()))

    assert {result.code for result in results} == {Redemption.objects.get().code}
    assert Account.objects.get().available == 220


def test_one_event_reported_fifty_times_by_twenty_threads(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = hosts.order(customer, [("49.95", 1)])
    hosts.ship(order)

    at_once(20, lambda number: [hosts.report("order_fulfilled", order) for _ in range(3 if number < 10 else 2)])

    sweep.sweep()
    assert [(entry.kind, entry.points) for entry in Entry.objects.all()] == [("earned", 49)]


def test_one_customers_orders_and_redemptions_at_once(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    first = hosts.order(customer, [("100", 1)])
    hosts.ship(first)
    settlement.settle(host.order_id(first))
    more = [hosts.order(customer, [("10", 1)]) for _ in range(8)]
    for order in more:
        hosts.ship(order)
    person, reward = host.person(customer), Reward.objects.get()

    def act(number: int) -> Any:
        if number % 2:
            return redemption.redeem(person, reward.pk, f"key {number}", now=timezone.now())
        return settlement.settle(host.order_id(more[number // 2]))

    results = at_once(16, act)

    redeemed = sum(isinstance(result, Redemption) for result in results)
    assert 2 <= redeemed <= 3
    assert Account.objects.get().available == 180 - 50 * redeemed
    assert all(result is None or isinstance(result, (Redemption, errors.InsufficientPoints)) for result in results)


def test_two_sweepers_at_once_award_once(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    for _ in range(6):
        hosts.ship(hosts.order(customer, [("10", 1)]))
    at_once(2, lambda number: sweep.sweep())
    assert Entry.objects.count() == 6
    assert Account.objects.get().available == 60


def test_a_first_order_from_two_workers_makes_one_account(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    orders = [hosts.order(customer, [("10", 1)]) for _ in range(8)]
    results = at_once(8, lambda number: settlement.settle(host.order_id(orders[number])))
    assert results == [None] * 8
    assert Account.objects.get().pending == 80
