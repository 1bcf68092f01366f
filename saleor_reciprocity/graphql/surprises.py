"""GraphQL for surprises: the gift of an order, campaigns for staff, and what anyone needs to verify the draws."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.surprises import campaigns, queries
from saleor_reciprocity.surprises.models import Campaign, Draw, GiftState, Outcome, Prize, PrizeKind

from . import permissions
from .connections import ConnectionField, page
from .mutations import LoyaltyMutation
from .scalars import LoyaltyDecimal, channel_with_slug, enum, global_id, row_id

SurprisePrizeKind = enum("SurprisePrizeKind", PrizeKind, "What a surprise is.")
SurpriseOutcome = enum("SurpriseOutcome", Outcome, "What a draw came to.")
SurpriseGiftState = enum("SurpriseGiftState", GiftState, "What became of a gift.")


class LoyaltySurprise(graphene.ObjectType):
    """A gift that an order won."""

    kind = SurprisePrizeKind(required=True, description="What the customer got.")
    name = graphene.String(required=True, description="The name of the gift.")
    value = graphene.Field(host.money_type(), required=True, description="What it is worth at most.")
    points = graphene.Int(description="The points that were given, where the gift is points.")
    code = graphene.String(
        description="The code for the checkout. Others than the customer need the permission MANAGE_DISCOUNTS."
    )
    reason = graphene.String(required=True, description="Why there is a gift, in one line for the customer.")
    expires_at = host.date_time_type()(description="Until when the code can be used.")
    state = SurpriseGiftState(required=True, description="What became of the gift.")

    @staticmethod
    def resolve_kind(root: Draw, info: Any) -> str:
        return root.prize.kind

    @staticmethod
    def resolve_name(root: Draw, info: Any) -> str:
        return root.prize.name

    @staticmethod
    def resolve_value(root: Draw, info: Any) -> Any:
        return host.money(root.cost, root.currency)

    @staticmethod
    def resolve_points(root: Draw, info: Any) -> int | None:
        return root.prize.points

    @staticmethod
    def resolve_reason(root: Draw, info: Any) -> str:
        return root.campaign.reason

    @staticmethod
    def resolve_code(root: Draw, info: Any) -> str | None:
        with host.allow_writer():
            own = permissions.is_user(info.context, root.user_id)
            guests = root.user_id is None and not permissions.is_staff(info.context)
            return root.code if own or guests or _may_discount(info) else None


def _may_discount(info: Any) -> bool:
    return host.has_permission(info.context, permissions.MANAGE_DISCOUNTS)


class LoyaltySurpriseCountableConnection(graphene.relay.Connection):
    class Meta:
        node = LoyaltySurprise


class SurprisePrize(graphene.ObjectType):
    """One of the gifts of a campaign."""

    id = graphene.ID(required=True, description="The ID of the prize.")
    kind = SurprisePrizeKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    value = graphene.Field(host.money_type(), required=True, description="What it costs at most.")
    weight = graphene.Int(required=True, description="How often it comes, compared to the other prizes.")
    stock = graphene.Int(description="How many there are; null without a limit.")
    given = graphene.Int(required=True, description="How many are out.")
    percent = LoyaltyDecimal(description="The percentage, of the order that won.")
    points = graphene.Int(description="The points.")
    product_id = graphene.ID(description="The product that is free.")

    @staticmethod
    def resolve_id(root: Prize, info: Any) -> str:
        return global_id("SurprisePrize", root.pk)

    @staticmethod
    def resolve_value(root: Prize, info: Any) -> Any:
        return host.money(root.value, root.campaign.budget.currency)

    @staticmethod
    def resolve_product_id(root: Prize, info: Any) -> str | None:
        return global_id("Product", root.product_id) if root.product_id else None


class SurpriseDraw(graphene.ObjectType):
    """What a campaign decided for an order."""

    id = graphene.ID(required=True, description="The ID of the draw.")
    order_number = graphene.String(required=True, description="The number of the order.")
    outcome = SurpriseOutcome(required=True, description="What the draw came to, or why there was none.")
    ticket = graphene.String(required=True, description="The order's ticket, in hexadecimal.")
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


class SurpriseDrawCountableConnection(graphene.relay.Connection):
    class Meta:
        node = SurpriseDraw


class SurpriseOutcomeCount(graphene.ObjectType):
    """How many orders a campaign gave one answer."""

    outcome = SurpriseOutcome(required=True, description="The answer.")
    count = graphene.Int(required=True, description="How many orders got it.")


class SurpriseBudget(graphene.ObjectType):
    """What may be spent and what was. Days and months are those of UTC."""

    per_day = LoyaltyDecimal(description="The most for one day.")
    per_month = LoyaltyDecimal(description="The most for one calendar month.")
    total = LoyaltyDecimal(description="The most for the whole campaign.")
    spent = LoyaltyDecimal(required=True, description="What was given and has not come back.")
    currency = graphene.String(required=True, description="The currency of all of them.")


class SurpriseCampaign(graphene.ObjectType):
    """How often, to whom and in which words a channel gives surprises."""

    id = graphene.ID(required=True, description="The ID of the campaign.")
    name = graphene.String(required=True, description="The name, for staff.")
    is_standard = graphene.Boolean(required=True, description="Whether it follows the plugin's page.")
    probability = LoyaltyDecimal(required=True, description="How often an order wins: 0.1 is one in ten.")
    starts_at = host.date_time_type()(required=True, description="Orders placed from then on take part.")
    ends_at = host.date_time_type()(description="Orders placed from then on take no part.")
    from_order_number = graphene.Int(required=True, description="The customer's first order that takes part.")
    minimum_total = LoyaltyDecimal(description="The smallest total of an order that takes part.")
    groups = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Names of the groups it is for; empty for all."
    )
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
    def resolve_prizes(root: Campaign, info: Any) -> list[Prize]:
        with host.allow_writer():
            return queries.prizes(root)

    @staticmethod
    def resolve_outcomes(root: Campaign, info: Any) -> list[SurpriseOutcomeCount]:
        with host.allow_writer():
            return [SurpriseOutcomeCount(outcome=outcome, count=count) for outcome, count in queries.outcomes(root)]

    @staticmethod
    def resolve_used_by_others(root: Campaign, info: Any) -> int:
        with host.allow_writer():
            return queries.used_by_others(root)

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


class SurpriseCampaignCountableConnection(graphene.relay.Connection):
    class Meta:
        node = SurpriseCampaign


class SurpriseProofPrize(graphene.ObjectType):
    """What the verification of a draw needs of a prize."""

    number = graphene.Int(required=True, source="pk", description="The number by which the prizes are ordered.")
    weight = graphene.Int(required=True, description="How often it comes, compared to the other prizes.")


class SurpriseProof(graphene.ObjectType):
    """What anyone needs to verify a campaign's draws: the secret's hash from its start on, the secret at its end."""

    starts_at = host.date_time_type()(required=True, description="When the campaign started.")
    ends_at = host.date_time_type()(description="When it ends or ended.")
    probability = LoyaltyDecimal(required=True, description="How often an order wins.")
    prizes = graphene.List(graphene.NonNull(SurpriseProofPrize), required=True, description="The prizes.")
    secret_hash = graphene.String(required=True, description="SHA-256 of the secret.")
    secret = graphene.String(description="The secret, once the campaign has ended.")

    @staticmethod
    def resolve_prizes(root: Campaign, info: Any) -> list[Prize]:
        return sorted(root.prizes.all(), key=lambda prize: prize.pk)

    @staticmethod
    def resolve_secret(root: Campaign, info: Any) -> str | None:
        return root.revealed_secret(timezone.now())


class SurpriseProofCountableConnection(graphene.relay.Connection):
    class Meta:
        node = SurpriseProof


class HoldoutPower(graphene.ObjectType):
    """The smallest effect that a shop of this size could see, at 80 % power and 5 % false alarms."""

    customers = graphene.Int(required=True, source="people", description="Customers in a window of 90 days.")
    repeat_rate = graphene.Float(required=True, description="How many of them ordered again within 90 days, 0 to 1.")
    share = LoyaltyDecimal(required=True, description="The share of customers who are held out.")
    smallest_difference = graphene.Float(
        description="The smallest rise of the repeat rate that would show; null when none would."
    )


class SurpriseByOrderId(host.data_loader()):  # type: ignore[misc]
    """The gifts of orders, read at once for all orders of a request."""

    context_key = "reciprocity_surprise_by_order_id"

    def batch_load(self, keys: Any) -> list[Draw | None]:
        with host.allow_writer():
            found = queries.won_with(keys)
        return [found.get(key) for key in keys]


def resolve_order_surprise(root: Any, info: Any) -> Any:
    order = host.order_node(root)
    if not permissions.sees_order(info.context, order.user_id):
        return None
    return SurpriseByOrderId(info.context).load(host.order_id(order))


ORDER_SURPRISE = graphene.Field(
    LoyaltySurprise,
    resolver=resolve_order_surprise,
    description="A gift that the order won; null for others than the customer and staff with MANAGE_ORDERS.",
)

_CHANNEL = "Slug of a channel. Needed where the shop has more than one."


class SurpriseQueries(graphene.ObjectType):
    surprise_campaigns = ConnectionField(
        SurpriseCampaignCountableConnection,
        channel=graphene.String(description=_CHANNEL),
        description="The campaigns of a channel, newest first. Requires the permission MANAGE_DISCOUNTS.",
    )
    surprise_proofs = ConnectionField(
        SurpriseProofCountableConnection,
        channel=graphene.String(description=_CHANNEL),
        description="What anyone needs to verify the draws of a channel's campaigns, newest first.",
    )
    loyalty_holdout_power = graphene.Field(
        HoldoutPower,
        channel=graphene.String(description=_CHANNEL),
        share=LoyaltyDecimal(description="A share to try; the one that is set when nothing is said."),
        description="The smallest effect of surprises that the shop could see. Requires MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_surprise_campaigns(
        root: Any, info: Any, channel: str | None = None, first: int | None = None, after: str | None = None
    ) -> Any:
        permissions.require(info.context, permissions.MANAGE_DISCOUNTS)
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return page(
                SurpriseCampaignCountableConnection,
                lambda count, position: queries.campaigns(found.id, count, *(position or ())) if found else [],
                lambda campaign: (campaign.pk,),
                first,
                after,
            )

    @staticmethod
    def resolve_surprise_proofs(
        root: Any, info: Any, channel: str | None = None, first: int | None = None, after: str | None = None
    ) -> Any:
        now = timezone.now()
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return page(
                SurpriseProofCountableConnection,
                lambda count, position: queries.started(found.id, count, now, *(position or ())) if found else [],
                lambda campaign: (campaign.pk,),
                first,
                after,
            )

    @staticmethod
    def resolve_loyalty_holdout_power(
        root: Any, info: Any, channel: str | None = None, share: Decimal | None = None
    ) -> holdout.Power | None:
        permissions.require(info.context, permissions.MANAGE_DISCOUNTS)
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            if found is None:
                return None
            return holdout.power_of(found.id, _share(found, share))


def _share(channel: host.Channel, share: Decimal | None) -> Decimal:
    return (
        campaigns.holdout_share(channel.id, timezone.now())
        if share is None
        else max(min(share, Decimal(1)), Decimal(0))
    )


class SurprisePrizeInput(graphene.InputObjectType):
    kind = SurprisePrizeKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    value = LoyaltyDecimal(
        description="What it costs at most, in the channel's currency: the amount, the balance, the cap of a "
        "percentage, of shipping or of a product's price. Needed for all but points."
    )
    weight = graphene.Int(description="How often it comes, compared to the other prizes (1).")
    stock = graphene.Int(description="How many there are; without a limit when nothing is said.")
    percent = LoyaltyDecimal(description="For a percentage: how much of the order that wins.")
    points = graphene.Int(description="For points: how many.")
    product_id = graphene.ID(description="For a free product: which one.")


class SurpriseBudgetInput(graphene.InputObjectType):
    per_day = LoyaltyDecimal(description="The most for one day (UTC).")
    per_month = LoyaltyDecimal(description="The most for one calendar month (UTC).")
    total = LoyaltyDecimal(description="The most for the whole campaign.")


class SurpriseCampaignCreateInput(graphene.InputObjectType):
    channel = graphene.String(description=_CHANNEL)
    name = graphene.String(required=True, description="The name, for staff.")
    probability = LoyaltyDecimal(required=True, description="How often an order wins: 0.1 is one in ten.")
    prizes = graphene.List(graphene.NonNull(SurprisePrizeInput), required=True, description="The gifts.")
    budget = SurpriseBudgetInput(required=True, description="At least one limit.")
    starts_at = graphene.String(description="When it starts, as ISO 8601 with an offset (now).")
    ends_at = graphene.String(description="When it ends, as ISO 8601 with an offset.")
    from_order_number = graphene.Int(description="The customer's first order that takes part (2).")
    minimum_total = LoyaltyDecimal(
        description="The smallest total of an order that takes part. A minimum spoils gifts."
    )
    groups = graphene.List(graphene.NonNull(graphene.String), description="Names of the groups it is for (all).")
    cooling_off_days = graphene.Int(
        description="Days without another gift, for the winner and all at the same address (30)."
    )
    validity_days = graphene.Int(description="For how many days a code can be used (30).")
    reason = graphene.String(description="Why there is a gift, in one line for the customer.")


class SurpriseCampaignCreate(LoyaltyMutation):
    """Start a campaign of surprises. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    campaign = graphene.Field(SurpriseCampaign, description="The new campaign.")

    class Arguments:
        input = SurpriseCampaignCreateInput(required=True, description="The campaign to start.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        terms = _given(input)
        channel = channel_with_slug(terms.pop("channel", None))
        gifts = [_gift(prize) for prize in terms.pop("prizes")]
        limits = _given(terms.pop("budget"))
        for name, field in (("starts_at", "startsAt"), ("ends_at", "endsAt")):
            if name in terms:
                terms[name] = _moment(terms[name], field)
        return {"campaign": campaigns.create(channel, limits, gifts, **terms)}


def _given(values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _gift(values: Any) -> campaigns.Gift:
    given = _given(values)
    if "product_id" in given:
        given["product_id"] = row_id("Product", given["product_id"], "prizes")
    return campaigns.Gift(**given)


def _moment(text: str, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise errors.Invalid(field=field) from None
    if moment.tzinfo is None:
        raise errors.Invalid(field=field)
    return moment


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
        changes = _given(input)
        limits = _given(changes.pop("budget", {}))
        return {"campaign": campaigns.update(row_id("SurpriseCampaign", id, "id"), limits, **changes)}


class SurpriseCampaignEnd(LoyaltyMutation):
    """End a campaign now and for good; its secret is public from then on. Requires MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    campaign = graphene.Field(SurpriseCampaign, description="The ended campaign.")

    class Arguments:
        id = graphene.ID(required=True, description="The campaign to end.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        return {"campaign": campaigns.end(row_id("SurpriseCampaign", id, "id"))}


class SurpriseMutations(graphene.ObjectType):
    surprise_campaign_create = SurpriseCampaignCreate.Field()
    surprise_campaign_update = SurpriseCampaignUpdate.Field()
    surprise_campaign_end = SurpriseCampaignEnd.Field()
