"""GraphQL for rewards: what is offered, redeeming it, and the catalogue for staff."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import errors, host
from saleor_reciprocity.rewards import catalogue, queries, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward, RewardKind

from . import permissions
from .connections import ConnectionField, page
from .mutations import LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT, LoyaltyDecimal, LoyaltyPoints, channel_with_slug, enum, global_id, row_id

LoyaltyRewardKind = enum("LoyaltyRewardKind", RewardKind, "What a customer gets for points.")


class LoyaltyReward(graphene.ObjectType):
    """Something that points can be exchanged for."""

    id = graphene.ID(required=True, description="The ID of the reward.")
    kind = LoyaltyRewardKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    points = LoyaltyPoints(required=True, description="The price in points.")
    value = graphene.Field(host.money_type(), required=True, description="What the code is worth at checkout.")
    is_active = graphene.Boolean(required=True, description="Whether it can be redeemed.")

    @staticmethod
    def resolve_id(root: Reward, info: Any) -> str:
        return global_id("LoyaltyReward", root.pk)

    @staticmethod
    def resolve_value(root: Reward, info: Any) -> Any:
        return host.money(root.value, root.currency)


class LoyaltyRewardCountableConnection(graphene.relay.Connection):
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
    points = LoyaltyPoints(required=True, description="The points that were paid.")
    value = graphene.Field(host.money_type(), required=True, description="What the code is worth at checkout.")
    created_at = host.date_time_type()(required=True, description="When the points were exchanged.")
    cancelled_at = host.date_time_type()(description="When the code was withdrawn and the points returned.")

    @staticmethod
    def resolve_id(root: Redemption, info: Any) -> str:
        return global_id("LoyaltyRedemption", root.pk)

    @staticmethod
    def resolve_code(root: Redemption, info: Any) -> str | None:
        with host.allow_writer():
            own = permissions.is_user(info.context, root.account.user_id)
        return root.code if own or host.has_permission(info.context, permissions.MANAGE_DISCOUNTS) else None

    @staticmethod
    def resolve_name(root: Redemption, info: Any) -> str:
        return root.reward.name

    @staticmethod
    def resolve_value(root: Redemption, info: Any) -> Any:
        return host.money(root.value, root.currency)


class LoyaltyRedemptionCountableConnection(graphene.relay.Connection):
    class Meta:
        node = LoyaltyRedemption


class RewardQueries(graphene.ObjectType):
    loyalty_rewards = ConnectionField(
        LoyaltyRewardCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="What points can be exchanged for in a channel, the cheapest first.",
    )

    @staticmethod
    def resolve_loyalty_rewards(
        root: Any, info: Any, channel: str | None = None, first: int | None = None, after: str | None = None
    ) -> Any:
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return page(
                LoyaltyRewardCountableConnection,
                lambda count, position: queries.offered(found.id, count, position) if found else [],
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


class PointsRedeem(LoyaltyMutation):
    """Exchange points for a code. Requires a signed-in customer."""

    redemption = graphene.Field(LoyaltyRedemption, description="The redemption with its code.")

    class Arguments:
        input = PointsRedeemInput(required=True, description="What to redeem.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        user = host.current_user(info.context)
        if user is None:
            raise errors.SignInRequired
        reward_id = row_id("LoyaltyReward", input["reward_id"], "rewardId")
        return {"redemption": redemption.redeem(host.person(user), reward_id, input["idempotency_key"])}


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
        return {"redemption": redemption.cancel(row_id("LoyaltyRedemption", id, "id"), actor, owner)}


class LoyaltyRewardCreateInput(graphene.InputObjectType):
    channel = graphene.String(description="Slug of the channel. Needed where the shop has more than one.")
    kind = LoyaltyRewardKind(required=True, description="What the customer gets.")
    name = graphene.String(required=True, description="The name that customers see.")
    points = LoyaltyPoints(required=True, description="The price in points.")
    value = LoyaltyDecimal(required=True, description="What the code is worth, in the channel's currency.")


class LoyaltyRewardCreate(LoyaltyMutation):
    """Offer a new reward. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The new reward.")

    class Arguments:
        input = LoyaltyRewardCreateInput(required=True, description="The reward to offer.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        fields = dict(input)
        return {"reward": catalogue.create(channel_with_slug(fields.pop("channel", None)), **fields)}


class LoyaltyRewardUpdateInput(graphene.InputObjectType):
    name = graphene.String(description="The name that customers see.")
    points = LoyaltyPoints(description="The price in points.")
    value = LoyaltyDecimal(description="What the code is worth, in the channel's currency.")
    is_active = graphene.Boolean(description="Whether it can be redeemed.")


class LoyaltyRewardUpdate(LoyaltyMutation):
    """Change a reward for redemptions to come. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The changed reward.")

    class Arguments:
        id = graphene.ID(required=True, description="The reward to change.")
        input = LoyaltyRewardUpdateInput(required=True, description="What to change.")

    @classmethod
    def perform(cls, info: Any, id: str, input: Any) -> dict[str, Any]:
        changes = {name: value for name, value in input.items() if value is not None}
        return {"reward": catalogue.update(row_id("LoyaltyReward", id, "id"), **changes)}


class RewardMutations(graphene.ObjectType):
    points_redeem = PointsRedeem.Field()
    points_redemption_cancel = PointsRedemptionCancel.Field()
    loyalty_reward_create = LoyaltyRewardCreate.Field()
    loyalty_reward_update = LoyaltyRewardUpdate.Field()
