"""Services through GraphQL: what the customer sees, what staff do, and what nobody else learns."""

from __future__ import annotations

from typing import Any

import graphene
import pytest

from saleor_reciprocity.rewards.models import Redemption

from .. import hosts
from ..points.programmes import earned
from ..rewards.services import redeemed_by, service
from .asking import REDEEM

CREATE = """mutation($input: LoyaltyRewardCreateInput!) { loyaltyRewardCreate(input: $input) {
  reward { id kind text left codesLeft } errors { field code } } }"""
UPLOAD = """mutation($id: ID!, $codes: String!) { loyaltyRewardCodesUpload(id: $id, codes: $codes) {
  reward { left codesLeft } errors { field code message } } }"""
MINE = """{ me { loyalty { available redemptions { edges { node {
  kind state code text closeReason closedBy closedAt customerEmail } } } } } }"""
LIST = """query($channel: String, $state: LoyaltyRedemptionState) { loyaltyServices(channel: $channel, state: $state) {
  edges { node { name state code text customerId customerEmail closedBy closeReason } } } }"""
FINISH = "mutation($id: ID!) { loyaltyServiceFinish(id: $id) { redemption { state closedBy } errors { field code } } }"
CANCEL = """mutation($id: ID!, $reason: String!) { loyaltyServiceCancel(id: $id, reason: $reason) {
  redemption { state closeReason } errors { field code } } }"""
GIVE_BACK = "mutation($id: ID!) { pointsRedemptionCancel(id: $id) { errors { field code } } }"
CATALOGUE = "{ loyaltyRewards { edges { node { name text left codesLeft } } } }"


def listed(client: Any, **variables: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in client.data(LIST, **variables)["loyaltyServices"]["edges"]]


def global_id(made: Redemption) -> str:
    return str(graphene.Node.to_global_id("LoyaltyRedemption", made.pk))


@pytest.fixture
def ada(customer: Any, programme_on: Any) -> Any:
    earned(customer, "90")
    return customer


def test_a_service_from_the_catalogue_to_done(ada: Any, staff: Any) -> None:
    terms = {"kind": "SERVICE", "name": "Ticket", "points": 30, "value": 12, "text": "At the door.", "givesCodes": True}
    reward = staff.data(CREATE, input=terms)["loyaltyRewardCreate"]["reward"]
    assert reward == {"id": reward["id"], "kind": "SERVICE", "text": "At the door.", "left": 0, "codesLeft": 0}
    mine = hosts.as_user(ada)
    wish = {"rewardId": reward["id"], "idempotencyKey": "k"}
    refused = mine.data(REDEEM, input=wish)["pointsRedeem"]
    assert [error["code"] for error in refused["errors"]] == ["OUT_OF_STOCK"]
    uploaded = staff.data(UPLOAD, id=reward["id"], codes="SEAT-1\nSEAT-2")["loyaltyRewardCodesUpload"]
    assert uploaded == {"reward": {"left": 2, "codesLeft": 2}, "errors": []}

    made = mine.data(REDEEM, input=wish)["pointsRedeem"]["redemption"]
    assert (made["kind"], made["code"], made["points"], made["value"]["amount"]) == ("SERVICE", "SEAT-1", 30, 12.0)
    (seen,) = listed(staff)
    assert seen == {
        "name": "Ticket", "state": "OPEN", "code": "SEAT-1", "text": "At the door.",
        "customerId": graphene.Node.to_global_id("User", ada.pk), "customerEmail": "ada@example.com",
        "closedBy": None, "closeReason": None,
    }  # fmt: skip
    done = staff.data(FINISH, id=made["id"])["loyaltyServiceFinish"]
    member = Redemption.objects.get().closed_by
    assert done == {"redemption": {"state": "DONE", "closedBy": member}, "errors": []}
    (mine_now,) = mine.data(MINE)["me"]["loyalty"]["redemptions"]["edges"]
    closed_at = mine_now["node"].pop("closedAt")
    assert closed_at is not None
    assert mine_now["node"] == {
        "kind": "SERVICE", "state": "DONE", "code": "SEAT-1", "text": "At the door.", "closeReason": None,
        "closedBy": None, "customerEmail": None,
    }  # fmt: skip
    for again in (staff.data(FINISH, id=made["id"]), staff.data(CANCEL, id=made["id"], reason="No")):
        (payload,) = again.values()
        assert payload == {"redemption": None, "errors": [{"field": "id", "code": "ALREADY_CLOSED"}]}


def test_a_cancelled_service_gives_points_back_and_says_why(ada: Any, staff: Any) -> None:
    made = global_id(redeemed_by(ada, service("SEAT-1")))
    refused = hosts.as_user(ada).data(GIVE_BACK, id=made)["pointsRedemptionCancel"]
    assert refused["errors"] == [{"field": "id", "code": "DONE_BY_PEOPLE"}]
    cancelled = staff.data(CANCEL, id=made, reason="No seat left")["loyaltyServiceCancel"]
    assert cancelled == {"redemption": {"state": "CANCELLED", "closeReason": "No seat left"}, "errors": []}
    loyalty = hosts.as_user(ada).data(MINE)["me"]["loyalty"]
    assert loyalty["available"] == 90
    assert loyalty["redemptions"]["edges"][0]["node"]["closeReason"] == "No seat left"


def test_staff_filter_the_work_list(ada: Any, staff: Any, programme_on: Any) -> None:
    first, second = (redeemed_by(ada, service(), key) for key in ("one", "two"))
    staff.data(FINISH, id=global_id(first))
    assert [one["state"] for one in listed(staff)] == ["OPEN", "DONE"]
    assert [one["state"] for one in listed(staff, state="DONE")] == ["DONE"]
    assert listed(staff, state="CANCELLED") == []
    assert len(listed(staff, channel=programme_on.slug, state="OPEN")) == 1
    assert listed(staff, channel="nowhere") == []
    staff.data(CANCEL, id=global_id(second), reason="No")
    assert listed(staff, state="OPEN") == []


def test_who_it_is_is_for_who_manages_customers(ada: Any) -> None:
    redeemed_by(ada, service("SEAT-1"))
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "discount.manage_discounts")
    (seen,) = listed(hosts.as_user(clerk))
    assert (seen["code"], seen["customerId"], seen["customerEmail"]) == ("SEAT-1", None, None)
    hosts.give_rights(clerk.user_permissions, "account.manage_users")
    (seen,) = listed(hosts.as_user(clerk))
    assert seen["customerEmail"] == "ada@example.com"


def test_an_uploaded_code_is_seen_by_its_buyer_and_by_who_manages_discounts_alone(ada: Any) -> None:
    redeemed_by(ada, service("SEAT-1\nSEAT-2"))
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "account.manage_users", "order.manage_orders")
    below = "personalData redemptions { edges { node { code closeReason } } }"
    account = f'{{ loyaltyAccount(email: "ada@example.com") {{ {below} }} }}'
    for client in (hosts.as_user(clerk), hosts.as_user(hosts.customer("bob@example.com")), hosts.GraphQL()):
        for query in (account, LIST, CATALOGUE, MINE):
            assert "SEAT-" not in str(client(query))
    offered = hosts.GraphQL().data(CATALOGUE)["loyaltyRewards"]["edges"]
    (catalogue,) = [one["node"] for one in offered if one["node"]["text"]]
    assert catalogue == {"name": "Ticket", "text": "Show this at the door.", "left": 1, "codesLeft": None}
    hosts.give_rights(clerk.user_permissions, "discount.manage_discounts")
    assert str(hosts.as_user(clerk)(account)).count("SEAT-1") == 2
    mine = hosts.as_user(ada)
    assert "SEAT-1" in str(mine(MINE))
    assert "SEAT-1" in mine.data("{ me { loyalty { personalData } } }")["me"]["loyalty"]["personalData"]
    assert "SEAT-2" not in str(mine(MINE))


def test_a_refused_upload_names_the_place_and_no_code(ada: Any, staff: Any, caplog: Any) -> None:
    reward = graphene.Node.to_global_id("LoyaltyReward", service("SEAT-1").pk)
    said = staff.data(UPLOAD, id=reward, codes="SEAT-2\nSEAT-1")["loyaltyRewardCodesUpload"]["errors"]
    assert [(error["field"], error["code"]) for error in said] == [("codes", "DUPLICATE_CODE")]
    assert said[0]["message"] == "Code 2 of the list was uploaded before. None was taken over."
    redeemed_by(ada, service("SEAT-3"))
    assert "SEAT-" not in caplog.text
