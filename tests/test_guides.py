"""The guides say what is so: their GraphQL is played by the people of a small shop, and no field is left out."""

from __future__ import annotations

import json
import re
from typing import Any, Callable

import graphene
import pytest
from django.utils import timezone
from graphql import parse
from graphql.language.visitor import TypeInfoVisitor, Visitor, visit
from graphql.utils.type_info import TypeInfo

from demo.storefront import Checkout, Customer
from saleor_reciprocity import examples, host, settings, settlement
from saleor_reciprocity.graphql import schema
from saleor_reciprocity.graphql.starting import TITLES
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surveys import open_surveys
from saleor_reciprocity.surveys.models import OpenSurvey
from saleor_reciprocity.surveys.responses import Given

from . import hosts
from .documents import GUIDES, HOST, Block, blocks, table
from .recommendations import model
from .storefront import ShopInProcess
from .surveys.shop import an_answer, to_be_asked

ADMIN, STOREFRONT, _ = GUIDES


def steps() -> list[tuple[str, str, Any]]:
    """The guides' operations for this host, by name, each with the answer that is shown after it, or None."""
    found = [block for guide in GUIDES for block in blocks(guide) if block.host in ("", HOST)]
    following = [*found[1:], Block("", "", "")]
    return [
        (re.split(r"[({\s]+", block.text)[1], block.text, json.loads(after.text) if after.language == "json" else None)
        for block, after in zip(found, following)
        if block.language == "graphql"
    ]


class Play:
    """The shop of the guides, who is in it, and what its people have seen so far.

    Ada has bought for 120, which was shipped, and for 30, which was not. Bob is new; as a guest he has bought for 200.
    Eve has bought for 10 as a guest. The third order of a customer wins.
    """

    def __init__(self, channel: host.Channel, ada: Any) -> None:
        hosts.open_shop(channel)
        hosts.configure(channel, active=True, surprise_probability="1", surprise_from_order="3", holdout_share="0")
        hosts.configure(channel, mail_sender_address="shop@example.com")
        self.channel, self.seen = channel, {}
        self.shop = ShopInProcess(channel.slug)
        self.order = self._bought(ada, "120")
        an_answer(host.order_id(self.order), ada, score=2)
        self._bought(ada, "30", shipped=False)
        self._bought("bob-at-work@example.com", "200")
        self._bought("eve@example.com", "10")
        tea, milk = (hosts.product(name, channel) for name in ("Tea", "Milk"))
        model.list_of(ada, "new", [milk], "together", because=tea)
        bob = hosts.customer("bob@example.com")
        self.bob_id = graphene.Node.to_global_id("User", bob.pk)
        self.clients = {"ada": hosts.as_user(ada), "bob": hosts.as_user(bob)}
        self._hire("staff", "account.manage_users", "discount.manage_discounts", "plugins.manage_plugins")
        self._hire("support", "account.manage_users", "order.manage_orders")

    def _bought(self, buyer: Any, price: str, shipped: bool = True) -> Any:
        order = hosts.order(buyer, [(price, 1)])
        if shipped:
            hosts.ship(order)
        settlement.settle(host.order_id(order))
        return order

    def _hire(self, name: str, *rights: str) -> None:
        user = hosts.customer(f"{name}@example.com", staff=True)
        hosts.give_rights(user.user_permissions, *rights)
        self.clients[name] = hosts.as_user(user)

    def checkout(self, email: str, paid: bool = False) -> Checkout:
        """A checkout with a cup over 40, shipped for 10."""
        customer = Customer(self.shop, email, "password")
        (cup,) = [each for each in customer.variants() if each.name.startswith("Cup")]
        begun = customer.start_checkout(cup, 1)
        if paid:
            customer.pay(begun)
        return begun

    def redemption(self, key: str, **more: Any) -> dict[str, Any]:
        """The variables of a redemption of the standard reward."""
        reward = self.seen["Rewards"]["loyaltyRewards"]["edges"][0]["node"]["id"]
        return {"input": {"rewardId": reward, "idempotencyKey": key, **more}}

    def not_asked_about(self) -> dict[str, Any]:
        """A new order of Bob's, in a shop that asks from now on."""
        hosts.configure(self.channel, survey_question="csat", survey_holdout_share="0")
        order = hosts.order("bob-at-work@example.com", [("5", 1)])
        return {"orderId": graphene.Node.to_global_id("Order", order.pk)}

    def open_answer(self) -> dict[str, Any]:
        """What somebody answered to the open survey."""
        survey, now = OpenSurvey.objects.get(), timezone.now()
        assert open_surveys.take(survey, "csat", Given(4, "Bob at the till was kind."), "a form", "here", now)
        return {}

    def id(self, name: str, *path: str | int) -> dict[str, Any]:
        """The id of something that was seen, as variables."""
        found = self.seen[name]
        for key in path:
            found = found[key]
        return {"id": found["id"]}

    def invitation_id(self) -> str:
        """An order of nobody that can still be asked about."""
        return str(graphene.Node.to_global_id("SurveyInvitation", to_be_asked().pk))

    def order_id(self) -> dict[str, Any]:
        pk = self.order.pk
        return {"id": graphene.Node.to_global_id("Order", pk)}

    def basket(self) -> dict[str, Any]:
        """The key of a checkout of Ada's, as this host asks for it."""
        found = self.checkout("ada@example.com").id
        return {"id": found} if hosts.MULTI_CHANNEL else {"token": graphene.Node.from_global_id(found)[1]}


SPRING = {
    "name": "Spring",
    "probability": "0.25",
    "budget": {"perMonth": 50},
    "prizes": [{"kind": "VOUCHER", "name": "5 USD", "value": 5}],
    "fromOrderNumber": 9,
    "reason": "Because it is spring.",
}
BOB = {"email": "bob@example.com"}


def nothing(play: Play) -> dict[str, Any]:
    return {}


def in_channel(play: Play) -> dict[str, Any]:
    return {"channel": play.channel.slug}


def two_tickets(play: Play) -> dict[str, Any]:
    """Grace has got the only tickets."""
    grace = host.person(hosts.customer("grace@example.com"))
    ticket, now = Reward.objects.get(kind="service"), timezone.now()
    adjustments.adjust(grace, 120, "a gift", "user:1", "for grace", now)
    for key in ("one", "two"):
        redemption.redeem(grace, ticket.pk, key, now=now)
    catalogue.end(ticket.pk, now)
    return in_channel(play)


# Who sends each operation, and its variables, which may need what was seen before.
PLAYED: dict[str, tuple[str, Callable[[Play], dict[str, Any]]]] = {
    "SetProgramme": ("staff", lambda play: {"channelId": graphene.Node.to_global_id("Channel", play.channel.id)}),
    "TryRule": ("staff", in_channel),
    "MakeRule": ("staff", in_channel),
    "ChangeRule": ("staff", lambda play: play.id("MakeRule", "loyaltyRuleCreate", "rule")),
    "EndRule": ("staff", lambda play: play.id("MakeRule", "loyaltyRuleCreate", "rule")),
    "Rules": ("staff", in_channel),
    "MakeBonus": ("staff", in_channel),
    "GiveBonus": (
        "staff",
        lambda play: {
            "input": {
                **BOB,
                "ruleId": play.id("MakeBonus", "loyaltyRuleCreate", "rule")["id"],
                "reason": "Photo of a cup",
                "idempotencyKey": "photo-1",
            }
        },
    ),
    "SetTiers": ("staff", nothing),
    "CreateReward": ("staff", in_channel),
    "CreateSlider": ("staff", in_channel),
    "RetireReward": ("staff", lambda play: play.id("CreateReward", "loyaltyRewardCreate", "reward")),
    "CreateService": ("staff", in_channel),
    "BringCodes": (
        "staff",
        lambda play: {**play.id("CreateService", "loyaltyRewardCreate", "reward"), "codes": "TEA-0001\nTEA-0002"},
    ),
    "Services": ("staff", two_tickets),
    "Finish": ("staff", lambda play: play.id("Services", "loyaltyServices", "edges", 0, "node")),
    "CallOff": (
        "staff",
        lambda play: {
            **play.id("Services", "loyaltyServices", "edges", 1, "node"),
            "reason": "The evening is called off.",
        },
    ),
    "EndReward": ("staff", lambda play: play.id("CreateSlider", "loyaltyRewardCreate", "reward")),
    "StartCampaign": ("staff", lambda play: {"input": {**in_channel(play), **SPRING}}),
    "ChangeCampaign": (
        "staff",
        lambda play: {
            **play.id("StartCampaign", "surpriseCampaignCreate", "campaign"),
            "input": {"reason": "Because spring is late."},
        },
    ),
    "EndCampaign": ("staff", lambda play: play.id("StartCampaign", "surpriseCampaignCreate", "campaign")),
    "Campaigns": ("staff", in_channel),
    "UnhappyCustomers": ("support", nothing),
    "ScoresByMonth": ("support", nothing),
    "AnswerOfOrder": ("support", Play.order_id),
    "Export": ("support", nothing),
    "ReplyToAnswer": (
        "support",
        lambda play: {
            "id": play.seen["UnhappyCustomers"]["surveyAnswers"]["edges"][0]["node"]["id"],
            "text": "We are sorry. A new cup is on its way.",
        },
    ),
    "Messages": ("support", nothing),
    "PointsOf": ("staff", nothing),
    "OrderInDetail": ("support", Play.order_id),
    "AnswersOf": ("support", lambda play: {"email": "ada@example.com"}),
    "LinkForAParcel": ("support", lambda play: play.not_asked_about()),
    "OpenSurvey": ("support", nothing),
    "OpenAnswers": ("support", lambda play: play.open_answer()),
    "DeleteOpenComment": (
        "support",
        lambda play: play.id("OpenAnswers", "surveyOpenAnswers", "edges", 0, "node"),
    ),
    "EndOpenSurvey": ("support", nothing),
    "ToldByTelephone": ("support", lambda play: {"email": "ada@example.com"}),
    "RecordAnswer": ("support", lambda play: {"invitationId": play.invitation_id()}),
    "DealWith": (
        "support",
        lambda play: {"id": play.seen["UnhappyCustomers"]["surveyAnswers"]["edges"][0]["node"]["id"]},
    ),
    "WriteNote": ("support", lambda play: {"email": "ada@example.com"}),
    "DeleteNote": ("support", lambda play: play.id("WriteNote", "loyaltyNoteAdd", "note")),
    "Sending": ("support", in_channel),
    "StopSending": ("support", in_channel),
    "GoOnSending": ("support", in_channel),
    "SendToMyself": ("support", in_channel),
    "Bonuses": ("staff", nothing),
    "Find": ("staff", nothing),
    "WhatEachBrought": ("staff", in_channel),
    "MyRights": ("staff", nothing),
    "MyChannels": ("staff", nothing),
    "Health": ("staff", nothing),
    "Settings": ("staff", in_channel),
    "Start": ("staff", in_channel),
    "TryExample": ("staff", in_channel),
    "ApplyExample": ("staff", in_channel),
    "TrySettings": ("staff", in_channel),
    "CopySettings": ("staff", in_channel),
    "Adjust": (
        "staff",
        lambda play: {"input": {**BOB, "points": 20, "reason": "Sorry for the delay", "idempotencyKey": "ticket-7"}},
    ),
    "UndoAdjustment": ("staff", lambda play: play.id("Adjust", "loyaltyPointsAdjust", "entry")),
    "Merge": ("staff", lambda play: {"userId": play.bob_id, "fromEmail": "bob-at-work@example.com"}),
    "HeldAbout": ("support", lambda play: BOB),
    "Erase": ("staff", lambda play: {"email": "eve@example.com"}),
    "Report": ("staff", in_channel),
    "Rewards": ("ada", in_channel),
    "RewardsInDetail": ("ada", in_channel),
    "MyPoints": ("ada", nothing),
    "MyOrders": ("ada", nothing),
    "PlaceOrder": ("ada", lambda play: {"checkoutId": play.checkout("ada@example.com", paid=True).id}),
    "CheckoutPoints": ("ada", Play.basket),
    "MyTier": ("ada", in_channel),
    "Redeem": ("ada", lambda play: play.redemption("6f1c0e")),
    "UseCode": (
        "ada",
        lambda play: {
            "checkoutId": play.checkout("ada@example.com").id,
            "code": play.seen["Redeem"]["pointsRedeem"]["redemption"]["code"],
        },
    ),
    "RedeemAtCheckout": (
        "bob",
        lambda play: play.redemption("a81f07", checkoutId=play.checkout("bob@example.com").id),
    ),
    "MyCodes": ("ada", nothing),
    "RedeemAgain": ("ada", lambda play: play.redemption("9ab2d4")),
    "GiveBack": ("ada", lambda play: play.id("Redeem", "pointsRedeem", "redemption")),
    "MySurprises": ("ada", nothing),
    "Proofs": ("ada", in_channel),
    "PointsName": ("ada", in_channel),
    "Recommended": ("ada", in_channel),
    "SayWhatYouLike": (
        "ada",
        lambda play: {
            "input": {
                "notInterested": [play.seen["Recommended"]["recommendations"]["edges"][0]["node"]["product"]["id"]]
            }
        },
    ),
    "MyPreferences": ("ada", nothing),
    "MyMessages": ("ada", nothing),
    "ChooseMessages": ("ada", lambda play: {"input": [{"kind": "SURVEY", "wanted": True}]}),
    "MyData": ("ada", nothing),
    "Events": ("staff", nothing),
}


def test_the_guides_play_out_as_written(
    transactional_db: Any, channel: host.Channel, customer: Any, settings: Any
) -> None:
    settings.RECIPROCITY_HOOK_SECONDS = 60.0  # a busy machine is no reason that a surprise comes later
    play, wrong = Play(channel, customer), []
    for name, query, shown in steps():
        who, variables = PLAYED[name]
        play.seen[name] = play.clients[who].data(query, **variables(play))
        if shown is not None and not alike(play.seen[name], shown):
            wrong.append(f"{name}: {json.dumps(play.seen[name], indent=2, ensure_ascii=False)}")
    assert wrong == [], "\n".join(wrong)
    assert set(play.seen) == set(PLAYED)


def alike(real: Any, shown: Any) -> bool:
    """Whether an answer is what the guide shows, where "…" stands for any text or number."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and set(real) == set(shown) and all(alike(real[key], shown[key]) for key in shown)
    if isinstance(shown, list):
        return len(real) == len(shown) and all(map(alike, real, shown))
    return bool(shown == real or (shown == "…" and isinstance(real, (str, int))))


def test_every_mutation_of_the_guides_shows_its_answer() -> None:
    """So none of them can be refused without anybody noticing."""
    assert [name for name, query, shown in steps() if query.startswith("mutation") and shown is None] == [
        "SetProgramme"
    ]


def fields_in(guides: list[Any]) -> set[tuple[str, str]]:
    """The fields that operations of the guides ask for, each with the type that it is in."""
    types, found = TypeInfo(host.loaded_schema()), set()

    class Fields(Visitor):
        def enter_Field(self, node: Any, *ancestors: Any) -> None:
            found.add((types.get_parent_type().name, node.name.value))

    for guide in guides:
        for block in blocks(guide):
            if block.language == "graphql" and block.host in ("", HOST):
                visit(parse(block.text), TypeInfoVisitor(types, Fields()))
    return found


def our_fields() -> set[tuple[str, str]]:
    """The fields that the plugin adds, each with the type that it is in."""
    return {
        (definition.name.value, field.name.value)
        for definition in parse(schema.sdl().replace("extend type", "type")).definitions
        if type(definition).__name__ == "ObjectTypeDefinition"
        for field in definition.fields
    }


OF_THE_HOST = ("Query", "Mutation", "User", "Order", "Checkout")


def test_the_guides_name_every_field_that_the_plugin_adds_to_the_host() -> None:
    added = {(kind, field) for kind, field in our_fields() if kind in OF_THE_HOST}
    assert added - fields_in(GUIDES) == set()


def test_a_storefront_has_an_example_of_every_field_of_each_type_that_it_meets() -> None:
    """What only staff may see of them is in the guide for admins."""
    met = {kind for kind, _ in fields_in([STOREFRONT])} - {*OF_THE_HOST}
    assert {(kind, field) for kind, field in our_fields() if kind in met} - fields_in([ADMIN, STOREFRONT]) == set()


def stored(name: str, shown: str) -> str | None:
    """A value of the guide's table as it is stored; None where a programme leaves a setting as it is."""
    field = next(field for field in settings.FIELDS if field.name == name)
    return {"on": "True", "off": "False"}.get(shown, shown) if field.read.type == "BOOLEAN" else shown or None


def test_the_three_example_programmes_are_those_of_the_desk() -> None:
    names = {str(field.label): field.name for field in settings.FIELDS}
    shown = [(names[label], *values) for label, *values in table("## Three example programmes")]
    assert {name: tuple(stored(name, value) for value in values) for name, *values in shown} == examples.TABLE
    title_row = ADMIN.read_text().split("## Three example programmes")[1].split("| Setting |")[1].split("\n")[0]
    assert [title.strip() for title in title_row.split("|")[:-1]] == [str(title) for title in TITLES.values()]


@pytest.mark.parametrize("place", range(3))
def test_an_example_programme_brings_what_the_guide_says(place: int, channel: host.Channel, customer: Any) -> None:
    said = ADMIN.read_text().split("## Three example programmes")[1]
    (price, *points) = re.findall(r"An order over ([\d.]+) brings (\d+), (\d+) and (\d+) points", said)[0]
    example = ("THANK_YOU", "POINTS", "ALL")[place]
    apply = f"mutation {{ loyaltyExampleApply(example: {example}) {{ errors {{ code }} }} }}"
    assert hosts.as_app("plugins.manage_plugins").data(apply) == {"loyaltyExampleApply": {"errors": []}}
    settlement.settle(host.order_id(hosts.order(customer, [(price, 1)])))
    account = hosts.as_user(customer).data(
        "{ me { loyalty { pending } } loyaltyRewards { edges { node { points value { amount } } } } }"
    )
    assert account["me"]["loyalty"]["pending"] == int(points[place])
    offered = [(edge["node"]["points"], edge["node"]["value"]["amount"]) for edge in account["loyaltyRewards"]["edges"]]
    assert offered == ([] if place == 0 else [(100, 5)])
