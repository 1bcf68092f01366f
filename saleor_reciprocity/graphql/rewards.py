"""GraphQL for rewards: what is offered, and what was exchanged."""

from __future__ import annotations

from typing import Any, Callable

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.rewards import queries
from saleor_reciprocity.rewards.kinds import RewardKind
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.rewards.states import RedemptionState

from . import named, permissions, reach
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, Number, enum, global_id

LoyaltyRewardKind = enum("LoyaltyRewardKind", RewardKind, "What a customer gets for points.")
LoyaltyRedemptionState = enum("LoyaltyRedemptionState", RedemptionState, "What became of a code.")


class LoyaltyRewardUse(graphene.ObjectType):
    """What came of a reward."""

    redeemed = graphene.Int(required=True, description="How often it was redeemed, without codes that were given back.")
    used = graphene.Int(required=True, description="How many of the codes were used.")
    points = Number(required=True, description="The points that were spent on it and have not returned.")


class UseByReward(host.data_loader()):  # type: ignore[misc]
    """What came of rewards, counted at once for all rewards of a request."""

    context_key = "reciprocity_use_by_reward"

    def batch_load(self, keys: Any) -> list[queries.Use]:
        with host.allow_writer():
            found = queries.use_of(keys)
        return [found.get(key, queries.Use()) for key in keys]


def _for_staff(context: Any, reward: Reward, value: Callable[[], Any]) -> Any:
    return value() if permissions.holds(context, permissions.MANAGE_DISCOUNTS, reward.channel_id) else None


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
    product = graphene.Field(
        named.LoyaltyNamed,
        description="That product by its name; null for others than staff with MANAGE_DISCOUNTS, and once it is gone.",
    )
    minimum_spent = graphene.Field(host.money_type(), description="What the goods must come to for the code to work.")
    left = graphene.Int(description="How many are left; null when they are not counted.")
    stock = graphene.Int(
        description="How many there are altogether; null when they are not counted, and for others than staff with "
        "MANAGE_DISCOUNTS."
    )
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
    is_standard = graphene.Boolean(required=True, description="Whether it follows the plugin's page.")
    use = graphene.Field(
        LoyaltyRewardUse, description="What came of it; null for others than staff with MANAGE_DISCOUNTS."
    )

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
    def resolve_product(root: Reward, info: Any) -> Any:
        return _for_staff(info.context, root, lambda: named.one(info.context, "Product", root.product_id))

    @staticmethod
    def resolve_stock(root: Reward, info: Any) -> int | None:
        return _for_staff(info.context, root, lambda: root.stock)

    @staticmethod
    def resolve_use(root: Reward, info: Any) -> Any:
        return _for_staff(info.context, root, lambda: UseByReward(info.context).load(root.pk))

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
        seen = own or permissions.holds(info.context, permissions.MANAGE_DISCOUNTS, root.channel_id)
        return root.code if seen else None

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
            found = reach.channel_by_slug(info.context, channel) if everything else host.channel_by_slug(channel)
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
