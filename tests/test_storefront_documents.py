"""The ready documents: valid on this host, played for real, and served to storefronts of other sites."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import graphene
import pytest
from django.test import Client
from graphql import parse, validate

from saleor_reciprocity import __version__, host, settlement, storefront

from . import hosts
from .recommendations import model
from .storefront_documents import FOLDER, OPERATIONS, whole

PREFIX = "/plugins/saleor_reciprocity/storefront"


def test_what_is_shipped_has_these_names() -> None:
    assert OPERATIONS == [
        "LoyaltyCatalogue",
        "LoyaltyChooseMessages",
        "LoyaltyGiveBack",
        "LoyaltyPreferences",
        "LoyaltyRecommendations",
        "LoyaltyRedeem",
        "MyLoyaltyAtCheckout",
        "MyLoyaltyBalance",
        "MyLoyaltyCodes",
        "MyLoyaltyHistory",
        "MyLoyaltyMessages",
        "MyLoyaltySurprises",
        "MyLoyaltyTier",
    ]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_valid_on_this_host(name: str) -> None:
    assert validate(host.loaded_schema(), parse(whole(name))) == []


@pytest.fixture
def shop(channel: host.Channel, customer: Any) -> dict[str, Any]:
    """Ada bought for 120, which was shipped and won a gift, and for 30, which was not; Milk goes with her Tea."""
    hosts.configure(
        channel,
        active=True,
        reward_points="100",
        reward_value="5",
        surprise_probability="1",
        surprise_from_order="1",
        surprise_value="3",
        holdout_share="0",
    )
    for price, shipped in (("120", True), ("30", False)):
        order = hosts.order(customer, [(price, 1)])
        if shipped:
            hosts.ship(order)
        settlement.settle(host.order_id(order))
    tea, milk = (hosts.product(name, channel) for name in ("Tea", "Milk"))
    model.list_of(customer, "new", [milk], "together", because=tea)
    return {"ada": hosts.as_user(customer), "channel": channel.slug, "customer": customer, "milk": milk}


def played(shop: dict[str, Any], name: str, **variables: Any) -> Any:
    return shop["ada"].data(whole(name), **variables)


def test_balance_and_history_as_they_are_asked_for(shop: dict[str, Any]) -> None:
    account = played(shop, "MyLoyaltyBalance", channel=shop["channel"])["me"]["loyalty"]
    assert (account["available"], account["pending"], account["debt"], account["nextReward"]) == (120, 30, 0, None)
    me = played(shop, "MyLoyaltyHistory", first=1)["me"]
    assert me["loyalty"]["entries"]["pageInfo"]["hasNextPage"] is True
    assert me["loyalty"]["entries"]["edges"][0]["node"]["pending"] == 30
    loyalties = [edge["node"]["loyalty"] for edge in me["orders"]["edges"]]
    assert sorted((each["earned"], each["pending"]) for each in loyalties) == [(0, 30), (120, 0)]
    assert all(each["why"] for each in loyalties)


def test_a_reward_is_redeemed_and_given_back(shop: dict[str, Any]) -> None:
    catalogue = played(shop, "LoyaltyCatalogue", channel=shop["channel"])
    (reward,) = [edge["node"] for edge in catalogue["loyaltyRewards"]["edges"]]
    assert (reward["points"], reward["value"]["amount"]) == (100, 5)
    wanted = {"rewardId": reward["id"], "idempotencyKey": "k"}
    done = played(shop, "LoyaltyRedeem", input=wanted)["pointsRedeem"]
    assert (done["errors"], done["redemption"]["state"], done["onCheckout"]) == ([], "UNUSED", None)
    (code,) = played(shop, "MyLoyaltyCodes")["me"]["loyalty"]["redemptions"]["edges"]
    assert code["node"]["code"] == done["redemption"]["code"]
    back = played(shop, "LoyaltyGiveBack", id=done["redemption"]["id"])["pointsRedemptionCancel"]
    assert (back["errors"], back["redemption"]["state"]) == ([], "CANCELLED")


def test_gifts_tiers_and_messages(shop: dict[str, Any]) -> None:
    (gift, *_) = played(shop, "MyLoyaltySurprises")["me"]["loyalty"]["surprises"]["edges"]
    assert (gift["node"]["value"]["amount"], gift["node"]["state"]) == (3, "ISSUED")
    assert played(shop, "MyLoyaltyTier")["loyaltyTiers"] is None
    chosen = played(shop, "LoyaltyChooseMessages", input=[{"kind": "SURVEY", "wanted": True}])
    assert chosen["communicationPreferencesUpdate"]["errors"] == []
    account = played(shop, "MyLoyaltyMessages")["me"]["loyalty"]
    assert {each["kind"]: each["wanted"] for each in account["communicationPreferences"]}["SURVEY"] is True


def test_recommendations_and_what_is_not_wanted(shop: dict[str, Any]) -> None:
    def names() -> list[str]:
        found = played(shop, "LoyaltyRecommendations", channel=shop["channel"])["recommendations"]["edges"]
        return [edge["node"]["product"]["name"] for edge in found]

    assert names() == ["Milk"]
    milk = graphene.Node.to_global_id("Product", shop["milk"].pk)
    assert played(shop, "LoyaltyPreferences", input={"notInterested": [milk]})["preferencesUpdate"]["errors"] == []
    assert names() == []


def test_what_a_checkout_would_bring(shop: dict[str, Any]) -> None:
    row = hosts.checkout(shop["customer"], "40")
    token = str(getattr(row, "token", row.pk))
    by_id = {"id": graphene.Node.to_global_id("Checkout", token)}
    variables = by_id if hosts.MULTI_CHANNEL else {"token": token}
    seen = played(shop, "MyLoyaltyAtCheckout", **variables)["checkout"]["loyalty"]
    assert (seen["points"], [each["points"] for each in seen["redeemable"]]) == (40, [100])


@pytest.mark.parametrize("name", sorted(storefront.files()))
def test_every_file_is_served_to_every_site(channel: host.Channel, name: str) -> None:
    response = Client().get(f"{PREFIX}/{name}", HTTP_ORIGIN="https://shop.example")
    assert response.content == (FOLDER.parent / name).read_bytes()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    for_ever = response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert for_ever is name.startswith("reciprocity-")


def test_the_list_names_each_file_with_its_hash(channel: host.Channel) -> None:
    listed = Client().get(f"{PREFIX}/").json()
    name = f"reciprocity-{__version__}.js"
    digest = hashlib.sha384((FOLDER.parent / name).read_bytes()).digest()
    assert listed[name] == "sha384-" + base64.b64encode(digest).decode()
    assert set(listed) == set(storefront.files())
    assert {"documents/LoyaltyBalance.graphql", f"reciprocity-{__version__}.d.ts"} <= set(listed)


@pytest.mark.parametrize(
    "name", ["__init__.py", "../serving.py", "documents", "reciprocity-0.0.0.js", "documents/../../wire.py"]
)
def test_nothing_else_is_served(channel: host.Channel, name: str) -> None:
    assert Client().get(f"{PREFIX}/{name}").status_code == 404
