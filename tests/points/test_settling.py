"""Points of an order, through settlement, against the order's real rows."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account, Entry

from .. import hosts


def settle(order: Any) -> tuple[int, int]:
    """Settle an order and return what is pending and what is available for its customer."""
    settlement.settle(host.order_id(order))
    account = Account.objects.get()
    return account.pending, account.available


def test_points_are_pending_until_the_goods_are_shipped(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("16.65", 3)], shipping="10")

    assert settle(order) == (49, 0)
    hosts.ship(order)
    assert settle(order) == (0, 49)
    assert list(Entry.objects.values_list("kind", "points", "pending")) == [("pending", 0, 49), ("earned", 49, -49)]


def test_settling_again_changes_nothing(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    for _ in range(3):
        settlement.settle(host.order_id(order), again=True)
    assert Entry.objects.count() == 1


def test_three_partial_shipments_add_up_to_one(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("16.65", 1)] * 3)
    seen = []
    for position in range(3):
        hosts.ship(order, [int(position == line) for line in range(3)])
        seen.append(settle(order))
    assert seen == [(33, 16), (16, 33), (0, 49)]


def test_an_order_cancelled_before_it_was_seen_earns_nothing(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    hosts.cancel(order)
    assert settle(order) == (0, 0)
    assert Entry.objects.count() == 0


def test_a_cancelled_order_loses_its_points(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    assert settle(order) == (20, 0)
    hosts.cancel(order)
    assert settle(order) == (0, 0)


def test_a_draft_earns_nothing_until_it_is_an_order(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)], status="draft")
    settlement.settle(host.order_id(order))
    assert Account.objects.count() == 0
    order.status = "unfulfilled"
    order.save()
    assert settle(order) == (20, 0)


def test_a_guests_points_are_there_when_the_address_is_confirmed(programme_on: Any) -> None:
    order = hosts.order("Guest@Example.com", [("20", 1)])
    hosts.ship(order)
    settle(order)

    unconfirmed = hosts.customer("guest@example.com", confirmed=False)
    assert accounts.account_of(host.person(unconfirmed), timezone.now()) is None
    unconfirmed.is_active = unconfirmed.is_confirmed = True
    account = accounts.account_of(host.person(unconfirmed), timezone.now())
    assert account is not None
    assert account.available == 20
