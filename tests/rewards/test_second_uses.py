"""Codes that the host lets through twice are found, and refused where the guard is on. Edge case 26."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, closing, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..faults.crowd import at_once
from .conftest import guard_command
from .reports import report


@pytest.fixture
def code(programme_on: Any, customer: Any, give_points: Any) -> str:
    """A voucher's code for 50 of 100 points."""
    give_points(customer, 100)
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now()).code


def forget(*orders: Order) -> None:
    """Let the test end with books that are right."""
    for order in orders:
        hosts.cancel(order)


def test_a_voucher_on_two_orders_is_reported(code: str, customer: Any) -> None:
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(2)]
    hosts.put_voucher(orders[0], code)
    assert report() == ""
    hosts.put_voucher(orders[1], code)
    assert "BROKEN  no voucher of ours was used for two orders" in report()
    assert f"redemption {Redemption.objects.get().pk}" in report()
    forget(orders[1])
    assert report() == ""


def test_a_withdrawn_voucher_on_an_order_is_reported(code: str, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    hosts.put_voucher(order, code)
    Redemption.objects.update(state="expired", closed_at=order_time(), returns_points=False)
    assert "no voucher of ours" in report()
    forget(order)


def order_time() -> Any:
    return Redemption.objects.get().created_at


def test_a_gift_card_that_took_off_more_than_it_held_is_reported(
    programme_on: Any, customer: Any, give_points: Any
) -> None:
    give_points(customer, 100)
    card = catalogue.create(programme_on, "gift card", "Card", 10, Decimal(30))
    row = GiftCard.objects.get(code=redemption.redeem(host.person(customer), card.pk, "k", now=timezone.now()).code)
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(2)]
    for order, left in zip(orders, (10, 40)):
        Order.objects.filter(pk=order.pk).update(total_gross_amount=left, total_net_amount=left)
        order.gift_cards.add(row)
    assert report() == "", "in parts it may pay for many orders"
    Order.objects.filter(pk=orders[1].pk).update(total_gross_amount=10)
    assert "BROKEN  no gift card of ours took more off" in report()
    Order.objects.filter(pk=orders[1].pk).delete()


def test_the_guard_refuses_the_second_order(code: str, customer: Any, guarded: None) -> None:
    first, second = (hosts.order(customer, [("40", 1)]) for _ in range(2))
    hosts.link_voucher(first, code)
    with pytest.raises(IntegrityError), transaction.atomic():
        hosts.link_voucher(second, code)
    hosts.cancel(first)
    hosts.link_voucher(second, code)
    assert report() == ""


def test_switched_off_the_guard_leaves_nothing_behind(code: str, customer: Any) -> None:
    for switch in ("on", "on", "off", "off"):
        guard_command(switch)
    assert guard_command() == "The guard is off.\n"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'reciprocity_one%'),"
            " (SELECT count(*) FROM pg_proc WHERE proname LIKE 'reciprocity_one%')"
        )
        assert cursor.fetchone() == (0, 0)
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(2)]
    for order in orders:
        hosts.link_voucher(order, code)
    forget(*orders)


def test_the_guard_refuses_a_withdrawn_code(code: str, customer: Any, guarded: None) -> None:
    order = hosts.order(customer, [("40", 1)])
    closing.cancel(Redemption.objects.get().pk, "user:1", now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        hosts.link_voucher(order, code)


def test_the_guard_leaves_other_vouchers_alone(channel: Any, customer: Any, guarded: None) -> None:
    host.issue_voucher(host.OFF_ORDER, "THEIRS", "Theirs", Decimal(5), channel)
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(2)]
    for order in orders:
        hosts.link_voucher(order, "THEIRS")
        order.refresh_from_db()
    assert {order.voucher.name for order in orders} == {"Theirs"}


def test_the_guard_stands_against_a_crowd(transactional_db: Any, code: str, customer: Any, guarded: None) -> None:
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(8)]
    results = at_once(8, lambda number: hosts.link_voucher(orders[number], code))
    assert results.count(None) == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == 7


def test_edge_case_26_used_or_given_back_never_both(
    transactional_db: Any, programme_on: Any, customer: Any, give_points: Any
) -> None:
    """Twenty times an order counts a use, as the host does it, while the customer gives the code back."""
    give_points(customer, 1000)
    outcomes = set()
    for attempt in range(20):
        made = redemption.redeem(host.person(customer), Reward.objects.get().pk, f"key {attempt}", now=timezone.now())
        before = Account.objects.get().available

        def act(number: int, made: Redemption = made) -> Any:
            return hosts.count_use(made.code) if number else closing.cancel(made.pk, "user:1", now=timezone.now())

        cancelled, used = at_once(2, act)
        returned = Account.objects.get().available - before
        assert (returned, used is True) in ((50, False), (0, True))
        assert isinstance(cancelled, errors.CodeAlreadyUsed) == (used is True)
        outcomes.add(returned)
    assert outcomes
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reciprocity_redemption WHERE state = 'unused'")
        assert cursor.fetchone()[0] == Redemption.objects.filter(reversal=None).count()
