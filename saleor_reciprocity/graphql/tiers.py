"""GraphQL for tiers: the shop's ladder for everybody, where a customer stands, and staff who set the ladder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.points import tiers
from saleor_reciprocity.points.ladder import Downgrade, Step
from saleor_reciprocity.points.tiers import Outlook, TierLadder

from . import permissions
from .mutations import LoyaltyMutation
from .scalars import Number, given, whole, words

LoyaltyTierDowngrade = words("LoyaltyTierDowngrade", Downgrade, "What happens when the points no longer suffice.")


class LoyaltyTier(graphene.ObjectType):
    """A tier of the programme."""

    code = graphene.String(required=True, description="The code, which stays when the name changes.")
    name = graphene.String(required=True, description="The name that customers see.")
    threshold = Number(required=True, description="From how many points in the window on.")
    multiplier = Number(required=True, description="By what it multiplies the points of an order.")


class LoyaltyTierLadder(graphene.ObjectType):
    """The tiers of the shop."""

    tiers = graphene.List(graphene.NonNull(LoyaltyTier), required=True, description="The tiers, the lowest first.")
    window_days = graphene.Int(required=True, description="How many days the points of an order or bonus count.")
    downgrade = LoyaltyTierDowngrade(required=True, description="What happens when the points no longer suffice.")
    grace_days = graphene.Int(required=True, description="For how many days a tier is kept then, where it is.")

    @staticmethod
    def resolve_tiers(root: TierLadder, info: Any) -> list[Step]:
        with host.allow_writer():
            return list(tiers.ladder_of(root).steps)


class LoyaltyStanding(graphene.ObjectType):
    """Where a customer stands on the ladder of tiers."""

    current = graphene.Field(LoyaltyTier, description="The customer's tier; null below the first.")
    points = Number(required=True, description="The points that count towards a tier now.")
    falls_at = host.date_time_type()(description="Until when the tier is kept though the points no longer suffice.")
    next = graphene.Field(LoyaltyTier, description="The next tier; null at the top.")
    points_to_next = Number(description="How many points are missing to the next tier.")

    @staticmethod
    def resolve_current(root: Outlook, info: Any) -> Step | None:
        return root.tier

    @staticmethod
    def resolve_points_to_next(root: Outlook, info: Any) -> int | None:
        return root.points_to_next

    @staticmethod
    def resolve_next(root: Outlook, info: Any) -> Step | None:
        return root.next_tier


class LoyaltyTierInput(graphene.InputObjectType):
    code = graphene.String(required=True, description="A short code, such as gold. Rules and rewards refer to it.")
    name = graphene.String(required=True, description="The name that customers see.")
    threshold = Number(required=True, description="From how many points in the window on.")
    multiplier = Number(description="By what it multiplies the points of an order (1).")


class LoyaltyTiersSetInput(graphene.InputObjectType):
    tiers = graphene.List(
        graphene.NonNull(LoyaltyTierInput),
        required=True,
        description="All tiers, the lowest first; none abolishes them.",
    )
    window_days = graphene.Int(description="How many days the points of an order or bonus count (365).")
    downgrade = LoyaltyTierDowngrade(required=True, description="What happens when the points no longer suffice.")
    grace_days = graphene.Int(description="For AFTER_GRACE: for how many days the tier is kept (0).")


class LoyaltyTiersSet(LoyaltyMutation):
    """Replace the ladder of tiers, for everybody and at once. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    ladder = graphene.Field(LoyaltyTierLadder, description="The new ladder.")

    class Arguments:
        input = LoyaltyTiersSetInput(required=True, description="The whole ladder.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        steps = [
            Step(tier["code"], tier["name"], whole(tier["threshold"], "tiers"), tier.get("multiplier") or Decimal(1))
            for tier in input["tiers"]
        ]
        window_days, grace_days = ({**DAYS, **given(input)}[name] for name in DAYS)
        actor = permissions.actor(info.context)
        return {"ladder": tiers.replace_ladder(steps, window_days, grace_days, input["downgrade"], actor)}


DAYS = {"window_days": 365, "grace_days": 0}


class TierQueries(graphene.ObjectType):
    loyalty_tiers = graphene.Field(LoyaltyTierLadder, description="The tiers of the shop; null where it has none.")

    @staticmethod
    def resolve_loyalty_tiers(root: Any, info: Any) -> TierLadder | None:
        with host.allow_writer():
            row = tiers.ladder_row()
            return row if row is not None and tiers.ladder_of(row).steps else None


class TierMutations(graphene.ObjectType):
    loyalty_tiers_set = LoyaltyTiersSet.Field()
