"""GraphQL for the people behind accounts: adjustments, mergers, erasure, and what is held about somebody."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import erasure
from saleor_reciprocity.points import accounts, adjustments

from . import permissions, reach
from .entries import LoyaltyEntry
from .mutations import LoyaltyMutation
from .naming import person_named
from .points import LoyaltyAccount
from .scalars import Number, row_id, whole


class LoyaltyPointsAdjustInput(graphene.InputObjectType):
    user_id = graphene.ID(description="The customer. Give this or the e-mail address.")
    email = graphene.String(description="The e-mail address of a customer or guest.")
    points = Number(required=True, description="Points to give; negative to take.")
    reason = graphene.String(required=True, description="Why, in words that the customer reads.")
    idempotency_key = graphene.String(
        required=True, description="Any text, new for each adjustment. Sent again, it changes nothing."
    )
    channel = graphene.String(
        description="Slug of the channel by whose settings given points expire. Without one they never do."
    )
    into_debt = graphene.Boolean(description="Take more than there is; the next points repay it.")


class LoyaltyPointsAdjust(LoyaltyMutation):
    """Give points to a customer or guest, or take them. Requires the permission MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    entry = graphene.Field(LoyaltyEntry, description="The entry that was written.")

    class Arguments:
        input = LoyaltyPointsAdjustInput(required=True, description="What to give or take.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        person = person_named(input.get("user_id"), input.get("email"))
        entry = adjustments.adjust(
            person,
            whole(input["points"], "points"),
            input["reason"],
            permissions.actor(info.context),
            input["idempotency_key"],
            timezone.now(),
            channel_id=reach.channel_with_slug(info.context, input["channel"]).id if input.get("channel") else "",
            into_debt=bool(input.get("into_debt")),
        )
        return {"entry": entry}


class LoyaltyAdjustmentReverse(LoyaltyMutation):
    """Undo an adjustment by a new entry. Requires the permission MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    entry = graphene.Field(LoyaltyEntry, description="The entry that undoes it.")

    class Arguments:
        id = graphene.ID(required=True, description="The entry of the adjustment.")
        reason = graphene.String(required=True, description="Why, in words that the customer reads.")
        into_debt = graphene.Boolean(description="Take back more than there is; the next points repay it.")

    @classmethod
    def perform(cls, info: Any, id: str, reason: str, into_debt: bool = False) -> dict[str, Any]:
        entry_id, actor = row_id("LoyaltyEntry", id, "id"), permissions.actor(info.context)
        return {"entry": adjustments.reverse(entry_id, reason, actor, timezone.now(), into_debt=into_debt)}


class LoyaltyAccountsMerge(LoyaltyMutation):
    """Make two accounts of one person one. Requires the permission MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    account = graphene.Field(LoyaltyAccount, description="The account that has it all now.")

    class Arguments:
        user_id = graphene.ID(required=True, description="The customer whose account stays.")
        from_user_id = graphene.ID(description="The customer whose account ends. Give this or the e-mail address.")
        from_email = graphene.String(description="The e-mail address of the account that ends.")

    @classmethod
    def perform(
        cls, info: Any, user_id: str, from_user_id: str | None = None, from_email: str | None = None
    ) -> dict[str, Any]:
        target = person_named(user_id, None)
        source = person_named(from_user_id, from_email, id_field="fromUserId", email_field="fromEmail")
        return {"account": accounts.merge_people(source, target, permissions.actor(info.context), timezone.now())}


class LoyaltyCustomerErase(LoyaltyMutation):
    """Forget a person for good, in every table of the plugin. Requires the permission MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    orders = graphene.Int(description="How many orders are ignored from now on.")

    class Arguments:
        user_id = graphene.ID(description="The customer. Give this or the e-mail address.")
        email = graphene.String(description="The e-mail address of a customer or guest.")

    @classmethod
    def perform(cls, info: Any, user_id: str | None = None, email: str | None = None) -> dict[str, Any]:
        return {"orders": erasure.erase(person_named(user_id, email), timezone.now())}


class PeopleMutations(graphene.ObjectType):
    loyalty_points_adjust = LoyaltyPointsAdjust.Field()
    loyalty_adjustment_reverse = LoyaltyAdjustmentReverse.Field()
    loyalty_accounts_merge = LoyaltyAccountsMerge.Field()
    loyalty_customer_erase = LoyaltyCustomerErase.Field()
