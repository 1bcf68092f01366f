"""Codes that nobody used in time: points return or not, by the reward, never twice. Edge case 27."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, closing, redemption, upkeep
from saleor_reciprocity.rewards.models import Redemption

from .. import hosts
from ..faults.crowd import at_once

KINDS = ("voucher", "free shipping", "gift card")


def expired(channel: Any, customer: Any, kind: str = "voucher", returns_points: bool = True) -> Redemption:
    """A code for 30 points whose time is over."""
    reward = catalogue.create(
        channel, kind, "Soon over", 30, Decimal(3), validity_days=1, stock=5, returns_points=returns_points
    )
    made = redemption.redeem(host.person(customer), reward.pk, "k", now=timezone.now())
    Redemption.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return made


@pytest.fixture
def rich(customer: Any, give_points: Any) -> Any:
    give_points(customer, 100)
    return customer


@pytest.mark.parametrize("kind", KINDS)
def test_edge_case_27_the_points_of_an_unused_code_return_once(kind: str, programme_on: Any, rich: Any) -> None:
    made = expired(programme_on, rich, kind)
    assert upkeep.look(timezone.now()) == (1, 0)
    assert upkeep.look(timezone.now()) == (0, 0)
    made.refresh_from_db()
    assert made.state == "expired"
    assert Account.objects.get().available == 100
    assert Entry.objects.filter(kind="reversal").count() == 1
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(made.pk, "user:1", now=timezone.now())
    assert Account.objects.get().available == 100


def test_edge_case_27_the_points_stay_gone_where_the_reward_says_so(programme_on: Any, rich: Any) -> None:
    made = expired(programme_on, rich, returns_points=False)
    upkeep.look(timezone.now())
    assert Account.objects.get().available == 70
    assert not Entry.objects.filter(kind="reversal").exists()
    assert not hosts.code_is_valid(made.code)


def test_the_policy_is_that_of_the_day_of_redemption(programme_on: Any, rich: Any) -> None:
    made = expired(programme_on, rich)
    catalogue.update(made.reward_id, returns_points=False, now=timezone.now())
    upkeep.look(timezone.now())
    assert Account.objects.get().available == 100


def test_a_used_code_does_not_expire(programme_on: Any, rich: Any) -> None:
    made = expired(programme_on, rich)
    order = hosts.order(rich, [("40", 1)])
    hosts.put_voucher(order, made.code)
    upkeep.look(timezone.now())
    made.refresh_from_db()
    assert (made.state, made.used_by_order) == ("used", host.order_id(order))
    assert Account.objects.get().available == 70


def test_a_code_at_a_payment_is_not_used_yet(programme_on: Any, rich: Any) -> None:
    reward = catalogue.create(programme_on, "voucher", "Three", 30, Decimal(3))
    made = redemption.redeem(host.person(rich), reward.pk, "k", now=timezone.now())
    hosts.use_voucher(made.code)
    assert upkeep.look(timezone.now()) == (0, 0)
    made.refresh_from_db()
    assert made.state == "unused"


def test_eight_lookers_and_a_cancellation_at_once_return_the_points_once(
    transactional_db: Any, programme_on: Any, rich: Any
) -> None:
    made = expired(programme_on, rich)
    at_once(
        8,
        lambda number: (
            closing.cancel(made.pk, "user:1", now=timezone.now()) if number == 0 else upkeep.look(timezone.now())
        ),
    )
    assert Account.objects.get().available == 100
