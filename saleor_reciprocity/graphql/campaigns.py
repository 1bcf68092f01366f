"""GraphQL for staff to read campaigns of surprises: terms, budget, prizes and every draw."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.surprises import budget, queries
from saleor_reciprocity.surprises.models import Budget, Campaign, Draw, Outcome, Prize

from . import gone, named, reach
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, Number, enum, global_id
from .surprises import LoyaltySurprise, SurpriseOccasion, SurprisePrizeKind

SurpriseOutcome = enum("SurpriseOutcome", Outcome, "What a draw came to.")


class SurprisePrize(graphene.ObjectType):
    """One of the gifts of a campaign."""

    id = graphene.ID(required=True, description="The ID of the prize.")
    kind = SurprisePrizeKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    value = graphene.Field(host.money_type(), required=True, description="What it costs at most.")
    weight = graphene.Int(required=True, description="How often it comes, compared to the other prizes.")
    stock = graphene.Int(description="How many there are; null without a limit.")
    given = graphene.Int(required=True, description="How many are out.")
    percent = Number(description="The percentage, of the order that won.")
    points = Number(description="The points.")
    product_id = graphene.ID(description="The product that is free.")
    product = graphene.Field(named.LoyaltyNamed, description="That product by its name; null once it is gone.")

    @staticmethod
    def resolve_id(root: Prize, info: Any) -> str:
        return global_id("SurprisePrize", root.pk)

    @staticmethod
    def resolve_value(root: Prize, info: Any) -> Any:
        return host.money(root.value, root.campaign.budget.currency)

    @staticmethod
    def resolve_product_id(root: Prize, info: Any) -> str | None:
        return global_id("Product", root.product_id) if root.product_id else None

    @staticmethod
    def resolve_product(root: Prize, info: Any) -> Any:
        return named.one(info.context, "Product", root.product_id)


class SurpriseDraw(graphene.ObjectType):
    """What a campaign decided for an order, or for an occasion."""

    id = graphene.ID(required=True, description="The ID of the draw.")
    order_number = graphene.String(required=True, description="The number of the order; empty of an occasion.")
    occasion_at = host.date_time_type()(description="When the occasion was; null of an order.")
    outcome = SurpriseOutcome(required=True, description="What the draw came to, or why there was none.")
    ticket = graphene.String(required=True, description="The ticket, in hexadecimal.")
    drawn_at = host.date_time_type()(required=True, description="When it was decided.")
    surprise = graphene.Field(LoyaltySurprise, description="The gift, if the order won one.")
    used_by_another = graphene.Boolean(
        required=True, description="Whether somebody else than the winner used the code."
    )

    @staticmethod
    def resolve_id(root: Draw, info: Any) -> str:
        return global_id("SurpriseDraw", root.pk)

    @staticmethod
    def resolve_surprise(root: Draw, info: Any) -> Draw | None:
        return root if root.outcome == Outcome.WON else None


class SurpriseDrawCountableConnection(Connection):
    class Meta:
        node = SurpriseDraw


class SurpriseOutcomeCount(graphene.ObjectType):
    """How many orders or occasions a campaign gave one answer."""

    outcome = SurpriseOutcome(required=True, description="The answer.")
    count = graphene.Int(required=True, description="How many got it.")


class SurpriseFollowed(graphene.ObjectType):
    """Whose first draw a campaign made, once 90 days are over, and who of them ordered again. Not a verdict."""

    winners = graphene.Int(required=True, description="Customers whose ticket won.")
    winners_returned = graphene.Int(required=True, description="How many of them ordered again within 90 days.")
    blanks = graphene.Int(required=True, description="Customers who drew a blank.")
    blanks_returned = graphene.Int(required=True, description="How many of them ordered again within 90 days.")


class PrizesByCampaign(host.data_loader()):  # type: ignore[misc]
    """The prizes of campaigns, read at once for all campaigns of a request."""

    context_key = "reciprocity_prizes_by_campaign"

    def batch_load(self, keys: Any) -> list[list[Prize]]:
        with host.allow_writer():
            found = queries.prizes(keys)
        return [found.get(key, []) for key in keys]


class OutcomesByCampaign(host.data_loader()):  # type: ignore[misc]
    """What the draws of campaigns came to, counted at once for all campaigns of a request."""

    context_key = "reciprocity_outcomes_by_campaign"

    def batch_load(self, keys: Any) -> list[list[SurpriseOutcomeCount]]:
        with host.allow_writer():
            found = queries.outcomes(keys)
        return [[SurpriseOutcomeCount(outcome=one, count=count) for one, count in found.get(key, [])] for key in keys]


class FollowedByCampaign(host.data_loader()):  # type: ignore[misc]
    """What became of the people for whom campaigns drew, counted at once for all campaigns of a request."""

    context_key = "reciprocity_followed_by_campaign"

    def batch_load(self, keys: Any) -> list[queries.Followed]:
        with host.allow_writer():
            found = queries.followed(keys)
        return [found.get(key, queries.Followed()) for key in keys]


class UsedByOthersByCampaign(host.data_loader()):  # type: ignore[misc]
    """How many codes of campaigns others used, counted at once for all campaigns of a request."""

    context_key = "reciprocity_used_by_others_by_campaign"

    def batch_load(self, keys: Any) -> list[int]:
        with host.allow_writer():
            found = queries.used_by_others(keys)
        return [found.get(key, 0) for key in keys]


class SurpriseBudget(graphene.ObjectType):
    """What may be spent and what was. Days and months are those of UTC."""

    per_day = Number(description="The most for one day.")
    per_month = Number(description="The most for one calendar month.")
    total = Number(description="The most for the whole campaign.")
    spent = Number(required=True, description="What was given and has not come back.")
    spent_today = Number(required=True, description="What of it was given on this day.")
    spent_this_month = Number(required=True, description="What of it was given in this month.")
    currency = graphene.String(required=True, description="The currency of all of them.")

    @staticmethod
    def resolve_spent_today(root: Budget, info: Any) -> Decimal:
        return budget.spent_on_day(root, timezone.now())

    @staticmethod
    def resolve_spent_this_month(root: Budget, info: Any) -> Decimal:
        return budget.spent_in_month(root, timezone.now())


class SurpriseCampaign(graphene.ObjectType):
    """How often, to whom and in which words a channel gives surprises."""

    id = graphene.ID(required=True, description="The ID of the campaign.")
    name = graphene.String(required=True, description="The name, for staff.")
    is_standard = graphene.Boolean(required=True, description="Whether it follows the plugin's page.")
    occasion = SurpriseOccasion(required=True, description="What it gives for.")
    after_days = graphene.Int(description="After how many days without an order it wins customers back.")
    probability = Number(required=True, description="How often an order or an occasion wins: 0.1 is one in ten.")
    starts_at = host.date_time_type()(required=True, description="What happens from then on takes part.")
    ends_at = host.date_time_type()(description="What happens from then on takes no part.")
    from_order_number = graphene.Int(
        required=True,
        description="The customer's first order that takes part; for an occasion, how many orders a customer needs.",
    )
    minimum_total = Number(description="The smallest total of an order that takes part.")
    tier = graphene.String(required=True, description="The code of the tier that a customer needs; empty for none.")
    groups = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Names of the groups it is for; empty for all."
    )
    gone = gone.field("What it names and the shop no longer has: names of groups, and the IDs of free products.")
    cooling_off_days = graphene.Int(
        required=True, description="Days without another gift, for the winner and all at the same address."
    )
    validity_days = graphene.Int(required=True, description="For how many days a code can be used.")
    reason = graphene.String(required=True, description="Why there is a gift, in one line for the customer.")
    secret_hash = graphene.String(required=True, description="SHA-256 of the secret.")
    secret = graphene.String(description="The secret, once the campaign has ended.")
    budget = graphene.Field(SurpriseBudget, required=True, description="The budget.")
    prizes = graphene.List(graphene.NonNull(SurprisePrize), required=True, description="The gifts.")
    draws = ConnectionField(SurpriseDrawCountableConnection, description="Every draw, newest first.")
    outcomes = graphene.List(
        graphene.NonNull(SurpriseOutcomeCount),
        required=True,
        description="What was given, and what was stopped and why.",
    )
    followed = graphene.Field(SurpriseFollowed, required=True, description="Who ordered again within 90 days.")
    used_by_others = graphene.Int(
        required=True, description="How many codes were used by somebody else than the winner."
    )

    @staticmethod
    def resolve_id(root: Campaign, info: Any) -> str:
        return global_id("SurpriseCampaign", root.pk)

    @staticmethod
    def resolve_secret(root: Campaign, info: Any) -> str | None:
        return root.revealed_secret(timezone.now())

    @staticmethod
    def resolve_prizes(root: Campaign, info: Any) -> Any:
        return PrizesByCampaign(info.context).load(root.pk)

    @staticmethod
    def resolve_gone(root: Campaign, info: Any) -> Any:
        groups = [(named.GROUP, name) for name in root.groups]

        def with_products(prizes: list[Prize]) -> Any:
            free = [("Product", prize.product_id) for prize in prizes if prize.product_id]
            return gone.among(info.context, [*groups, *free])

        return PrizesByCampaign(info.context).load(root.pk).then(with_products)

    @staticmethod
    def resolve_outcomes(root: Campaign, info: Any) -> Any:
        return OutcomesByCampaign(info.context).load(root.pk)

    @staticmethod
    def resolve_followed(root: Campaign, info: Any) -> Any:
        return FollowedByCampaign(info.context).load(root.pk)

    @staticmethod
    def resolve_used_by_others(root: Campaign, info: Any) -> Any:
        return UsedByOthersByCampaign(info.context).load(root.pk)

    @staticmethod
    def resolve_draws(root: Campaign, info: Any, first: int | None = None, after: str | None = None) -> Any:
        with host.allow_writer():
            return page(
                SurpriseDrawCountableConnection,
                lambda count, position: queries.draws(root, count, *(position or ())),
                lambda made: (made.pk,),
                first,
                after,
            )


class SurpriseCampaignCountableConnection(Connection):
    class Meta:
        node = SurpriseCampaign


class CampaignQueries(graphene.ObjectType):
    surprise_campaigns = ConnectionField(
        SurpriseCampaignCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="The campaigns of a channel, newest first. Requires the permission MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_surprise_campaigns(
        root: Any, info: Any, channel: str | None = None, first: int | None = None, after: str | None = None
    ) -> Any:
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            return page(
                SurpriseCampaignCountableConnection,
                lambda count, position: queries.campaigns(found.id, count, *(position or ())) if found else [],
                lambda campaign: (campaign.pk,),
                first,
                after,
            )
