"""Whatever staff do to our vouchers: nothing of ours breaks, and nobody gains or loses by it. Edge case 29."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any, Callable

import pytest
from django.db import IntegrityError
from django.utils import timezone
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, closing, issuing, redemption, upkeep
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surprises.models import Budget, Draw

from .. import hosts
from ..surprises.shop import campaign, draw_of, settled, shipped_for_nothing


@pytest.mark.parametrize("edit", ["delete", "change"])
def test_the_points_of_an_order_stay_when_its_shipping_voucher_goes(
    edit: str, programme_on: Any, customer: Any
) -> None:
    order = shipped_for_nothing(customer)
    assert Account.objects.get().available == 40
    if edit == "delete":
        Voucher.objects.all().delete()
    else:
        Voucher.objects.update(type="entire_order")
    settlement.settle(host.order_id(order), again=True)
    assert Account.objects.get().available == 40
    assert [entry.points for entry in Entry.objects.order_by("pk")] == [0, 40]
    hosts.refund(order, "10")
    settlement.settle(host.order_id(order))
    assert Account.objects.get().available == 30


def change(**fields: Any) -> Callable[[str], Any]:
    return lambda code: vouchers(code).update(**fields)


def vouchers(code: str) -> Any:
    return Voucher.objects.filter(**{"codes__code" if hosts.MULTI_CHANNEL else "code": code})


def take_off_the_channel(code: str) -> None:
    if hosts.MULTI_CHANNEL:
        vouchers(code).get().channel_listings.all().delete()


def rename(code: str) -> None:
    if hosts.MULTI_CHANNEL:
        vouchers(code).get().codes.update(code="BY-STAFF")
    else:
        vouchers(code).update(code="BY-STAFF")


EDITS: dict[str, Callable[[str], Any]] = {
    "no limit": change(usage_limit=None),
    "a higher limit": change(usage_limit=7),
    "an end long ago": change(end_date=timezone.now() - timedelta(days=400)),
    "a start to come": change(start_date=timezone.now() + timedelta(days=400)),
    "another type": change(type="shipping"),
    "another code": rename,
    "no channel": take_off_the_channel,
    "deleted": lambda code: vouchers(code).delete(),
}


@pytest.fixture
def two(programme_on: Any, customer: Any, give_points: Any) -> tuple[Redemption, Redemption]:
    """Two vouchers, of 50 points each, of 100 points; both expire."""
    give_points(customer, 100)
    reward = Reward.objects.get()
    made = tuple(redemption.redeem(host.person(customer), reward.pk, key, now=timezone.now()) for key in ("1", "2"))
    Redemption.objects.update(expires_at=timezone.now())
    return made  # type: ignore[return-value]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_voucher_is_given_back(edit: str, two: tuple[Redemption, Redemption]) -> None:
    EDITS[edit](two[0].code)
    closing.cancel(two[0].pk, "user:1", now=timezone.now())
    assert Account.objects.get().available == 50
    assert not hosts.code_is_valid(two[0].code)
    closing.cancel(two[0].pk, "user:1", now=timezone.now())
    assert Account.objects.get().available == 50


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_voucher_expires_and_so_do_the_others(edit: str, two: tuple[Redemption, Redemption]) -> None:
    EDITS[edit](two[0].code)
    assert upkeep.look(timezone.now()) == (2, 0)
    assert Account.objects.get().available == 100
    assert not any(hosts.code_is_valid(made.code) for made in two)


@pytest.mark.parametrize("edit", EDITS)
def test_the_use_of_an_edited_voucher_is_noted(edit: str, two: tuple[Redemption, Redemption], customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    hosts.put_voucher(order, two[0].code)
    assert upkeep.look(timezone.now()) == (1, 1)
    EDITS[edit](two[0].code)
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(two[0].pk, "user:1", now=timezone.now())
    assert Redemption.objects.get(pk=two[0].pk).used_by_order == host.order_id(order)
    assert Account.objects.get().available == 50


@pytest.mark.parametrize("edit", EDITS)
def test_the_gift_of_an_edited_voucher_is_taken_back(edit: str, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    orders = [settled(buyer) for buyer in (customer, "bob@example.com")]
    EDITS[edit](draw_of(orders[0]).code or "")
    hosts.cancel(orders[0])
    settlement.settle(host.order_id(orders[0]))
    Draw.objects.update(expires_at=timezone.now())
    assert gifts.look(timezone.now()) == (1, 0)
    assert [draw_of(order).state for order in orders] == ["withdrawn", "expired"]
    assert Budget.objects.get().spent == 0


def test_a_gift_card_that_staff_switched_off_or_deleted_is_given_back(
    programme_on: Any, customer: Any, give_points: Any
) -> None:
    give_points(customer, 20)
    card = catalogue.create(programme_on, "gift card", "Card", 10, Decimal(5))
    first, second = (redemption.redeem(host.person(customer), card.pk, key, now=timezone.now()) for key in ("1", "2"))
    GiftCard.objects.filter(code=first.code).update(is_active=False)
    GiftCard.objects.filter(code=second.code).delete()
    for made in (first, second):
        closing.cancel(made.pk, "user:1", now=timezone.now())
    assert Account.objects.get().available == 20


@pytest.mark.parametrize("error", [IntegrityError, ValueError])
def test_one_bad_row_stops_no_other_and_no_code_is_in_the_log(
    error: type[Exception], two: tuple[Redemption, Redemption], monkeypatch: Any, caplog: Any
) -> None:
    find = issuing.find

    def fail_for_one(kind: str, code: str) -> Any:
        if code == two[0].code:
            raise error(f"Key (code)=({code}) already exists.")
        return find(kind, code)

    monkeypatch.setattr(issuing, "find", fail_for_one)
    with caplog.at_level(logging.DEBUG, logger="saleor_reciprocity"):
        assert upkeep.look(timezone.now()) == (1, 0)
    assert Account.objects.get().available == 50
    assert f"redemption {two[0].pk} was left for the next round: {error.__name__}" in caplog.text
    assert not [made.code for made in two if made.code in caplog.text]
    monkeypatch.undo()
    assert upkeep.look(timezone.now()) == (1, 0)
    assert Account.objects.get().available == 100


def test_one_bad_gift_stops_no_other(programme_on: Any, customer: Any, monkeypatch: Any, caplog: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    first, second = (draw_of(settled(buyer)) for buyer in (customer, "bob@example.com"))
    find = issuing.find
    monkeypatch.setattr(issuing, "find", lambda kind, code: find(kind, code) if code == second.code else 1 // 0)
    assert gifts.look(second.expires_at) == (1, 0)
    assert f"gift {first.pk} was left for the next round: ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    assert gifts.look(first.expires_at) == (1, 0)
    assert Budget.objects.get().spent == 0
