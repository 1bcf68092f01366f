"""What staff see and do who may act in some channels only: a table over every field that the plugin adds."""

from __future__ import annotations

from typing import Any

import graphene
import pytest
from django.db import transaction
from django.utils import timezone

from saleor_reciprocity import erasure, host, rights
from saleor_reciprocity.rewards import catalogue
from saleor_reciprocity.surveys import responses
from saleor_reciprocity.surveys.responses import Given, Record

from .. import hosts
from ..points.programmes import earned
from ..surveys.shop import an_answer, to_be_asked
from .matrix import MATRIX, queries_of, served

REFUSED, SEEN = "refused", "seen"  # seen: it is of the shop, of a person, of oneself or of everybody
NOTHING: dict[str, Any] = {"edges": []}

# Each field for somebody who has every right and no channel: refused, seen, or what is left of it.
OUT_OF_REACH = {
    "Checkout.loyalty": REFUSED,
    "Mutation.communicationPause": REFUSED,
    "Mutation.communicationPreferencesUpdate": SEEN,
    "Mutation.communicationTest": REFUSED,
    "Mutation.loyaltyAccountsMerge": SEEN,
    "Mutation.loyaltyAdjustmentReverse": SEEN,
    "Mutation.loyaltyBonusGive": REFUSED,
    "Mutation.loyaltyCustomerErase": SEEN,
    "Mutation.loyaltyExampleApply": REFUSED,
    "Mutation.loyaltyNoteAdd": SEEN,
    "Mutation.loyaltyNoteDelete": SEEN,
    "Mutation.loyaltyPointsAdjust": SEEN,
    "Mutation.loyaltyRewardCodesUpload": REFUSED,
    "Mutation.loyaltyRewardCreate": REFUSED,
    "Mutation.loyaltyRewardEnd": REFUSED,
    "Mutation.loyaltyRewardUpdate": REFUSED,
    "Mutation.loyaltyRuleCreate": REFUSED,
    "Mutation.loyaltyRuleEnd": REFUSED,
    "Mutation.loyaltyRuleSimulate": REFUSED,
    "Mutation.loyaltyRuleUpdate": REFUSED,
    "Mutation.loyaltyServiceCancel": REFUSED,
    "Mutation.loyaltyServiceFinish": REFUSED,
    "Mutation.loyaltySettingsCopy": REFUSED,
    "Mutation.loyaltySettingsUpdate": REFUSED,
    "Mutation.loyaltyTiersSet": SEEN,
    "Mutation.pointsRedeem": REFUSED,  # another's points, whatever the channel
    "Mutation.pointsRedemptionCancel": REFUSED,
    "Mutation.preferencesUpdate": SEEN,
    "Mutation.surpriseCampaignCreate": REFUSED,
    "Mutation.surpriseCampaignEnd": REFUSED,
    "Mutation.surpriseCampaignUpdate": REFUSED,
    "Mutation.surveyAnswerDealWith": REFUSED,
    "Mutation.surveyAnswerRecord": REFUSED,
    "Mutation.surveyAnswerReply": REFUSED,
    "Order.loyalty": REFUSED,
    "Order.surprise": REFUSED,
    "Order.surveyAnswer": REFUSED,
    "Query.communicationMessages": {"totalCount": 0},
    "Query.communicationPreview": REFUSED,
    "Query.communicationSending": [],
    "Query.loyaltyAccount": SEEN,
    "Query.loyaltyBonuses": [],
    "Query.loyaltyChannels": [],
    "Query.loyaltyEvents": REFUSED,
    "Query.loyaltyExamples": REFUSED,
    "Query.loyaltyHealth": SEEN,
    "Query.loyaltyHoldoutPower": REFUSED,
    "Query.loyaltyNamed": SEEN,
    "Query.loyaltyPointsName": SEEN,
    "Query.loyaltyProgrammes": [],
    "Query.loyaltyReport": REFUSED,
    "Query.loyaltyRewards": SEEN,
    "Query.loyaltyRights": SEEN,
    "Query.loyaltyRules": REFUSED,
    "Query.loyaltyServices": NOTHING,
    "Query.loyaltySettings": REFUSED,
    "Query.loyaltyTiers": SEEN,
    "Query.loyaltyTiersBefore": SEEN,
    "Query.recommendations": SEEN,
    "Query.surpriseCampaigns": REFUSED,
    "Query.surpriseProofs": SEEN,
    "Query.surveyAnswers": NOTHING,
    "Query.surveyAnswersCsv": '"answered at","order","channel","question","score","comment","products","ratings",'
    '"unhappy","replies","way"\r\n',
    "Query.surveyInvitations": REFUSED,
    "Query.surveyScores": [],
    "Query.surveyOpenAnswers": {"totalCount": 0},
    "Query.surveyOpenLinks": [],
    "Mutation.surveyLinkCreate": REFUSED,
    "Mutation.surveyOpenCommentDelete": REFUSED,
    "Mutation.surveyOpenLinkCreate": REFUSED,
    "Mutation.surveyOpenLinkEnd": REFUSED,
    "User.loyalty": SEEN,
}

limited = pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 limits nobody to channels")


def test_every_field_says_what_is_left_of_it_out_of_reach() -> None:
    assert set(OUT_OF_REACH) == set(MATRIX)


def clerk_of(*channels: host.Channel, email: str = "clerk@example.com") -> Any:
    """A member of staff with every right, in these channels only."""
    user = hosts.customer(email, staff=True)
    hosts.limit_to(user, channels)
    hosts.give_rights(user.user_permissions, *rights.ASKED_FOR)
    return user


def said(field: str, answer: dict[str, Any]) -> Any:
    """What a field gave: refused, what is left of it, or else seen."""
    if not served(answer):
        return REFUSED
    (value,) = answer["data"].values()
    return value if value == OUT_OF_REACH[field] else SEEN


@limited
def test_what_is_of_a_channel_out_of_reach_is_neither_shown_nor_done(programme_on: Any, customer: Any) -> None:
    outside, inside = clerk_of(), clerk_of(programme_on, email="inside@example.com")
    asked, found, without = queries_of(customer), {}, {}
    for field, query in asked.items():
        for clerk, answers in ((outside, found), (inside, without)):
            with transaction.atomic():
                answers[field] = said(field, hosts.as_user(clerk)(query))
                transaction.set_rollback(True)
    assert found == OUT_OF_REACH
    denied = [field for field, answer in without.items() if answer == REFUSED]
    assert denied == ["Query.loyaltyReport", "Mutation.pointsRedeem"]  # the shop's report is of all channels


@limited
def test_lists_hold_what_is_of_the_channels_within_reach(programme_on: Any, customer: Any) -> None:
    other = hosts.open_channel("other")
    clerk = hosts.as_user(clerk_of(other))
    bob = hosts.customer("bob@example.com")
    an_answer(host.order_id(hosts.order(bob, [("9", 1)], channel=other)), bob, 5)
    an_answer(host.order_id(earned(customer)), customer, 1)
    everything = "{ surveyAnswers { totalCount edges { node { score } } } loyaltyChannels { slug } }"
    data = clerk.data(everything)
    assert data["loyaltyChannels"] == [{"slug": "other"}]
    assert data["surveyAnswers"] == {"totalCount": 1, "edges": [{"node": {"score": 5}}]}
    all_of_them = hosts.as_user(clerk_of(programme_on, other, email="both@example.com")).data(everything)
    assert all_of_them["surveyAnswers"]["totalCount"] == 2
    named = '{ surveyAnswers(filter: {channel: "default-channel"}) { totalCount } }'
    assert clerk(named)["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


@limited
def test_what_is_seen_of_a_customer_holds_nothing_of_another_channel(programme_on: Any, customer: Any) -> None:
    an_answer(host.order_id(earned(customer)), customer, 1)
    user = graphene.Node.to_global_id("User", customer.pk)
    query = f'{{ loyaltyAccount(userId: "{user}") {{ available openOrders {{ id }} surveyAnswers {{ score }} }} }}'
    outside = hosts.as_user(clerk_of()).data(query)["loyaltyAccount"]
    assert outside == {"available": 120, "openOrders": [], "surveyAnswers": []}
    inside = hosts.as_user(clerk_of(programme_on, email="inside@example.com")).data(query)["loyaltyAccount"]
    assert inside["surveyAnswers"] == [{"score": 1}]


@limited
def test_what_is_out_of_reach_takes_no_place_of_what_is_within(programme_on: Any, customer: Any) -> None:
    """A list of twenty is of twenty that its reader may see, however many newer ones there are elsewhere."""
    other = hosts.open_channel("other")
    mine = [earned(customer), earned(customer)]
    an_answer(host.order_id(mine[0]), customer, 1)
    to_be_asked(mine[1], customer)
    for _ in range(20):
        abroad = [hosts.order(customer, [("9", 1)], channel=other) for _ in range(2)]
        told, _waits = (to_be_asked(order, customer, channel_id=other.id) for order in abroad)
        responses.take(told, Given(5), timezone.now(), Record("phone", "user:1"))
    user = graphene.Node.to_global_id("User", customer.pk)
    query = f'{{ loyaltyAccount(userId: "{user}") {{ openOrders {{ state }} surveyAnswers {{ score }} }} }}'
    inside = hosts.as_user(clerk_of(programme_on)).data(query)["loyaltyAccount"]
    assert inside == {"openOrders": [{"state": "WAITING"}], "surveyAnswers": [{"score": 1}]}


@limited
def test_a_reward_that_everybody_sees_says_more_to_staff_of_its_channel_only(programme_on: Any) -> None:
    catalogue.create(programme_on, "voucher", "Five", 5, 5, stock=3)
    query = '{ loyaltyRewards(channel: "default-channel", first: 1) { edges { node { name stock } } } }'

    def stock(user: Any) -> Any:
        return hosts.as_user(user).data(query)["loyaltyRewards"]["edges"][0]["node"]

    assert stock(clerk_of()) == {"name": "Five", "stock": None}
    assert stock(clerk_of(programme_on, email="inside@example.com")) == {"name": "Five", "stock": 3}


@limited
def test_groups_add_up_and_one_without_a_limit_opens_all(programme_on: Any) -> None:
    other, user = hosts.open_channel("other"), clerk_of(programme_on)
    asked = "{ loyaltyChannels { slug } }"

    def slugs() -> list[str]:
        return [one["slug"] for one in hosts.as_user(user).data(asked)["loyaltyChannels"]]

    assert slugs() == ["default-channel"]
    hosts.limit_to(user, [other])
    assert sorted(slugs()) == ["default-channel", "other"]
    hosts.open_channel("third")
    hosts.put_in_group(user, "Every channel")
    assert sorted(slugs()) == ["default-channel", "other", "third"]


@limited
def test_who_administers_the_shop_and_apps_reach_all(programme_on: Any) -> None:
    hosts.open_channel("other")
    boss = hosts.customer("boss@example.com", staff=True)
    boss.is_superuser = True
    boss.save()
    hosts.limit_to(boss, [])
    for client in (hosts.as_user(boss), hosts.as_app(), hosts.as_user(hosts.customer("new@example.com", staff=True))):
        assert len(client.data("{ loyaltyChannels { slug } }")["loyaltyChannels"]) == 2


def test_what_is_held_about_a_person_is_given_whole_or_not_at_all(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    earned(customer)
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, rights.MANAGE_USERS)
    query = '{ loyaltyAccount(email: "ada@example.com") { personalData } }'
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "export", lambda person: 1 / 0)  # nothing is read for who may not have it
        refused = hosts.as_user(clerk)(query)
    assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    hosts.give_rights(clerk.user_permissions, rights.MANAGE_ORDERS)
    assert "entries" in hosts.as_user(clerk).data(query)["loyaltyAccount"]["personalData"]
    if hosts.MULTI_CHANNEL:
        hosts.limit_to(clerk, [programme_on])
        assert hosts.as_user(clerk)(query)["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    own = hosts.as_user(customer).data("{ me { loyalty { personalData } } }")
    assert "entries" in own["me"]["loyalty"]["personalData"]
