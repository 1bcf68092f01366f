"""Gifts: each kind is given, has its price in the budget, is withdrawn with its order, expires, and is seen used."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.surprises import campaigns, notes, upkeep
from saleor_reciprocity.surprises.models import Budget, Draw, PrizeKind

from .. import hosts
from .shop import campaign, draw_of, settled

Gift = campaigns.Gift
KINDS = {
    "voucher": (Gift(PrizeKind.VOUCHER, "Five", Decimal(5)), "5"),
    "percentage": (Gift(PrizeKind.PERCENTAGE, "A tenth", Decimal(50), percent=Decimal("12.5")), "5"),
    "capped percentage": (Gift(PrizeKind.PERCENTAGE, "Half", Decimal(3), percent=Decimal(50)), "3"),
    "free shipping": (Gift(PrizeKind.FREE_SHIPPING, "Free shipping", Decimal(10)), "10"),
    "gift card": (Gift(PrizeKind.GIFT_CARD, "A card", Decimal(7)), "7"),
    "points": (Gift(PrizeKind.POINTS, "Points", points=30), "3"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_given_and_withdrawn_with_its_order(kind: str, shop: Any, customer: Any) -> None:
    gift, cost = KINDS[kind]
    campaign(shop, gift)
    order = settled(customer)
    won = draw_of(order)
    assert (won.outcome, won.cost, won.state) == ("won", Decimal(cost), "issued")
    assert Budget.objects.get().spent == Decimal(cost)
    assert (won.code is None) == (gift.kind == PrizeKind.POINTS)

    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    won.refresh_from_db()
    assert (won.outcome, won.state) == ("won", "withdrawn")
    budget = Budget.objects.get()
    assert (budget.spent, budget.day_spent, budget.month_spent) == (0, 0, 0)
    assert Account.objects.get().available == 0
    if gift.kind != PrizeKind.GIFT_CARD and won.code:
        assert not hosts.code_is_valid(won.code)


def test_points_of_a_gift_that_were_spent_stay_spent(shop: Any, customer: Any) -> None:
    from saleor_reciprocity.rewards import redemption
    from saleor_reciprocity.rewards.models import Reward

    campaign(shop, Gift(PrizeKind.POINTS, "Points", Decimal(6), points=60))
    order = settled(customer)
    assert Account.objects.get().available == 60
    redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    assert draw_of(order).state == "used"
    assert [entry.kind for entry in Entry.objects.order_by("pk")] == ["pending", "surprise", "redemption", "clawback"]
    assert Account.objects.get().available == 10


def test_a_used_gift_stays_with_a_cancelled_order(shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer)
    hosts.use_voucher(draw_of(order).code or "")
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    assert draw_of(order).state == "used"
    assert Budget.objects.get().spent == 5


def test_an_unused_gift_expires_and_its_money_returns(shop: Any, customer: Any) -> None:
    campaign(shop)
    won = draw_of(settled(customer))
    assert upkeep.look(timezone.now()) == (0, 0)
    Draw.objects.update(expires_at=timezone.now())
    assert upkeep.look(timezone.now()) == (1, 0)
    assert upkeep.look(timezone.now()) == (0, 0)
    won.refresh_from_db()
    assert won.state == "expired"
    assert not hosts.code_is_valid(won.code or "")
    assert Budget.objects.get().spent == 0


def test_a_used_gift_does_not_expire(shop: Any, customer: Any) -> None:
    campaign(shop)
    won = draw_of(settled(customer))
    hosts.use_voucher(won.code or "")
    Draw.objects.update(expires_at=timezone.now())
    assert upkeep.look(timezone.now()) == (0, 1)
    won.refresh_from_db()
    assert (won.state, won.used_by_another) == ("used", False)
    assert Budget.objects.get().spent == 5


def test_a_code_that_somebody_else_used_is_noticed(shop: Any, customer: Any) -> None:
    campaign(shop)
    won = draw_of(settled(customer))
    other = hosts.order(hosts.customer("bob@example.com"), [("40", 1)])
    hosts.put_voucher(other, won.code or "")
    assert upkeep.look(timezone.now()) == (0, 1)
    won.refresh_from_db()
    assert (won.used_by_another, won.used_by_order) == (True, host.order_id(other))


def test_guests_win_vouchers_and_cards_too(shop: Any) -> None:
    campaign(shop, Gift(PrizeKind.GIFT_CARD, "A card", Decimal(7)))
    won = draw_of(settled("guest@example.com"))
    assert (won.outcome, won.user) == ("won", None)


def test_stock_goes_down_and_the_other_prizes_take_over(shop: Any) -> None:
    rare = Gift(PrizeKind.VOUCHER, "Rare", Decimal(50), weight=1000, stock=1)
    campaign(shop, rare, Gift(PrizeKind.VOUCHER, "Common", Decimal(1)))
    names = [draw_of(settled(f"guest{number}@example.com")).prize.name for number in range(6)]
    assert names.count("Rare") == 1
    empty = campaign(shop, Gift(PrizeKind.VOUCHER, "None left", Decimal(1), stock=0))
    settled("late@example.com")
    assert empty.draws.get().outcome == "out of stock"


def test_a_percentage_of_nothing_is_no_gift(shop: Any, customer: Any) -> None:
    campaign(shop, KINDS["percentage"][0])
    assert draw_of(settled(customer, "0")).outcome == "worthless"
    assert Budget.objects.get().spent == 0


def test_the_mail_is_asked_for_and_the_order_gets_a_note(transactional_db: Any, shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer)
    won = draw_of(order)
    assert [(mail.kind, mail.context) for mail in Mail.objects.all()] == [("surprise", {"draw": won.pk})]
    order.refresh_from_db()
    assert order.private_metadata[notes.KEY] == notes.text_of(won, with_code=False)
    assert won.noted_at is not None


def test_a_note_that_was_missed_is_written_later(shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer)
    order.store_value_in_private_metadata({"theirs": "stays"})
    order.save()
    assert draw_of(order).noted_at is None, "the test's transaction never commits"
    upkeep.look(timezone.now())
    order.refresh_from_db()
    assert order.private_metadata["theirs"] == "stays"
    assert order.private_metadata[notes.KEY] == notes.text_of(draw_of(order), with_code=False)


def test_what_returns_after_its_month_returns_to_the_whole_only(shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer)
    before = timezone.now() - timedelta(days=40)
    Budget.objects.update(day=before.date(), month=before.date().replace(day=1))
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    budget = Budget.objects.get()
    assert (budget.spent, budget.day_spent, budget.month_spent) == (0, 5, 5)
