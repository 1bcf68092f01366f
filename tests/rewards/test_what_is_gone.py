"""What the shop has deleted or hidden, or accepts no more, is off the list; asking for it costs nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, queries, redemption
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises import campaigns
from saleor_reciprocity.surprises.models import Budget, Draw, PrizeKind

from .. import hosts
from ..points import programmes
from ..surprises.shop import campaign, draw_of, settled

GONE: dict[str, Callable[[Any], Any]] = {"deleted": lambda product: product.delete(), "hidden": hosts.hide}


@pytest.fixture
def product(programme_on: Any, customer: Any) -> Any:
    """A product that the channel shows."""
    return hosts.product("Cup", programme_on)


def on_the_list(channel: host.Channel) -> list[str]:
    return [reward.name for reward in queries.rewards(channel.id, 10, timezone.now())]


@pytest.mark.parametrize("way", GONE)
def test_a_product_that_is_gone_is_no_reward(
    way: str, product: Any, programme_on: Any, customer: Any, give_points: Any
) -> None:
    give_points(customer, 100)
    free = catalogue.create(programme_on, "free product", "A cup", 30, Decimal(40), product_id=product.pk)
    assert on_the_list(programme_on) == ["A cup", "5 USD"]
    GONE[way](product)
    assert on_the_list(programme_on) == ["5 USD"]
    account = Account.objects.get()
    assert [reward.name for reward in queries.affordable(programme_on.id, account, timezone.now())] == ["5 USD"]
    Reward.objects.filter(pk=free.pk).update(points=200)
    assert queries.next_above(programme_on.id, account, timezone.now()) is None
    with pytest.raises(errors.RewardUnavailable):
        redemption.redeem(host.person(customer), free.pk, "k", now=timezone.now())
    assert Account.objects.get().available == 100
    assert not Entry.objects.filter(kind="redemption").exists()
    assert [row.name for row in queries.rewards(programme_on.id, 10, timezone.now(), all_of_them=True)] == [
        "5 USD",
        "A cup",
    ]


def test_a_product_cannot_go_while_it_is_redeemed(product: Any, programme_on: Any) -> None:
    """The foreign key is looked at when the transaction ends; by then the product must still be there."""
    with transaction.atomic():
        assert host.shown_products([product.pk], programme_on.id, timezone.now(), keep=True) == {product.pk}
    assert host.shown_products([], programme_on.id, timezone.now()) == frozenset()
    assert host.shown_products([product.pk + 1], programme_on.id, timezone.now()) == frozenset()


def test_another_currency_is_no_reward(programme_on: Any, customer: Any, give_points: Any) -> None:
    give_points(customer, 100)
    Reward.objects.update(currency="SEK")
    assert on_the_list(programme_on) == []
    with pytest.raises(errors.RewardUnavailable):
        redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())


def test_a_channel_that_is_gone_has_no_rewards(programme_on: Any) -> None:
    Reward.objects.update(channel_id="987654")
    assert queries.rewards("987654", 10, timezone.now()) == []


@pytest.mark.parametrize("way", GONE)
def test_a_prize_that_is_gone_leaves_its_turn_to_the_next(
    way: str, product: Any, programme_on: Any, customer: Any
) -> None:
    hosts.configure(programme_on, holdout_share="0")
    cup = campaigns.Gift(PrizeKind.FREE_PRODUCT, "A cup", Decimal(40), weight=1_000_000, product_id=product.pk)
    campaign(programme_on, cup, campaigns.Gift(PrizeKind.VOUCHER, "Five", Decimal(5)))
    GONE[way](product)
    order = settled(customer)
    assert (draw_of(order).outcome, draw_of(order).prize.name) == ("won", "Five")
    assert Budget.objects.get().spent == 5


@pytest.mark.parametrize("way", GONE)
def test_where_all_prizes_are_gone_the_draw_says_so(way: str, product: Any, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on, campaigns.Gift(PrizeKind.FREE_PRODUCT, "A cup", Decimal(40), product_id=product.pk))
    GONE[way](product)
    assert draw_of(settled(customer)).outcome == "out of stock"
    assert Budget.objects.get().spent == 0


def test_money_of_another_currency_is_no_prize(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    Budget.objects.update(currency="SEK")
    assert draw_of(settled(customer)).outcome == "out of stock"


def test_a_group_that_is_gone_has_no_members(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on, groups=["Friends"])
    order = hosts.order(customer, [("40", 1)])
    settlement.settle(host.order_id(order))
    assert Draw.objects.get().outcome == "group"


def test_a_hundred_rewards_cost_as_many_statements_as_two(programme_on: Any, customer: Any, give_points: Any) -> None:
    """With limits, stock and tiers."""
    give_points(customer, 20)
    programmes.ladder(("silver", 10, "1"))
    account = Account.objects.get()
    terms = {"tier": "silver", "limit_per_customer": 1, "limit_days": 30, "stock": 5}

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            queries.next_above(programme_on.id, account, timezone.now())
            queries.affordable(programme_on.id, account, timezone.now())
        return len(seen)

    for number in range(2):
        catalogue.create(programme_on, "voucher", f"Reward {number}", 30 + number, Decimal(3), **terms)
    few = statements()
    for number in range(98):
        catalogue.create(programme_on, "voucher", f"Another {number}", 40 + number, Decimal(3), **terms)
    assert statements() == few
    assert few < 20
