"""Two sweepers, five workers and customers at once, with a broker that is down."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from celery import Task
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import errors, host, settlement, sweep, tasks
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from .crowd import at_once

CUSTOMERS, WORKERS, SWEEPERS = 6, 5, 2


def test_two_sweepers_and_five_workers_over_the_same_orders(transactional_db: Any, programme_on: Any) -> None:
    people = [hosts.customer(f"customer{number}@example.com") for number in range(CUSTOMERS)]
    orders = [hosts.order(person, [("60", 1)]) for person in people for _ in range(4)]
    for order in orders:
        hosts.ship(order)
    reward = Reward.objects.get().pk

    def work(number: int) -> Any:
        if number < SWEEPERS:
            return sweep.sweep()
        if number < SWEEPERS + WORKERS:
            for order in orders[number - SWEEPERS :] + orders[: number - SWEEPERS]:
                settlement.settle_and_record(host.order_id(order))
            return codes.look(timezone.now())
        return [attempt(people[number % CUSTOMERS], key) for key in range(8)]

    def attempt(person: Any, key: int) -> Any:
        try:
            return redemption.redeem(host.person(person), reward, f"key {key}", now=timezone.now())
        except errors.InsufficientPoints as too_few:
            return too_few

    results = at_once(SWEEPERS + WORKERS + CUSTOMERS, work)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Entry.objects.filter(kind="earned").count() == len(orders)
    for account in Account.objects.all():
        spent = 50 * Redemption.objects.filter(account=account).count()
        assert account.available == 240 - spent


def test_a_broker_that_is_down_loses_nothing(
    transactional_db: Any, programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    """No task can be sent. What is due is in the database, and the command does it."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    for way in ("apply_async", "delay", "apply"):
        monkeypatch.setattr(Task, way, refuse)
    first = hosts.order(customer, [("60", 1)])
    hosts.ship(first)
    hosts.report("order_fulfilled", first)
    assert Account.objects.get().available == 60, "settling in line needs no broker"
    hosts.ship(hosts.order(customer, [("60", 1)]))
    with pytest.raises(ConnectionRefusedError):
        tasks.sweep_recent.delay()
    call_command("reciprocity_work", "--once", stdout=StringIO())
    assert Account.objects.get().available == 120
