"""GraphQL that changes rewards: redeeming and cancelling, what people do, and the catalogue for staff."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.rewards import catalogue, closing, fulfilment, redemption

from . import permissions, reach
from .mutations import LoyaltyMutation
from .rewards import LoyaltyRedemption, LoyaltyReward, LoyaltyRewardKind
from .scalars import Number, key_in, row_id, whole, with_whole


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
        named = ("LoyaltyRedemption", id, "id")
        redemption_id = row_id(*named) if owner else reach.row_within(info.context, *named)
        return {"redemption": closing.cancel(redemption_id, actor, owner, now=timezone.now())}


class LoyaltyRewardTermsInput(graphene.InputObjectType):
    """What a reward can have besides its price; null takes it away."""

    least_points = Number(description="The lower end of a slider, with `mostPoints`.")
    most_points = Number(description="The upper end of a slider: any amount within, at the rate of the price.")
    percent = Number(description="The percentage, for the kind PERCENTAGE.")
    product_id = graphene.ID(description="The product that is free, for the kind FREE_PRODUCT.")
    text = graphene.String(description="What the customer gets and has to know, for the kind SERVICE.")
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
    gives_codes = graphene.Boolean(
        description="Whether each customer gets a code that the shop uploads, for the kind SERVICE; sold out before."
    )
    replaces = graphene.ID(
        description="A reward of the channel that ends for good in the same moment. Where both give codes, those that "
        "nobody has come along."
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
        channel = reach.channel_with_slug(info.context, fields.pop("channel", None))
        replaces = fields.pop("replaces", None)
        if replaces is None:
            return {"reward": catalogue.create(channel, **fields)}
        old_id = reach.row_within(info.context, "LoyaltyReward", replaces, "replaces")
        return {"reward": catalogue.replace(channel, old_id, timezone.now(), **fields)}


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
        reward_id = reach.row_within(info.context, "LoyaltyReward", id, "id")
        changes = {name: value for name, value in input.items() if value is not None or name not in _ALWAYS}
        return {"reward": catalogue.update(reward_id, timezone.now(), **_terms(changes))}


class LoyaltyRewardCodesUpload(LoyaltyMutation):
    """Bring codes for a reward of the kind SERVICE: each is given to one customer, ever. Requires MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The reward.")

    class Arguments:
        id = graphene.ID(required=True, description="The reward that gives the codes.")
        codes = graphene.String(
            required=True, description="The codes, one a line, 10,000 at most; of a CSV the first column counts."
        )

    @classmethod
    def perform(cls, info: Any, id: str, codes: str) -> dict[str, Any]:
        reward_id, actor = reach.row_within(info.context, "LoyaltyReward", id, "id"), permissions.actor(info.context)
        return {"reward": catalogue.upload(reward_id, codes, actor, timezone.now())}


class LoyaltyServiceFinish(LoyaltyMutation):
    """Mark a service that a customer redeemed as done. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    redemption = graphene.Field(LoyaltyRedemption, description="What was done.")

    class Arguments:
        id = graphene.ID(required=True, description="The redemption.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        redemption_id = reach.row_within(info.context, "LoyaltyRedemption", id, "id")
        return {"redemption": fulfilment.finish(redemption_id, permissions.actor(info.context), timezone.now())}


class LoyaltyServiceCancel(LoyaltyMutation):
    """Cancel an open service; its points return. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    redemption = graphene.Field(LoyaltyRedemption, description="What was cancelled.")

    class Arguments:
        id = graphene.ID(required=True, description="The redemption.")
        reason = graphene.String(required=True, description="Why. The customer reads it.")

    @classmethod
    def perform(cls, info: Any, id: str, reason: str) -> dict[str, Any]:
        redemption_id = reach.row_within(info.context, "LoyaltyRedemption", id, "id")
        actor = permissions.actor(info.context)
        return {"redemption": fulfilment.cancel(redemption_id, reason, actor, timezone.now())}


class LoyaltyRewardEnd(LoyaltyMutation):
    """End a reward for good. Codes that customers have stay valid. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    reward = graphene.Field(LoyaltyReward, description="The reward that has ended.")

    class Arguments:
        id = graphene.ID(required=True, description="The reward to end.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        return {"reward": catalogue.end(reach.row_within(info.context, "LoyaltyReward", id, "id"), timezone.now())}


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    if "tier" in given:
        given["tier"] = given["tier"] or ""
    if "text" in given:
        given["text"] = (given["text"] or "").replace("\r\n", "\n").strip()
    if given.pop("gives_codes", False):
        given["codes_left"] = 0
    if given.get("product_id") is not None:
        given["product_id"] = row_id("Product", given["product_id"], "productId")
    return with_whole(given, "points", "least_points", "most_points")


class RewardMutations(graphene.ObjectType):
    points_redeem = PointsRedeem.Field()
    points_redemption_cancel = PointsRedemptionCancel.Field()
    loyalty_reward_create = LoyaltyRewardCreate.Field()
    loyalty_reward_update = LoyaltyRewardUpdate.Field()
    loyalty_reward_codes_upload = LoyaltyRewardCodesUpload.Field()
    loyalty_reward_end = LoyaltyRewardEnd.Field()
    loyalty_service_cancel = LoyaltyServiceCancel.Field()
    loyalty_service_finish = LoyaltyServiceFinish.Field()
