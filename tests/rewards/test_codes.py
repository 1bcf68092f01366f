"""Codes carry the randomness that they promise."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils import timezone
from saleor.discount.models import Voucher

from saleor_reciprocity import host, settlement
from saleor_reciprocity.rewards import issuing, kinds, redemption
from saleor_reciprocity.rewards.codes import ALPHABET, new_code
from saleor_reciprocity.rewards.models import Reward

from .. import hosts
from .reports import report


def test_the_alphabet_has_five_bits_and_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_codes_carry_eighty_bits_where_the_host_has_room() -> None:
    assert host.GIFT_CARD_CODE_LENGTH * 5 == 80
    assert (80 if hosts.MULTI_CHANNEL else 60) == host.VOUCHER_CODE_LENGTH * 5


def test_every_character_is_as_likely_as_any_other() -> None:
    counts = Counter(new_code(32 * 2000))
    assert set(counts) == set(ALPHABET)
    assert max(abs(count - 2000) for count in counts.values()) < 5 * 2000**0.5


def test_a_code_that_is_taken_is_not_given_again(programme_on: Any, customer: Any, monkeypatch: Any) -> None:
    order = hosts.order(customer, [("100", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    length = host.VOUCHER_CODE_LENGTH
    drawn = iter(["A" * length, "A" * length, "B" * length])
    monkeypatch.setattr(issuing, "new_code", lambda _: next(drawn))
    person, reward = host.person(customer), Reward.objects.get()
    assert redemption.redeem(person, reward.pk, "1", now=timezone.now()).code == "A" * length
    assert redemption.redeem(person, reward.pk, "2", now=timezone.now()).code == "B" * length


def test_a_code_of_ours_that_belongs_to_nothing_is_found(programme_on: Any) -> None:
    """As if a process had made a code and not what it is for."""
    code = issuing.issue(kinds.Terms("voucher", "Lost", Decimal(5), programme_on))
    assert "BROKEN  each code of ours in the shop belongs to a redemption or to a gift" in report()
    host.withdraw_voucher(code)
    if not hosts.MULTI_CHANNEL:
        Voucher.objects.filter(code=code).delete()
    host.issue_voucher(host.OFF_ORDER, "THEIRS", "Theirs", Decimal(5), programme_on)
    assert report() == ""
