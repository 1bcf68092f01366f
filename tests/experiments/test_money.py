"""What a person brought until the outcome is frozen, added up by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Callable

import pytest
from saleor.product.models import Product

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points import accounts, giving, ledger
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.campaigns import Gift
from saleor_reciprocity.surprises.models import Draw, PrizeKind

from .. import hosts
from ..surprises.shop import campaign
from .followed import BEGIN, a_plan, addresses_of, buy, day, frozen

# What is done to a second order of 60 for goods and 12 for shipping, and what is counted of it then.
MONEY: dict[str, tuple[Callable[[Any], None], str]] = {
    "nothing": (lambda order: None, "72"),  # 60 + 12
    "a discount": (lambda order: hosts.change(order, total_gross_amount=Decimal("57")), "57"),  # 45 + 12
    "tax": (lambda order: hosts.tax(order, "50"), "62"),  # 50 + 12
    "a refund": (lambda order: hosts.refund(order, "18"), "54"),  # 72 - 18
    "tax and a refund": (lambda order: taxed_and_refunded(order, "50", "18"), "46.5"),  # 54 * 62 / 72
    "all of it paid back": (lambda order: hosts.refund(order, "72"), "0"),
    "more than all paid back": (lambda order: hosts.refund(order, "80"), "0"),
    "a gift card": (lambda order: hosts.pay_with_gift_card(order, "25"), "47"),  # 72 - 25
    "a gift card over the goods": (lambda order: hosts.pay_with_gift_card(order, "65"), "7"),  # 72 - 65
    "a gift card for all": (lambda order: hosts.pay_with_gift_card(order, "72"), "0"),
    "a cancellation": (hosts.cancel, "0"),
}


def taxed_and_refunded(order: Any, net: str, refunded: str) -> None:
    hosts.tax(order, net)
    hosts.refund(order, refunded)


@pytest.fixture
def unlucky(clock: Any, channel: host.Channel) -> str:
    """Somebody who is not held out and never wins, in a shop where a point that was given costs 0.1."""
    hosts.configure(channel, active=True, points_per_unit="0", holdout_share="0.5")
    campaign(channel, probability=Decimal("0.000001"))
    a_plan(made_at=BEGIN, point_cost=Decimal("0.1"))
    return next(addresses_of(False))


@pytest.mark.parametrize("change", MONEY)
def test_money_is_what_was_paid_without_tax_and_not_paid_back(change: str, clock: Any, unlucky: str) -> None:
    make, expected = MONEY[change]
    buy(clock, 0, unlucky, "500")  # the order that led to the assignment never counts
    make(hosts.order(unlucky, [("60", 1)], shipping="12", placed_at=day(10)))
    assert frozen().money == Decimal(expected)


def test_money_is_that_of_all_orders_within_the_window(clock: Any, unlucky: str) -> None:
    buy(clock, 0, unlucky)
    for price, when in (("10.50", 1), ("20.25", 45), ("40", 90), ("100", 90.1)):
        hosts.order(unlucky, [(price, 1)], placed_at=day(when))
    assert frozen().money == Decimal("70.75")


def test_points_that_were_earned_cost_and_those_taken_back_do_not(
    clock: Any, unlucky: str, channel: host.Channel
) -> None:
    """A point for each unit: 40 were earned, of which 10 are taken back with a refund of 10. 40 - 10 - 30 * 0.1."""
    buy(clock, 0, unlucky)
    hosts.configure(channel, points_per_unit="1")
    order = buy(clock, 10, unlucky)
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    clock.move_to(day(20))
    hosts.refund(order, "10")
    settlement.settle(host.order_id(order))
    assert frozen().money == Decimal("27")


def test_points_count_with_their_order_whenever_it_is_shipped(clock: Any, unlucky: str, channel: host.Channel) -> None:
    """A point for each unit. Of the order that began it none count, of the one of day 10 all: 40 - 40 * 0.1."""
    hosts.configure(channel, points_per_unit="1")
    first = buy(clock, 0, unlucky, "500")
    second = buy(clock, 10, unlucky)
    for when, order in ((30, first), (95, second)):
        clock.move_to(day(when))
        hosts.ship(order)
        settlement.settle(host.order_id(order))
    assert sorted(Entry.objects.filter(kind="earned").values_list("points", flat=True)) == [40, 500]
    assert frozen().money == Decimal(36)


def test_what_is_paid_with_points_is_paid(clock: Any, unlucky: str, channel: host.Channel) -> None:
    """They counted when they were given. 30 of 40 are paid and 10 by a code for points of before: 40."""
    buy(clock, 0, unlucky)
    pay_with_points(clock, unlucky, channel)
    assert frozen().money == Decimal(40)


def pay_with_points(clock: Any, buyer: str, channel: host.Channel) -> None:
    """An order of 40, of which 10 are paid by a code for points that were there before."""
    user = hosts.customer(buyer)
    account = accounts.open_account(host.person(user), day(0))
    giving.give(account, ledger.Posting("adjustment", "test:before", day(0), 100), day(0))
    reward = Reward.objects.create(
        channel_id=channel.id, kind="voucher", name="Ten", points=100, value=10, currency=channel.currency
    )
    clock.move_to(day(5))
    made = redemption.redeem(host.person(user), reward.pk, "a key", now=day(5))
    order = hosts.order(user, [("40", 1)], placed_at=day(10), discount="10")
    hosts.put_voucher(order, made.code)
    assert closing.note_use(made.pk, day(10))
    assert Redemption.objects.get().used_by_order == host.order_id(order)


@pytest.fixture
def lucky(clock: Any, channel: host.Channel, request: Any) -> str:
    """Somebody who wins a prize with the first order, and only with that."""
    return winner(request.param, channel)


def winner(prize: Callable[[host.Channel], Gift], channel: host.Channel, margin: str = "1") -> str:
    hosts.configure(channel, active=True, points_per_unit="0", holdout_share="0.5")
    campaign(channel, prize(channel), probability=Decimal(1), cooling_off_days=90)
    for question in ("programme", "gift"):
        a_plan(question=question, made_at=BEGIN, point_cost=Decimal("0.1"), margin=Decimal(margin))
    return next(addresses_of(False))


def points(channel: host.Channel) -> Gift:
    return Gift(PrizeKind.POINTS, "Fifty points", Decimal(5), points=50)


def voucher(channel: host.Channel) -> Gift:
    return Gift(PrizeKind.VOUCHER, "Five", Decimal(5))


def a_cup(channel: host.Channel) -> Gift:
    hosts.open_shop(channel)
    return Gift(PrizeKind.FREE_PRODUCT, "A cup", Decimal("7.5"), product_id=Product.objects.get().pk)


@pytest.mark.parametrize("lucky", [points], indirect=True)
def test_points_that_were_won_cost_from_the_draw_on(clock: Any, lucky: str) -> None:
    """The draw itself is the moment from which the person is followed: 40 - 50 * 0.1."""
    buy(clock, 0, lucky)
    buy(clock, 10, lucky)
    assert Draw.objects.get(outcome="won").entry.points == 50
    assert [frozen(question).money for question in ("programme", "gift")] == [Decimal(35), Decimal(35)]


@pytest.mark.parametrize(("lucky", "expected"), [(a_cup, "32.5"), (voucher, "40")], indirect=["lucky"])
def test_a_free_product_costs_once_it_was_used_and_a_voucher_only_lowers_what_is_paid(
    clock: Any, lucky: str, expected: str
) -> None:
    buy(clock, 0, lucky)
    buy(clock, 10, lucky)
    assert Draw.objects.filter(outcome="won").update(state="used") == 1
    assert frozen().money == Decimal(expected)


@pytest.mark.parametrize("lucky", [a_cup], indirect=True)
def test_a_free_product_that_nobody_fetched_costs_nothing(clock: Any, lucky: str) -> None:
    buy(clock, 0, lucky)
    buy(clock, 10, lucky)
    assert Draw.objects.get(outcome="won").state == "issued"
    assert frozen().money == Decimal(40)


# The second order is of 40 for goods and 12 for shipping, in a shop that keeps a quarter of what it sells.
AT_A_QUARTER: dict[str, tuple[Callable[[Any], None], str]] = {
    "nothing": (lambda order: None, "13"),  # 52 / 4
    "tax": (lambda order: hosts.tax(order, "30"), "10.5"),  # 42 / 4
    "a refund": (lambda order: hosts.refund(order, "18"), "8.5"),  # 34 / 4
    "a discount of the shop's own": (lambda order: hosts.change(order, total_gross_amount=Decimal("42")), "10.5"),
    "a cancellation": (hosts.cancel, "0"),
}


@pytest.fixture
def at_a_quarter(clock: Any, channel: host.Channel) -> str:
    """Somebody who is not held out and never wins, in a shop that keeps a quarter of each sale."""
    hosts.configure(channel, active=True, points_per_unit="0", holdout_share="0.5")
    campaign(channel, probability=Decimal("0.000001"))
    a_plan(made_at=BEGIN, point_cost=Decimal("0.1"), margin=Decimal("0.25"))
    return next(addresses_of(False))


@pytest.mark.parametrize("change", AT_A_QUARTER)
def test_of_what_was_paid_the_margin_is_counted(change: str, clock: Any, at_a_quarter: str) -> None:
    make, expected = AT_A_QUARTER[change]
    buy(clock, 0, at_a_quarter, "500")
    make(hosts.order(at_a_quarter, [("40", 1)], shipping="12", placed_at=day(10)))
    assert frozen().money == Decimal(expected)


def test_points_cost_in_full_whatever_the_margin(clock: Any, at_a_quarter: str, channel: host.Channel) -> None:
    """A point for each unit: of 40 that were paid 10 are kept, and 40 points at 0.1 cost 4."""
    buy(clock, 0, at_a_quarter, "500")
    hosts.configure(channel, points_per_unit="1")
    order = buy(clock, 10, at_a_quarter)
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    assert frozen().money == Decimal(6)


def test_what_is_paid_with_points_is_paid_of_a_margin_too(clock: Any, at_a_quarter: str, channel: host.Channel) -> None:
    """Goods of 40, of which 30 are paid and 10 by a code for points of before, which have cost: 40 / 4."""
    buy(clock, 0, at_a_quarter)
    pay_with_points(clock, at_a_quarter, channel)
    assert frozen().money == Decimal(10)


def test_a_gift_that_was_used_costs_in_full_whatever_the_margin(clock: Any, channel: host.Channel) -> None:
    """Goods of 40, of which the code of a gift paid 5: a quarter of 40 is kept, and the 5 were given away."""
    buyer = winner(voucher, channel, "0.25")
    buy(clock, 0, buyer)
    use_gift(clock, buyer, off="5")
    assert [frozen(question).money for question in ("programme", "gift")] == [Decimal(5), Decimal(5)]


def test_without_a_margin_a_gift_that_was_used_only_lowers_what_is_paid(clock: Any, channel: host.Channel) -> None:
    buyer = winner(voucher, channel)
    buy(clock, 0, buyer)
    use_gift(clock, buyer, off="5")
    assert frozen().money == Decimal(35)


def test_a_free_product_costs_in_full_whatever_the_margin(clock: Any, channel: host.Channel) -> None:
    """A quarter of 40, less the cup of 7.50, whose price is no part of what was paid."""
    buyer = winner(a_cup, channel, "0.25")
    buy(clock, 0, buyer)
    use_gift(clock, buyer, off="0")
    assert frozen().money == Decimal("2.5")


def test_points_that_were_won_cost_in_full_whatever_the_margin(clock: Any, channel: host.Channel) -> None:
    """A quarter of 40, less 50 points at 0.1."""
    buyer = winner(points, channel, "0.25")
    buy(clock, 0, buyer)
    buy(clock, 10, buyer)
    assert frozen().money == Decimal(5)


def test_a_gift_that_was_used_after_the_window_costs_nothing_in_it(clock: Any, channel: host.Channel) -> None:
    buyer = winner(voucher, channel, "0.25")
    buy(clock, 0, buyer)
    buy(clock, 10, buyer)
    use_gift(clock, buyer, off="5", when=91)
    assert frozen().money == Decimal(10)


def use_gift(clock: Any, buyer: str, off: str, when: float = 10) -> None:
    """An order of goods for 40 with the code of the gift that was won, which took so much off."""
    clock.move_to(day(when))
    order = hosts.order(buyer, [("40", 1)], placed_at=day(when), discount=off)
    gift = Draw.objects.filter(outcome="won").earliest("drawn_at")
    hosts.put_voucher(order, gift.code)
    settlement.settle(host.order_id(order))
    gift.refresh_from_db()
    assert (gift.state, gift.used_by_order) == ("used", host.order_id(order))
