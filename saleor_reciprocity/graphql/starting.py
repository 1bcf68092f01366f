"""GraphQL for starting: what is on in each channel, and three example programmes with their forecasts."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saleor_reciprocity import forecasting, host, starting
from saleor_reciprocity.examples import Example
from saleor_reciprocity.reports import sentences, wording

from . import reach
from .scalars import CHANNEL_ARGUMENT, Date, Number, words
from .settings import LoyaltySettingValues

LoyaltyExampleName = words("LoyaltyExampleName", Example, "One of the three programmes that a shop can begin with.")

TITLES = {
    Example.THANK_YOU: _("Just a thank-you"),
    Example.POINTS: _("Points and rewards"),
    Example.ALL: _("All of it"),
}
TEXTS = {
    Example.THANK_YOU: _("Now and then an order of a customer who comes back wins a gift. No points."),
    Example.POINTS: _("Customers collect points and exchange them for vouchers. No gifts."),
    Example.ALL: _("Points and vouchers, gifts now and then, one question after an order, and a statement each month."),
}


class LoyaltyProgramme(graphene.ObjectType):
    """What is on in a channel."""

    channel = graphene.String(required=True, description="Slug of the channel.")
    currency = graphene.String(required=True, description="Its currency.")
    is_active = graphene.Boolean(required=True, source="is_on", description="Whether the programme is on.")
    was_set = graphene.Boolean(required=True, description="Whether anything was ever set there.")
    values = graphene.Field(
        LoyaltySettingValues, source="programme", description="What is set; null where a script stored what can't be."
    )
    rewards = graphene.Int(required=True, description="How many rewards are on offer while it is on.")
    campaigns = graphene.Int(required=True, description="How many campaigns give surprises while it is on.")


class LoyaltyForecast(graphene.ObjectType):
    """What a programme would have come to with the last orders: before returns, rules and tiers."""

    points = Number(required=True, description="Points that would have been given.")
    owed = Number(description="What they are worth by the standard reward; null without one.")
    cost = Number(description="What will probably be redeemed of that, as the report reckons it.")
    gifts = Number(required=True, description="Surprises that were to be expected on average within the budget.")
    gifts_cost = Number(required=True, description="What they cost if all of them are used.")
    questions = graphene.Int(required=True, description="Customers who would have been asked a question.")
    statements = graphene.Int(required=True, description="Monthly statements that would have been sent.")
    gift_mails = graphene.Int(required=True, description="Mails that would have told of a surprise.")
    held_out = Number(description="The share of customers who get no surprises; null without surprises.")
    smallest_effect = graphene.Float(
        description="The smallest rise of the share that comes back which would show in 8 of 10 cases, 0 to 1; "
        "null when none would."
    )
    known_on = Date(description="The day on which the report gives its answer.")
    said = graphene.String(required=True, description="What the report could show, in words.")

    @staticmethod
    def resolve_said(root: forecasting.Forecast, info: Any) -> str:
        if root.known_on is None:
            return gettext("Nobody is held out from points, so the report can’t say whether they bring customers back.")
        if not root.people:
            return gettext("The shop’s past is too short to say which effect the report could show.")
        return sentences.would_show(root.people, wording.day_with_year(root.known_on), root.smallest_effect)


class LoyaltyExample(graphene.ObjectType):
    """A programme that a shop can begin with."""

    name = LoyaltyExampleName(required=True, source="example", description="Its name.")
    title = graphene.String(required=True, description="What it is called.")
    text = graphene.String(required=True, description="What it does, in a sentence.")
    values = graphene.Field(
        LoyaltySettingValues,
        source="programme",
        description="What would be set; null where a script stored what can't be.",
    )
    is_set = graphene.Boolean(required=True, description="Whether the channel is set so already.")
    forecast = graphene.Field(LoyaltyForecast, description="Its forecast; null without orders to reckon from.")

    @staticmethod
    def resolve_title(root: starting.Offer, info: Any) -> str:
        return str(TITLES[root.example])

    @staticmethod
    def resolve_text(root: starting.Offer, info: Any) -> str:
        return str(TEXTS[root.example])


class LoyaltyExamples(graphene.ObjectType):
    """The examples for a channel, and what their forecasts rest on."""

    channel = graphene.String(required=True, description="Slug of the channel.")
    currency = graphene.String(required=True, description="Its currency, in which amounts are.")
    is_active = graphene.Boolean(required=True, source="is_on", description="Whether the programme is on there.")
    days = graphene.Int(required=True, description="How many days were looked back on.")
    orders = graphene.Int(required=True, description="Orders of that time.")
    customers = graphene.Int(required=True, description="Customers who placed them.")
    examples = graphene.List(
        graphene.NonNull(LoyaltyExample), required=True, source="each", description="The examples."
    )


class StartingQueries(graphene.ObjectType):
    loyalty_programmes = graphene.List(
        graphene.NonNull(LoyaltyProgramme),
        required=True,
        description="What is on, channel by channel. Requires MANAGE_PLUGINS.",
    )
    loyalty_examples = graphene.Field(
        LoyaltyExamples,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="Three programmes to begin with and what each would bring and cost here. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_loyalty_programmes(root: Any, info: Any) -> list[starting.State]:
        now = timezone.now()
        with host.allow_writer():
            return starting.everywhere(reach.channels(info.context), now)

    @staticmethod
    def resolve_loyalty_examples(root: Any, info: Any, channel: str | None = None) -> starting.Offers | None:
        now = timezone.now()
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            return starting.offers(found, now) if found else None
