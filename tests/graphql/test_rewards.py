"""Rewards through GraphQL: the catalogue, redeeming, and every refusal with its code."""

from __future__ import annotations

from typing import Any

import graphene
import pytest

from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..points.programmes import earned
from .asking import REDEEM

REWARDS = "{ loyaltyRewards { edges { node { id name kind points value { amount currency } isActive } } } }"
CREATE = """mutation($input: LoyaltyRewardCreateInput!) { loyaltyRewardCreate(input: $input) {
  reward { id name points isActive } errors { field code message } } }"""
UPDATE = """mutation($id: ID!, $input: LoyaltyRewardUpdateInput!) { loyaltyRewardUpdate(id: $id, input: $input) {
  reward { id name points isActive } errors { field code message } } }"""


def standard_reward(client: Any) -> str:
    return str(client.data(REWARDS)["loyaltyRewards"]["edges"][0]["node"]["id"])


def redeem(client: Any, reward: str, key: str = "key 1") -> dict[str, Any]:
    return dict(client.data(REDEEM, input={"rewardId": reward, "idempotencyKey": key})["pointsRedeem"])


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer["errors"]]


@pytest.fixture
def rich(programme_on: Any, customer: Any) -> Any:
    """A signed-in customer with 120 points."""
    earned(customer)
    return hosts.as_user(customer)


@pytest.fixture
def manager(db: Any) -> Any:
    """A signed-in member of staff who manages discounts."""
    staff = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(staff.user_permissions, "discount.manage_discounts")
    return hosts.as_user(staff)


def test_everybody_sees_what_points_are_good_for(programme_on: Any) -> None:
    (edge,) = hosts.GraphQL().data(REWARDS)["loyaltyRewards"]["edges"]
    edge["node"].pop("id")
    assert edge["node"] == {
        "name": "5 USD",
        "kind": "VOUCHER",
        "points": 50,
        "value": {"amount": 5.0, "currency": "USD"},
        "isActive": True,
    }


def test_points_become_a_code(rich: Any) -> None:
    answer = redeem(rich, standard_reward(rich))
    assert answer["errors"] == []
    assert answer["redemption"]["points"] == 50
    assert answer["redemption"]["value"] == {"amount": 5.0, "currency": "USD"}
    assert len(answer["redemption"]["code"]) >= 12
    listed = rich.data("{ me { loyalty { available redemptions { edges { node { code } } } } } }")["me"]["loyalty"]
    assert listed["available"] == 70
    assert [edge["node"]["code"] for edge in listed["redemptions"]["edges"]] == [answer["redemption"]["code"]]


def test_the_same_key_gives_the_same_code_and_one_debit(rich: Any) -> None:
    reward = standard_reward(rich)
    first, second = redeem(rich, reward), redeem(rich, reward)
    assert first == second
    assert Entry.objects.filter(kind="redemption").count() == 1
    assert Account.objects.get().available == 70


def test_a_key_stands_for_one_reward(rich: Any, manager: Any) -> None:
    redeem(rich, standard_reward(rich))
    other = manager.data(CREATE, input={"kind": "VOUCHER", "name": "Ten", "points": 10, "value": "1"})
    answer = redeem(rich, other["loyaltyRewardCreate"]["reward"]["id"])
    assert codes(answer) == [("idempotencyKey", "KEY_ALREADY_USED")]


def test_too_few_points_change_nothing(rich: Any) -> None:
    reward = standard_reward(rich)
    for key in ("a", "b"):
        assert redeem(rich, reward, key)["errors"] == []
    assert codes(redeem(rich, reward, "c")) == [(None, "INSUFFICIENT_POINTS")]
    assert Redemption.objects.count() == 2
    assert Account.objects.get().available == 20


@pytest.mark.parametrize("key", ["", "   ", "k" * 129])
def test_a_key_that_is_none_is_refused(key: str, rich: Any) -> None:
    assert codes(redeem(rich, standard_reward(rich), key)) == [("idempotencyKey", "INVALID")]


@pytest.mark.parametrize(
    "reward",
    ["", "nonsense", "4pyT", graphene.Node.to_global_id("LoyaltyReward", 10**30),
     graphene.Node.to_global_id("LoyaltyReward", 999999), graphene.Node.to_global_id("User", 1),
     graphene.Node.to_global_id("LoyaltyReward", "²")],
)  # fmt: skip
def test_a_reward_that_is_not_there_is_not_found(reward: str, rich: Any) -> None:
    assert codes(redeem(rich, reward)) == [("rewardId", "NOT_FOUND")]
    assert Redemption.objects.count() == 0


def test_a_stranger_cannot_redeem(rich: Any) -> None:
    reward = standard_reward(rich)
    assert codes(redeem(hosts.GraphQL(), reward)) == [(None, "SIGN_IN_REQUIRED")]


def test_a_shop_that_asks_for_no_confirmation_lets_its_customers_redeem_their_own_points(
    programme_on: Any, settings: Any
) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = False
    earned("eve@example.com")
    eve = hosts.customer_without_confirmation("eve@example.com")
    earned(eve, "60")
    answer = redeem(hosts.as_user(eve), standard_reward(hosts.GraphQL()))
    assert answer["errors"] == []
    account = Account.objects.get(user=eve)
    assert (account.available, account.email_hash) == (10, None), "a guest's points stay where they are"


def test_switched_off_refuses_redemption_and_keeps_the_balance_readable(rich: Any, programme_on: Any) -> None:
    reward = standard_reward(rich)
    hosts.configure(programme_on, active=False)
    assert codes(redeem(rich, reward)) == [(None, "PROGRAMME_OFF")]
    assert rich.data("{ me { loyalty { available } } }")["me"]["loyalty"]["available"] == 120


def test_a_reward_taken_off_the_shelf_is_unavailable(rich: Any, manager: Any) -> None:
    made = manager.data(CREATE, input={"kind": "GIFT_CARD", "name": "Ten", "points": 10, "value": "1"})
    reward = made["loyaltyRewardCreate"]["reward"]["id"]
    assert redeem(rich, reward)["errors"] == []
    changed = manager.data(UPDATE, id=reward, input={"isActive": False})["loyaltyRewardUpdate"]
    assert changed == {"reward": {"id": reward, "name": "Ten", "points": 10, "isActive": False}, "errors": []}
    assert codes(redeem(rich, reward, "key 2")) == [("rewardId", "REWARD_UNAVAILABLE")]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"points": 0}, "points"), ({"points": -5}, "points"), ({"value": "0"}, "value"), ({"value": "-1"}, "value"),
     ({"value": "0.0001"}, "value"), ({"name": "  "}, "name"), ({"name": "n" * 129}, "name"),
     ({"channel": "nowhere"}, "channel")],
)  # fmt: skip
def test_a_reward_that_cannot_be_offered_is_refused_at_its_field(change: Any, field: str, manager: Any) -> None:
    hosts.open_channel()
    values = {"kind": "VOUCHER", "name": "Five", "points": 50, "value": "5", **change}
    answer = manager.data(CREATE, input=values)["loyaltyRewardCreate"]
    assert [error["field"] for error in answer["errors"]] == [field]
    assert Reward.objects.count() == 0


def test_the_standard_reward_follows_the_plugins_page(programme_on: Any, manager: Any) -> None:
    hosts.configure(programme_on, reward_points=80, reward_kind="gift card")
    (edge,) = manager.data(REWARDS)["loyaltyRewards"]["edges"]
    assert (edge["node"]["points"], edge["node"]["kind"]) == (80, "GIFT_CARD")
    refused = manager.data(UPDATE, id=edge["node"]["id"], input={"points": 1})["loyaltyRewardUpdate"]
    assert codes(refused) == [("id", "INVALID")]
    hosts.configure(programme_on, reward_points=0)
    assert manager.data(REWARDS)["loyaltyRewards"]["edges"] == []
