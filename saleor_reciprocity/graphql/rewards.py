"""GraphQL for rewards: what is offered, what was exchanged, and what the shop's people have to do for it."""

from __future__ import annotations

from typing import Any, Callable

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.rewards import fulfilment, queries
from saleor_reciprocity.rewards.kinds import RewardKind
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.rewards.states import RedemptionState

from . import named, permissions, reach
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, Number, enum, global_id

LoyaltyRewardKind = enum("LoyaltyRewardKind", RewardKind, "What a customer gets for points.")
LoyaltyRedemptionState = enum("LoyaltyRedemptionState", RedemptionState, "What became of a redemption.")


class LoyaltyRewardUse(graphene.ObjectType):
    """What came of a reward."""

    redeemed = graphene.Int(required=True, description="How often it was redeemed, without what was given back.")
    used = graphene.Int(required=True, description="How many of the codes were used, and how often people did it.")
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
        description="What the code is worth at checkout; for a percentage, shipping and a product, at most; of "
        "a service what it is worth.",
    )
    text = graphene.String(description="What the customer gets and has to know, for the kind SERVICE.")
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
    codes_left = graphene.Int(
        description="How many of the codes that the shop uploaded are left; null where it gives none, and for others "
        "than staff with MANAGE_DISCOUNTS."
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
    def resolve_text(root: Reward, info: Any) -> str | None:
        return root.text or None

    @staticmethod
    def resolve_codes_left(root: Reward, info: Any) -> int | None:
        return _for_staff(info.context, root, lambda: root.codes_left)

    @staticmethod
    def resolve_use(root: Reward, info: Any) -> Any:
        return _for_staff(info.context, root, lambda: UseByReward(info.context).load(root.pk))

    @staticmethod
    def resolve_minimum_spent(root: Reward, info: Any) -> Any:
        return None if root.minimum_spent is None else host.money(root.minimum_spent, root.currency)


class LoyaltyRewardCountableConnection(Connection):
    class Meta:
        node = LoyaltyReward


class CustomerOfRedemption(host.data_loader()):  # type: ignore[misc]
    """Whose redemptions are, by the user's id, read at once for all of a request."""

    context_key = "reciprocity_customer_of_redemption"

    def batch_load(self, keys: Any) -> list[host.Person | None]:
        with host.allow_writer():
            found = host.people(keys)
        return [found.get(key) for key in keys]


def _holder(root: Redemption) -> int | None:
    with host.allow_writer():
        user_id: int | None = root.account.holder.user_id
    return user_id


def _is_seen(context: Any, root: Redemption) -> bool:
    """Whether a request may see what is the customer's and the shop's business alone."""
    own = permissions.is_user(context, _holder(root))
    return own or permissions.holds(context, permissions.MANAGE_DISCOUNTS, root.channel_id)


class LoyaltyRedemption(graphene.ObjectType):
    """An exchange of points for a code, or for something that the shop's people do."""

    id = graphene.ID(required=True, description="The ID of the redemption.")
    code = graphene.String(
        description="The code for the checkout or, of a service, the uploaded one, if it comes with one. Others than "
        "the customer need the permission MANAGE_DISCOUNTS."
    )
    kind = LoyaltyRewardKind(required=True, description="What the customer got.")
    name = graphene.String(required=True, description="The name of the reward.")
    points = Number(required=True, description="The points that were paid.")
    value = graphene.Field(
        host.money_type(),
        required=True,
        description="What the code is worth at checkout; of a service what it is worth.",
    )
    text = graphene.String(description="What the customer gets and has to know, for the kind SERVICE.")
    state = LoyaltyRedemptionState(required=True, description="What became of it.")
    created_at = host.date_time_type()(required=True, description="When the points were exchanged.")
    expires_at = host.date_time_type()(description="Until when the code can be used; null without an end.")
    cancelled_at = host.date_time_type()(description="When it was undone and the points returned.")
    closed_at = host.date_time_type()(description="When it was used, done, undone or ended; else null.")
    close_reason = graphene.String(
        description="Why a service was cancelled. Others than the customer need the permission MANAGE_DISCOUNTS."
    )
    closed_by = graphene.String(
        description="Who did or cancelled it, such as `user:7`; null for others than staff with MANAGE_DISCOUNTS."
    )
    customer_id = graphene.ID(
        description="The customer's ID; null for others than staff with MANAGE_USERS, and once there is no user."
    )
    customer_email = graphene.String(
        description="The customer's address; null for others than staff with MANAGE_USERS, and once there is no user."
    )

    @staticmethod
    def resolve_id(root: Redemption, info: Any) -> str:
        return global_id("LoyaltyRedemption", root.pk)

    @staticmethod
    def resolve_code(root: Redemption, info: Any) -> str | None:
        if not _is_seen(info.context, root):
            return None
        with host.allow_writer():
            return queries.code_of(root)

    @staticmethod
    def resolve_text(root: Redemption, info: Any) -> str | None:
        return root.reward.text or None

    @staticmethod
    def resolve_close_reason(root: Redemption, info: Any) -> str | None:
        return root.close_reason or None if _is_seen(info.context, root) else None

    @staticmethod
    def resolve_closed_by(root: Redemption, info: Any) -> str | None:
        shown = permissions.holds(info.context, permissions.MANAGE_DISCOUNTS, root.channel_id)
        return root.closed_by or None if shown else None

    @staticmethod
    def resolve_customer_id(root: Redemption, info: Any) -> str | None:
        user_id = _holder(root) if host.has_permission(info.context, permissions.MANAGE_USERS) else None
        return None if user_id is None else global_id("User", user_id)

    @staticmethod
    def resolve_customer_email(root: Redemption, info: Any) -> Any:
        user_id = _holder(root) if host.has_permission(info.context, permissions.MANAGE_USERS) else None
        if user_id is None:
            return None
        return CustomerOfRedemption(info.context).load(user_id).then(lambda person: person.email if person else None)

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
    loyalty_services = ConnectionField(
        LoyaltyRedemptionCountableConnection,
        channel=graphene.String(description="Slug of a channel. Left out: all channels."),
        state=LoyaltyRedemptionState(description="OPEN, DONE or CANCELLED. Left out: all."),
        description="What the shop's people do for points: open ones first, the oldest first, then closed ones, the "
        "newest first. Requires the permission MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_loyalty_services(
        root: Any,
        info: Any,
        channel: str | None = None,
        state: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Any:
        with host.allow_writer():
            rows = reach.within(info.context, fulfilment.services())
            if channel is not None:
                found = reach.channel_by_slug(info.context, channel)
                rows = rows.filter(channel_id=found.id) if found else rows.none()
            if state is not None:
                rows = rows.filter(state=state)
            return page(
                LoyaltyRedemptionCountableConnection,
                lambda count, position: fulfilment.work_list(rows, count, position),
                lambda redemption: (redemption.rank, redemption.place),
                first,
                after,
                parts=2,
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
