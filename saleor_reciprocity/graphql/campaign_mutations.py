"""GraphQL for staff to start, change and end campaigns of surprises."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity.surprises import campaigns

from . import permissions, reach
from .campaigns import SurpriseCampaign
from .mutations import LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT, DateTime, Number, given, moment, row_id, whole
from .surprises import SurpriseOccasion, SurprisePrizeKind


class SurprisePrizeInput(graphene.InputObjectType):
    kind = SurprisePrizeKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    value = Number(
        description="What it costs at most, in the channel's currency: the amount, the balance, the cap of a "
        "percentage, of shipping or of a product's price. Needed for all but points."
    )
    weight = graphene.Int(description="How often it comes, compared to the other prizes (1).")
    stock = graphene.Int(description="How many there are; without a limit when nothing is said.")
    percent = Number(description="For a percentage: how much of the order that wins.")
    points = Number(description="For points: how many.")
    product_id = graphene.ID(description="For a free product: which one.")


class SurpriseBudgetInput(graphene.InputObjectType):
    per_day = Number(description="The most for one day (UTC).")
    per_month = Number(description="The most for one calendar month (UTC).")
    total = Number(description="The most for the whole campaign.")


class SurpriseCampaignCreateInput(graphene.InputObjectType):
    channel = graphene.String(description=CHANNEL_ARGUMENT)
    name = graphene.String(required=True, description="The name, for staff.")
    occasion = SurpriseOccasion(description="What it gives for (an order).")
    after_days = graphene.Int(description="To win customers back: after how many days without an order.")
    probability = Number(required=True, description="How often an order or an occasion wins: 0.1 is one in ten.")
    prizes = graphene.List(graphene.NonNull(SurprisePrizeInput), required=True, description="The gifts.")
    budget = SurpriseBudgetInput(required=True, description="At least one limit.")
    starts_at = DateTime(description="When it starts (now).")
    ends_at = DateTime(description="When it ends.")
    from_order_number = graphene.Int(
        description="The customer's first order that takes part (2); for an occasion, how many orders a customer needs "
        "(1), and the number that is to be reached."
    )
    minimum_total = Number(description="The smallest total of an order that takes part. A minimum spoils gifts.")
    groups = graphene.List(graphene.NonNull(graphene.String), description="Names of the groups it is for (all).")
    tier = graphene.String(
        description="The code of the tier that a customer needs at least (none), or that is to be reached."
    )
    cooling_off_days = graphene.Int(
        description="Days without another gift, for the winner and all at the same address (30)."
    )
    validity_days = graphene.Int(description="For how many days a code can be used (30).")
    reason = graphene.String(description="Why there is a gift, in one line for the customer.")
    replaces = graphene.ID(description="A campaign of the channel that ends for good in the same moment.")


class SurpriseCampaignCreate(LoyaltyMutation):
    """Start a campaign of surprises. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    campaign = graphene.Field(SurpriseCampaign, description="The new campaign.")

    class Arguments:
        input = SurpriseCampaignCreateInput(required=True, description="The campaign to start.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        terms = given(input)
        channel = reach.channel_with_slug(info.context, terms.pop("channel", None))
        gifts = [_gift(prize) for prize in terms.pop("prizes")]
        limits = given(terms.pop("budget"))
        for name, field in (("starts_at", "startsAt"), ("ends_at", "endsAt")):
            if name in terms:
                terms[name] = moment(terms[name], field)
        replaces, now = terms.pop("replaces", None), timezone.now()
        if replaces is None:
            return {"campaign": campaigns.create(channel, limits, gifts, now, **terms)}
        old_id = reach.row_within(info.context, "SurpriseCampaign", replaces, "replaces")
        return {"campaign": campaigns.replace(channel, old_id, now, limits=limits, prizes=gifts, **terms)}


def _gift(values: Any) -> campaigns.Gift:
    gift = given(values)
    if "points" in gift:
        gift["points"] = whole(gift["points"], "prizes")
    if "product_id" in gift:
        gift["product_id"] = row_id("Product", gift["product_id"], "prizes")
    return campaigns.Gift(**gift)


class SurpriseCampaignUpdateInput(graphene.InputObjectType):
    name = graphene.String(description="The name, for staff.")
    reason = graphene.String(description="Why there is a gift, in one line for the customer.")
    cooling_off_days = graphene.Int(description="Days without another gift.")
    validity_days = graphene.Int(description="For how many days the codes to come can be used.")
    budget = SurpriseBudgetInput(description="New limits; those that are not named stay.")


class SurpriseCampaignUpdate(LoyaltyMutation):
    """Change what may change while a campaign runs. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    campaign = graphene.Field(SurpriseCampaign, description="The changed campaign.")

    class Arguments:
        id = graphene.ID(required=True, description="The campaign to change.")
        input = SurpriseCampaignUpdateInput(required=True, description="What to change.")

    @classmethod
    def perform(cls, info: Any, id: str, input: Any) -> dict[str, Any]:
        changes = given(input)
        limits = given(changes.pop("budget", {}))
        campaign_id = reach.row_within(info.context, "SurpriseCampaign", id, "id")
        return {"campaign": campaigns.update(campaign_id, limits, **changes)}


class SurpriseCampaignEnd(LoyaltyMutation):
    """End a campaign now and for good; its secret is public from then on. Requires MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    campaign = graphene.Field(SurpriseCampaign, description="The ended campaign.")

    class Arguments:
        id = graphene.ID(required=True, description="The campaign to end.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        return {"campaign": campaigns.end(reach.row_within(info.context, "SurpriseCampaign", id, "id"), timezone.now())}


class CampaignMutations(graphene.ObjectType):
    surprise_campaign_create = SurpriseCampaignCreate.Field()
    surprise_campaign_update = SurpriseCampaignUpdate.Field()
    surprise_campaign_end = SurpriseCampaignEnd.Field()
