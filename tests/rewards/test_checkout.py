"""Redeeming at the checkout: the code is put on it and worth no more than is payable. Edge cases 22, 23 and 28."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
import pytest
from django.utils import timezone
from saleor.checkout.models import Checkout as CheckoutRow
from saleor.order.models import Order as OrderRow

from demo.storefront import Checkout, Customer
from saleor_reciprocity import host
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, redemption, upkeep
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..storefront import ShopInProcess

REDEEM = """mutation($input: PointsRedeemInput!) { pointsRedeem(input: $input) {
  redemption { code points value { amount } } onCheckout errors { field code } } }"""


@pytest.fixture
def shop(programme_on: host.Channel, settings: Any) -> ShopInProcess:
    """A shop that sells one cup for 40, shipped for 10."""
    settings.ALLOWED_CLIENT_HOSTS = ["testserver"]
    hosts.open_shop(programme_on)
    return ShopInProcess(programme_on.slug)


@pytest.fixture
def ada(shop: ShopInProcess, customer: Any, give_points: Any) -> Customer:
    """A customer with 1000 points."""
    give_points(customer, 1000)
    return Customer(shop, customer.email, "password")


def basket(customer: Customer, quantity: int = 1) -> Checkout:
    """A new checkout. Saleor 2.10 has one for each customer, so the one before is given up there."""
    if not hosts.MULTI_CHANNEL:
        CheckoutRow.objects.filter(user__email=customer.email).delete()
    return customer.start_checkout(customer.variants()[0], quantity)


def offer(channel: host.Channel, kind: str = "voucher", points: int = 50, value: str = "5", **terms: Any) -> Reward:
    return catalogue.create(channel, kind, "Reward", points, Decimal(value), **terms)


def redeem(customer: Customer, reward: Reward, checkout_id: str, key: str = "k", **more: Any) -> dict[str, Any]:
    wish = {"rewardId": graphene.Node.to_global_id("LoyaltyReward", reward.pk), "idempotencyKey": key, **more}
    return dict(customer.ask(REDEEM, input={**wish, "checkoutId": checkout_id})["pointsRedeem"])


def refusal(answer: dict[str, Any]) -> tuple[str, str]:
    (error,) = answer["errors"]
    assert answer["redemption"] is None
    return error["field"], error["code"]


def total(customer: Customer, checkout: Checkout) -> Decimal:
    """What the host says is left to pay, found by the payment that it accepts."""
    row = host.checkout(key_of(checkout))
    assert row is not None
    return row.payable


def key_of(checkout: Checkout) -> str:
    return str(graphene.Node.from_global_id(checkout.id)[1])


def test_the_code_is_on_the_checkout(ada: Customer, programme_on: Any) -> None:
    checkout = basket(ada)
    answer = redeem(ada, offer(programme_on), checkout.id)
    assert (answer["errors"], answer["onCheckout"], answer["redemption"]["points"]) == ([], True, 50)
    assert total(ada, checkout) == 45
    order = ada.complete(Checkout(checkout.id, Decimal(45)))
    assert order.total == 45
    upkeep.look(timezone.now())
    assert Redemption.objects.get().state == "used"


@pytest.mark.parametrize(
    ("kind", "left", "points"), [("voucher", 10, 400), ("gift card", 0, 500)], ids=["voucher", "gift card"]
)
def test_edge_case_22_never_more_than_is_payable_and_nothing_left_of_it(
    kind: str, left: int, points: int, ada: Customer, programme_on: Any
) -> None:
    """A voucher takes off the goods, a gift card also pays for shipping."""
    reward = offer(programme_on, kind, 10, "1", least_points=1, most_points=900)
    checkout = basket(ada)
    answer = redeem(ada, reward, checkout.id, points=900)
    assert answer["redemption"]["points"] == points
    assert total(ada, checkout) == left
    assert Account.objects.get().available == 1000 - points, "unused points are untouched"


def test_edge_case_22_a_rate_that_does_not_divide_leaves_no_cent(ada: Customer, programme_on: Any) -> None:
    reward = offer(programme_on, "gift card", 7, "0.40", least_points=1, most_points=1000)
    checkout = basket(ada)
    answer = redeem(ada, reward, checkout.id)
    assert answer["redemption"]["points"] == 875
    assert total(ada, checkout) == 0


def test_edge_case_22_a_fixed_reward_larger_than_the_basket_costs_its_share(ada: Customer, programme_on: Any) -> None:
    reward = offer(programme_on, points=800, value="80")
    checkout = basket(ada)
    answer = redeem(ada, reward, checkout.id)
    assert (answer["redemption"]["points"], answer["redemption"]["value"]["amount"]) == (400, 40)
    assert Account.objects.get().available == 600


@pytest.mark.parametrize(
    ("wanted", "points", "left"), [(900, 350, "10"), (100, 100, "17.14")], ids=["all of the goods", "a part"]
)
def test_edge_case_22_a_price_that_does_not_divide_leaves_no_cent(
    wanted: int, points: int, left: str, ada: Customer, programme_on: Any
) -> None:
    """Three pieces share one discount; the host spreads it over them."""
    reward = offer(programme_on, "voucher", 35, "1", least_points=1, most_points=900)
    hosts.reprice("3.33", programme_on)
    checkout = basket(ada, 3)
    assert total(ada, checkout) == Decimal("19.99")
    answer = redeem(ada, reward, checkout.id, points=wanted)
    assert (answer["redemption"]["points"], total(ada, checkout)) == (points, Decimal(left))
    assert ada.complete(Checkout(checkout.id, Decimal(left))).total == Decimal(left)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one currency")
@pytest.mark.parametrize(
    ("currency", "wanted", "points", "value", "left"),
    [("JPY", 9, 8, "1", "49"), ("JPY", 900, 320, "40", "10"), ("KWD", 9, 9, "1.125", "48.875")],
)
def test_edge_case_8_currencies_without_and_with_three_decimals(
    currency: str, wanted: int, points: int, value: str, left: str, customer: Any, give_points: Any, settings: Any
) -> None:
    settings.ALLOWED_CLIENT_HOSTS = ["testserver"]
    give_points(customer, 1000)
    channel = hosts.open_channel(currency.lower(), currency)
    hosts.configure(channel, active=True)
    hosts.open_shop(channel)
    ada = Customer(ShopInProcess(channel.slug), customer.email, "password")
    checkout = basket(ada)
    reward = offer(channel, "voucher", 8, "1", least_points=1, most_points=900)
    made = redeem(ada, reward, checkout.id, points=wanted)["redemption"]
    assert (made["points"], made["value"]["amount"]) == (points, Decimal(value))
    assert total(ada, checkout) == Decimal(left)
    assert ada.complete(Checkout(checkout.id, Decimal(left))).total == Decimal(left)


def test_a_percentage_of_this_basket_and_of_no_smaller_one(ada: Customer, programme_on: Any) -> None:
    reward = offer(programme_on, "percentage", 50, "30", percent=Decimal(10))
    checkout = basket(ada, 2)
    answer = redeem(ada, reward, checkout.id)
    assert (answer["redemption"]["value"]["amount"], answer["redemption"]["points"]) == (8, 50)
    assert total(ada, checkout) == 82
    code = answer["redemption"]["code"]
    other = basket(ada, 1)
    with pytest.raises(Exception, match="not applicable"):
        ada.use_code(other, code)


def test_a_percentage_is_capped(ada: Customer, programme_on: Any) -> None:
    reward = offer(programme_on, "percentage", 50, "3", percent=Decimal(50))
    checkout = basket(ada)
    redeem(ada, reward, checkout.id)
    assert total(ada, checkout) == 47


def test_free_shipping_up_to_its_value(ada: Customer, programme_on: Any) -> None:
    checkout = basket(ada)
    redeem(ada, offer(programme_on, "free shipping", 20, "30"), checkout.id)
    assert total(ada, checkout) == 40


def test_a_free_product_is_one_piece(ada: Customer, programme_on: Any) -> None:
    from saleor.product.models import Product

    checkout = basket(ada, 2)
    redeem(ada, offer(programme_on, "free product", 20, "40", product_id=Product.objects.get().pk), checkout.id)
    assert total(ada, checkout) == 50


def test_a_free_product_that_is_not_in_the_basket(ada: Customer, programme_on: Any) -> None:
    other = hosts.product("Plate", programme_on)
    reward = offer(programme_on, "free product", 20, "40", product_id=other.pk)
    assert refusal(redeem(ada, reward, basket(ada).id)) == ("checkoutId", "REWARD_NOT_APPLICABLE")
    assert Account.objects.get().available == 1000


def test_a_minimum_that_the_basket_does_not_reach(ada: Customer, programme_on: Any) -> None:
    reward = offer(programme_on, minimum_spent=Decimal(41))
    assert refusal(redeem(ada, reward, basket(ada).id)) == ("checkoutId", "REWARD_NOT_APPLICABLE")
    assert redeem(ada, reward, basket(ada, 2).id)["onCheckout"]


def test_one_voucher_on_a_checkout_and_gift_cards_beside_it(ada: Customer, programme_on: Any) -> None:
    checkout = basket(ada)
    redeem(ada, offer(programme_on), checkout.id, "a")
    assert refusal(redeem(ada, offer(programme_on), checkout.id, "b")) == ("checkoutId", "VOUCHER_ON_CHECKOUT")
    card = offer(programme_on, "gift card", 10, "1", least_points=1, most_points=950)
    assert redeem(ada, card, checkout.id, "c")["redemption"]["points"] == 450
    assert total(ada, checkout) == 0
    assert refusal(redeem(ada, card, checkout.id, "d")) == ("checkoutId", "REWARD_NOT_APPLICABLE")


def test_with_the_guard_on_a_code_is_used_as_without_it(ada: Customer, programme_on: Any, guarded: None) -> None:
    for number in range(2):
        checkout = basket(ada)
        redeem(ada, offer(programme_on), checkout.id, f"key {number}")
        order = ada.complete(Checkout(checkout.id, Decimal(45)))
        hosts.ship(OrderRow.objects.get(pk=graphene.Node.from_global_id(order.id)[1]))
    upkeep.look(timezone.now())
    assert {made.state for made in Redemption.objects.all()} == {"used"}


def test_sent_again_after_a_crash_the_same_key_puts_the_same_code_there(
    ada: Customer, programme_on: Any, customer: Any
) -> None:
    checkout, reward = basket(ada), offer(programme_on)
    facts = host.checkout(key_of(checkout))
    made = redemption.redeem(host.person(customer), reward.pk, "k", None, facts, now=timezone.now())
    assert total(ada, checkout) == 50
    answer = redeem(ada, reward, checkout.id)
    assert (answer["redemption"]["code"], answer["onCheckout"]) == (made.code, True)
    assert total(ada, checkout) == 45
    ada.complete(Checkout(checkout.id, Decimal(45)))
    again = redeem(ada, reward, checkout.id)
    assert (again["redemption"]["code"], again["onCheckout"], again["errors"]) == (made.code, False, [])
    assert Account.objects.get(user=customer).debt == 0


def test_a_code_that_the_host_refuses_costs_nothing(ada: Customer, programme_on: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(host, "put_on_checkout", lambda info, token, code: False)
    reward = offer(programme_on, stock=1)
    assert refusal(redeem(ada, reward, basket(ada).id)) == ("checkoutId", "REWARD_NOT_APPLICABLE")
    assert Account.objects.get().available == 1000
    assert Redemption.objects.get().state == "cancelled"


def test_edge_case_23_somebody_elses_checkout_does_not_exist(ada: Customer, shop: Any, programme_on: Any) -> None:
    bob = Customer(shop, hosts.customer("bob@example.com").email, "password")
    reward = offer(programme_on)
    theirs = basket(bob).id
    nowhere = graphene.Node.to_global_id("Checkout", "00000000-0000-0000-0000-000000000000")
    other_type = graphene.Node.to_global_id("Order", key_of(Checkout(theirs, Decimal(0))))
    answers = [redeem(ada, reward, given) for given in (theirs, nowhere, other_type, "nonsense", "")]
    assert answers[1:] == answers[:-1]
    assert refusal(answers[0]) == ("checkoutId", "NOT_FOUND")
    assert Account.objects.get().available == 1000


def test_edge_case_26_a_gift_card_on_a_checkout_is_not_cancelled(ada: Customer, programme_on: Any) -> None:
    """Saleor prices an order before it looks at the card again, so the card must be off every checkout first."""
    checkout = basket(ada)
    redeem(ada, offer(programme_on, "gift card"), checkout.id)
    cancel = """mutation($id: ID!) { pointsRedemptionCancel(id: $id) { redemption { state } errors { code } } }"""
    made = graphene.Node.to_global_id("LoyaltyRedemption", Redemption.objects.get().pk)
    assert ada.ask(cancel, id=made)["pointsRedemptionCancel"]["errors"] == [{"code": "CODE_ON_CHECKOUT"}]
    code = Redemption.objects.get().code
    ada.do("checkoutRemovePromoCode", "", checkoutId=("ID!", checkout.id), promoCode=("String!", code))
    assert ada.ask(cancel, id=made)["pointsRedemptionCancel"]["redemption"] == {"state": "CANCELLED"}


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_edge_case_28_a_reward_of_another_channel_is_refused(ada: Customer, programme_on: Any) -> None:
    other = hosts.open_channel("poland", "PLN")
    hosts.configure(other, active=True)
    reward = offer(other)
    assert refusal(redeem(ada, reward, basket(ada).id)) == ("checkoutId", "REWARD_NOT_APPLICABLE")
    code = redemption.redeem(host.person(ada_user()), reward.pk, "there", now=timezone.now()).code
    with pytest.raises(Exception, match="invalid"):
        ada.use_code(basket(ada), code)


def ada_user() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(email="ada@example.com")
