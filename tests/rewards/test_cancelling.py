"""Giving a code back: the points return to their lots, and a code is worth its value or its points, never both."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from django.utils import timezone as clock
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points.models import Account, Entry, Lot
from saleor_reciprocity.rewards import catalogue, closing, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..faults.crowd import at_once


@pytest.fixture
def redeemed(programme_on: Any, customer: Any) -> Redemption:
    """A code for 50 of 90 points that came from two orders, of which the older expires."""
    for price in ("30", "60"):
        order = hosts.order(customer, [(price, 1)])
        hosts.ship(order)
        settlement.settle(host.order_id(order))
    Lot.objects.filter(points=30).update(expires_at=datetime(2030, 1, 1, tzinfo=timezone.utc))
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=clock.now())


def remaining() -> list[tuple[int, int]]:
    return list(Lot.objects.order_by("points").values_list("points", "remaining"))


def test_the_points_return_to_the_very_lots_they_came_from(redeemed: Redemption) -> None:
    assert remaining() == [(30, 0), (60, 40)]
    cancelled = closing.cancel(redeemed.pk, "user:1", now=clock.now())
    assert remaining() == [(30, 30), (60, 60)]
    assert cancelled.cancelled_at is not None
    entry = Entry.objects.get(kind="reversal")
    assert (entry.points, entry.actor, cancelled.reversal_id) == (50, "user:1", entry.pk)


def test_the_code_is_worth_nothing_afterwards(redeemed: Redemption) -> None:
    assert hosts.code_is_valid(redeemed.code)
    closing.cancel(redeemed.pk, "user:1", now=clock.now())
    assert not hosts.code_is_valid(redeemed.code)


def test_cancelling_twice_returns_the_points_once(redeemed: Redemption) -> None:
    for _ in range(2):
        closing.cancel(redeemed.pk, "user:1", now=clock.now())
    assert Account.objects.get().available == 90


def test_a_used_code_keeps_its_points(redeemed: Redemption) -> None:
    hosts.use_voucher(redeemed.code)
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(redeemed.pk, "user:1", now=clock.now())
    assert Account.objects.get().available == 40
    assert Redemption.objects.get().cancelled_at is None


def test_a_gift_card_that_was_spent_from_keeps_its_points(programme_on: Any, customer: Any, redeemed: Any) -> None:
    reward = catalogue.create(programme_on, "gift card", "Card", 10, 5)
    first = redemption.redeem(host.person(customer), reward.pk, "card 1", now=clock.now())
    second = redemption.redeem(host.person(customer), reward.pk, "card 2", now=clock.now())
    GiftCard.objects.filter(code=first.code).update(current_balance_amount=1)
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(first.pk, "user:1", now=clock.now())
    closing.cancel(second.pk, "user:1", now=clock.now())
    assert not GiftCard.objects.get(code=second.code).is_active


def test_another_customers_redemption_is_not_found(redeemed: Redemption) -> None:
    stranger = hosts.customer("eve@example.com")
    with pytest.raises(errors.NotFound):
        closing.cancel(redeemed.pk, "user:2", user_id=stranger.pk, now=clock.now())


def test_a_debt_is_repaid_before_the_lots(programme_on: Any, customer: Any, redeemed: Redemption) -> None:
    hosts.cancel(hosts.find_order(Lot.objects.get(points=60).order_id))
    settlement.settle(Lot.objects.get(points=60).order_id)
    account = Account.objects.get()
    assert (account.available, account.debt) == (0, 20)
    closing.cancel(redeemed.pk, "user:1", now=clock.now())
    account.refresh_from_db()
    assert (account.available, account.debt) == (30, 0)


def test_two_cancellations_at_once_return_the_points_once(transactional_db: Any, redeemed: Redemption) -> None:
    at_once(8, lambda number: closing.cancel(redeemed.pk, f"user:{number}", now=clock.now()))
    assert Account.objects.get().available == 90
