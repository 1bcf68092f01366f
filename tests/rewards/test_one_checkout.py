"""Redemptions for one checkout at once: what is charged is on it, whatever comes between."""

from __future__ import annotations

from decimal import Decimal
from threading import Event
from typing import Any, Callable

import pytest
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, closing, redemption
from saleor_reciprocity.rewards.models import Redemption

from .. import hosts
from ..faults.crowd import at_once


@pytest.fixture
def basket(transactional_db: Any, programme_on: Any, customer: Any, give_points: Any) -> Checkout:
    """A checkout of 40 of a customer with 100 points."""
    give_points(customer, 100)
    return hosts.checkout(customer, "40")


def key_of(basket: Checkout) -> str:
    return str(basket.pk)


def voucher_on(basket: Checkout) -> Callable[[str], bool]:
    """Puts a voucher on a checkout as the host does, after a while, and in the place of any other."""

    def put(code: str) -> bool:
        Event().wait(0.2)
        return bool(Checkout.objects.filter(pk=basket.pk).update(voucher_code=code))

    return put


def card_on(basket: Checkout) -> Callable[[str], bool]:
    def put(code: str) -> bool:
        Event().wait(0.2)
        basket.gift_cards.add(GiftCard.objects.get(code=code))
        return True

    return put


def redeem(customer: Any, reward: Any, key: str, basket: Checkout, put: Callable[[str], bool]) -> Any:
    person = host.person(customer)
    return redemption.redeem_on_checkout(person, reward.pk, key, None, key_of(basket), put, timezone.now())


def test_of_two_vouchers_at_once_one_is_charged_and_on_it(basket: Checkout, programme_on: Any, customer: Any) -> None:
    rewards = [catalogue.create(programme_on, "voucher", name, 30, Decimal(3)) for name in ("One", "Another")]
    results = at_once(2, lambda number: redeem(customer, rewards[number], f"key {number}", basket, voucher_on(basket)))
    refused = [result for result in results if isinstance(result, errors.VoucherOnCheckout)]
    assert len(refused) == 1, results
    basket.refresh_from_db()
    assert Redemption.objects.get().code == basket.voucher_code
    assert Redemption.objects.get().for_checkout is None
    assert Account.objects.get().available == 70


def test_eight_keys_at_once_are_one_charge(basket: Checkout, programme_on: Any, customer: Any) -> None:
    reward = catalogue.create(programme_on, "voucher", "Three", 10, Decimal(3))
    results = at_once(8, lambda number: redeem(customer, reward, f"key {number}", basket, voucher_on(basket)))
    assert sum(isinstance(result, errors.VoucherOnCheckout) for result in results) == 7
    assert Account.objects.get().available == 90


def test_two_gift_cards_at_once_are_worth_no_more_than_is_left(
    basket: Checkout, programme_on: Any, customer: Any
) -> None:
    """30 of the 40 by the first, 10 by the second, at a point each."""
    card = catalogue.create(programme_on, "gift card", "Card", 30, Decimal(30))
    results = at_once(2, lambda number: redeem(customer, card, f"key {number}", basket, card_on(basket)))
    assert [is_there for _made, is_there in results] == [True, True]
    assert sorted(Redemption.objects.values_list("value", "points")) == [(10, 10), (30, 30)]
    assert Account.objects.get().available == 60


def test_a_gift_card_that_comes_while_a_checkout_is_priced_is_counted(
    basket: Checkout, programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    """A checkout of 40 with a card of 30 comes to 10, though the card was put there after the cards were added up."""
    card, _ = redemption.redeem_on_checkout(
        host.person(customer), catalogue.create(programme_on, "gift card", "Card", 30, Decimal(30)).pk, "key", None,
        key_of(basket), lambda code: True, timezone.now(),
    )  # fmt: skip
    added_up = Checkout.get_total_gift_cards_balance

    def and_then_it_comes(row: Checkout, *args: Any) -> Any:
        total = added_up(row, *args)
        card_on(basket)(card.code)
        return total

    monkeypatch.setattr(Checkout, "get_total_gift_cards_balance", and_then_it_comes)
    facts = host.checkout(key_of(basket))
    assert facts is not None
    assert (facts.gift_card_codes, facts.payable) == ({card.code}, 10)


def test_a_voucher_that_died_on_its_way_is_put_there_by_its_own_key_only(
    basket: Checkout, programme_on: Any, customer: Any
) -> None:
    """Another voucher took the place meanwhile: it stays."""
    rewards = [catalogue.create(programme_on, "voucher", name, 30, Decimal(3)) for name in ("One", "Another")]
    facts = host.checkout(key_of(basket))
    died = redemption.redeem(host.person(customer), rewards[0].pk, "died", None, facts, now=timezone.now())
    with pytest.raises(errors.VoucherOnCheckout):
        redeem(customer, rewards[1], "other", basket, voucher_on(basket))
    Redemption.objects.update(created_at=timezone.now() - redemption.LONGEST_WAY)
    other, is_there = redeem(customer, rewards[1], "other", basket, voucher_on(basket))
    assert is_there
    assert redeem(customer, rewards[0], "died", basket, voucher_on(basket)) == (died, False)
    basket.refresh_from_db()
    assert basket.voucher_code == other.code
    closing.cancel(died.pk, "user:1", now=timezone.now())
    assert Account.objects.get().available == 70
