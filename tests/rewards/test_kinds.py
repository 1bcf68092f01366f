"""What each kind of reward is stands in one table, and every list of kinds elsewhere follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.graphql.rewards import LoyaltyRewardKind
from saleor_reciprocity.rewards import catalogue, issuing, pricing
from saleor_reciprocity.rewards.kinds import KINDS, RewardKind, Terms
from saleor_reciprocity.surprises.models import PrizeKind

ZERO, FIVE, TWENTY = Decimal(0), Decimal(5), Decimal(20)


def test_what_each_kind_is() -> None:
    assert {name: (kind.is_voucher, kind.is_money, kind.has) for name, kind in KINDS.items()} == {
        "voucher": (True, True, ""),
        "percentage": (True, False, "percent"),
        "free shipping": (True, False, ""),
        "free product": (True, False, "product_id"),
        "gift card": (False, True, ""),
        "service": (False, False, "text"),
    }
    without_code = [name for name, kind in KINDS.items() if not kind.is_code]
    assert (without_code, KINDS["service"].begins, KINDS["voucher"].begins) == (["service"], "open", "unused")


def test_every_kind_that_is_stored_or_in_the_api_is_in_the_table() -> None:
    """A campaign gives what it can give at once: no service."""
    assert set(KINDS) == set(RewardKind.values)
    assert set(KINDS) - {"service"} == set(PrizeKind.values) - {"points"}
    assert {value.name for value in LoyaltyRewardKind._meta.enum} == set(RewardKind.names)


def test_another_entry_is_enough_for_catalogue_price_and_issuing(
    programme_on: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A voucher that a channel accepts only for baskets of two products, and that is made under a name of its own."""
    made: list[str] = []
    pair = replace(
        KINDS["voucher"],
        issue=lambda code, terms: made.append(f"{terms.name} {terms.amount}"),
        fits=lambda reward, checkout: len(checkout.product_ids) == 2,
    )
    monkeypatch.setitem(KINDS, "pair", pair)  # type: ignore[arg-type]
    reward = catalogue.create(programme_on, "pair", "For two", 10, FIVE)
    assert reward in catalogue.on_offer(programme_on.id, timezone.now())

    basket = host.Checkout(
        "1", customer.pk, programme_on.id, programme_on.currency, "", frozenset(), TWENTY, ZERO, TWENTY, frozenset({1})
    )
    with pytest.raises(errors.RewardNotApplicable):
        pricing.sale(reward, None, 10, basket)
    assert pricing.sale(reward, None, 10, replace(basket, product_ids=frozenset({1, 2}))).value == 5

    code = issuing.issue(Terms("pair", "For two", FIVE, programme_on, customer.pk, timezone.now() + timedelta(days=9)))
    assert (len(code), made) == (host.VOUCHER_CODE_LENGTH, ["For two 5"])
