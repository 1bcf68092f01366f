"""GraphQL for rewards: what is offered, redeeming it, and the catalogue for staff."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.rewards import catalogue, queries, redemption
from saleor_reciprocity.rewards.models import Redemption, RedemptionState, Reward, RewardKind

from . import permissions
from .connections import Connection, ConnectionField, page
from .mutations import LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT, Number, channel_with_slug, enum, global_id, key_in, row_id, whole, with_whole

LoyaltyRewardKind = enum("LoyaltyRewardKind", RewardKind, "What a customer gets for points.")
LoyaltyRedemptionState = enum("LoyaltyRedemptionState", RedemptionState, "What became of a code.")


class LoyaltyReward(graphene.ObjectType):
    """Something that points can be exchanged for."""

    id = graphene.ID(required=True, description="The ID of the reward.")
    kind = LoyaltyRewardKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    points = Number(required=True, description="The price in points; of a slider, what `value` costs.")
    value = graphene.Field(
        host.money_type(),
        required=True,
        description="What the code is worth at checkout; for a percentage, shipping and a product, at most.",
    )
    least_points = Number(description="The lower end of a slider; null for a fixed price.")
    most_points = Number(description="The upper end of a slider; null for a fixed price.")
    percent = Number(description="The percentage of the goods on the checkout, for the kind PERCENTAGE.")
    product_id = graphene.ID(description="The product that is free, for the kind FREE_PRODUCT.")
    minimum_spent = graphene.Field(host.money_type(), description="What the goods must come to for the code to work.")
    left = graphene.Int(description="How many are left; null when they are not counted.")
    limit_per_customer = graphene.Int(description="How many a customer can have, within `limitDays` or ever.")
    limit_days = graphene.Int(description="The days within which `limitPerCustomer` counts; null for ever.")
    starts_at = host.date_time_type()(description="When it is offered first.")
    ends_at = host.date_time_type()(description="When it is not offered any more.")
    validity_days = graphene.Int(description="For how many days the code can be used; null without an end.")
    returns_points = graphene.Boolean(
        required=True, description="Whether the points return when the code was not used in time."
    )
    tier = graphene.String(description="The code of the tier that a customer needs at least.")
    is_active = graphene.Boolean(required=True, description="Whether staff have it on the list.")

    @staticmethod
    def resolve_id(root: Reward, info: Any) -> str:
        return global_id("LoyaltyReward", root.pk)

    @staticmethod
    def resolve_value(root: Reward, info: Any) -> Any:
        return host.money(root.value, root.currency)

    @staticmethod
    def resolve_tier(root: Reward, info: Any) -> str | None:
        return root.tier or None

    @staticmethod
    def resolve_product_id(root: Reward, info: Any) -> str | None:
        return None if root.product_id is None else global_id("Product", root.product_id)

    @staticmethod
    def resolve_minimum_spent(root: Reward, info: Any) -> Any:
        return None if root.minimum_spent is None else host.money(root.minimum_spent, root.currency)

    @staticmethod
    def resolve_left(root: Reward, info: Any) -> int | None:
        return None if root.stock is None else max(0, root.stock - root.taken)


class LoyaltyRewardCountableConnection(Connection):
    class Meta:
        node = LoyaltyReward


class LoyaltyRedemption(graphene.ObjectType):
    """An exchange of points for a code."""

    id = graphene.ID(required=True, description="The ID of the redemption.")
    code = graphene.String(
        description="The code for the checkout. Others than the customer need the permission MANAGE_DISCOUNTS."
    )
    kind = LoyaltyRewardKind(required=True, description="What the customer got.")
    name = graphene.String(required=True, description="The name of the reward.")
    points = Number(required=True, description="The points that were paid.")
    value = graphene.Field(host.money_type(), required=True, description="What the code is worth at checkout.")
    state = LoyaltyRedemptionState(required=True, description="What became of the code.")
    created_at = host.date_time_type()(required=True, description="When the points were exchanged.")
    expires_at = host.date_time_type()(description="Until when the code can be used; null without an end.")
    cancelled_at = host.date_time_type()(description="When the code was withdrawn and the points returned.")

    @staticmethod
    def resolve_id(root: Redemption, info: Any) -> str:
        return global_id("LoyaltyRedemption", root.pk)

    @staticmethod
    def resolve_code(root: Redemption, info: Any) -> str | None:
        with host.allow_writer():
            own = permissions.is_user(info.context, root.account.holder.user_id)
        return root.code if own or host.has_permission(info.context, permissions.MANAGE_DISCOUNTS) else None

    @staticmethod
    def resolve_name(root: Redemption, info: Any) -> str:
        return root.reward.name

    @staticmethod
    def resolve_value(root: Redemption, info: Any) -> Any:
        return host.money(root.value, root.currency)


class LoyaltyRedemptionCountableConnection(Connection):
    class Meta:
        node = LoyaltyRedemption


class RewardQueries(graphene.ObjectType):
    loyalty_rewards = ConnectionField(
        LoyaltyRewardCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        all=graphene.Boolean(
            description="Also those that can't be redeemed now. Requires the permission MANAGE_DISCOUNTS."
        ),
        description="What points can be exchanged for in a channel, the cheapest first.",
    )

    @staticmethod
    def resolve_loyalty_rewards(
        root: Any,
        info: Any,
        channel: str | None = None,
        first: int | None = None,
        after: str | None = None,
        **arguments: Any,
    ) -> Any:
        everything = bool(arguments.get("all"))
        if everything:
            permissions.require(info.context, permissions.MANAGE_DISCOUNTS)
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return page(
                LoyaltyRewardCountableConnection,
                lambda count, position: (
                    queries.rewards(found.id, count, timezone.now(), position, all_of_them=everything) if found else []
                ),
                lambda reward: (reward.points, reward.pk),
                first,
                after,
                parts=2,
            )


class PointsRedeemInput(graphene.InputObjectType):
    reward_id = graphene.ID(required=True, description="The reward to get.")
    idempotency_key = graphene.String(
        required=True,
        description="Any text, new for each redemption. Sent again, it gives the same code without another debit.",
    )
    points = Number(
        description="How many points to exchange, for a slider. Left out with a checkout: as many as it can take."
    )
    checkout_id = graphene.ID(
        description="One of the customer's own checkouts. The code is put on it, worth no more than is left to pay."
    )


class PointsRedeem(LoyaltyMutation):
    """Exchange points for a code. Requires a signed-in customer."""

    redemption = graphene.Field(LoyaltyRedemption, description="The redemption with its code.")
    on_checkout = graphene.Boolean(description="Whether the code is on the checkout; null when none was given.")

    class Arguments:
        input = PointsRedeemInput(required=True, description="What to redeem.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        user = host.current_user(info.context)
        if user is None:
            raise errors.SignInRequired
        person = host.person(user)
        asked = None if input.get("points") is None else whole(input["points"], "points")
        wish = (row_id("LoyaltyReward", input["reward_id"], "rewardId"), input["idempotency_key"], asked)
        if input.get("checkout_id") is None:
            return {"redemption": redemption.redeem(person, *wish, now=timezone.now())}
        checkout_id = key_in("Checkout", input["checkout_id"], "checkoutId")
        made, on_checkout = redemption.redeem_on_checkout(
            person, *wish, checkout_id, lambda code: host.put_on_checkout(info, checkout_id, code), timezone.now()
        )
        return {"redemption": made, "on_checkout": on_checkout}


class PointsRedemptionCancel(LoyaltyMutation):
    """Give an unused code back for its points. For others than the customer it requires MANAGE_DISCOUNTS."""

    redemption = graphene.Field(LoyaltyRedemption, description="The cancelled redemption.")

    class Arguments:
        id = graphene.ID(required=True, description="The redemption to cancel.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        user = host.current_user(info.context)
        staff = host.has_permission(info.context, permissions.MANAGE_DISCOUNTS)
        if user is None and not staff:
            raise errors.SignInRequired
        actor = permissions.actor(info.context)
        owner = None if staff or user is None else user.pk
        return {
            "redemption": redemption.cancel(row_id("LoyaltyRedemption", id, "id"), actor, owner, now=timezone.now())
        }


class LoyaltyRewardTermsInput(graphene.InputObjectType):
    """What a reward can have besides its price; null takes it away."""

    least_points = Number(description="The lower end of a slider, with `mostPoints`.")
    most_points = Number(description="The upper end of a slider: any amount within, at the rate of the price.")
    percent = Number(description="The percentage, for the kind PERCENTAGE.")
    product_id = graphene.ID(description="The product that is free, for the kind FREE_PRODUCT.")
    minimum_spent = Number(description="What the goods must come to for the code to work.")
    stock = graphene.Int(description="How many can be redeemed altogether. What is given back is in stock again.")
    limit_per_customer = graphene.Int(description="How many a customer can have, within `limitDays` or ever.")
    limit_days = graphene.Int(description="The days within which `limitPerCustomer` counts.")
    starts_at = host.date_time_type()(description="When it is offered first.")
    ends_at = host.date_time_type()(description="When it is not offered any more.")
    validity_days = graphene.Int(description="For how many days a code can be used.")
    returns_points = graphene.Boolean(description="Whether the points return when a code was not used in time.")
    tier = graphene.String(description="The code of the tier that a customer needs at least.")


class LoyaltyRewardCreateInput(LoyaltyRewardTermsInput):
    channel = graphene.String(description="Slug of the channel. Needed where the shop has more than one.")
    kind = LoyaltyRewardKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    points = Number(required=True, description="The price in points; of a slider, what `value` costs.")
    value = Number(
        required=True,
        description="What the code is worth, in the channel's currency; for other kinds than money, at most.",
    )


class LoyaltyRewardCreate(LoyaltyMutation):
    """Offer a new reward. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The new reward.")

    class Arguments:
        input = LoyaltyRewardCreateInput(required=True, description="The reward to offer.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        fields = _terms({name: value for name, value in input.items() if value is not None})
        return {"reward": catalogue.create(channel_with_slug(fields.pop("channel", None)), **fields)}


class LoyaltyRewardUpdateInput(LoyaltyRewardTermsInput):
    name = graphene.String(description="The name that customers see.")
    points = Number(description="The price in points; of a slider, what `value` costs.")
    value = Number(description="What the code is worth, in the channel's currency.")
    is_active = graphene.Boolean(description="Whether it is on the list.")


# What a reward has always; null leaves it as it is.
_ALWAYS = ("name", "points", "value", "is_active", "returns_points")


class LoyaltyRewardUpdate(LoyaltyMutation):
    """Change a reward for redemptions to come. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The changed reward.")

    class Arguments:
        id = graphene.ID(required=True, description="The reward to change.")
        input = LoyaltyRewardUpdateInput(required=True, description="What to change.")

    @classmethod
    def perform(cls, info: Any, id: str, input: Any) -> dict[str, Any]:
        changes = {name: value for name, value in input.items() if value is not None or name not in _ALWAYS}
        return {"reward": catalogue.update(row_id("LoyaltyReward", id, "id"), **_terms(changes))}


class LoyaltyRewardEnd(LoyaltyMutation):
    """End a reward for good. Codes that customers have stay valid. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The reward that has ended.")

    class Arguments:
        id = graphene.ID(required=True, description="The reward to end.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        return {"reward": catalogue.end(row_id("LoyaltyReward", id, "id"))}


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    if "tier" in given:
        given["tier"] = given["tier"] or ""
    if given.get("product_id") is not None:
        given["product_id"] = row_id("Product", given["product_id"], "productId")
    return with_whole(given, "points", "least_points", "most_points")


class RewardMutations(graphene.ObjectType):
    points_redeem = PointsRedeem.Field()
    points_redemption_cancel = PointsRedemptionCancel.Field()
    loyalty_reward_create = LoyaltyRewardCreate.Field()
    loyalty_reward_update = LoyaltyRewardUpdate.Field()
    loyalty_reward_end = LoyaltyRewardEnd.Field()
