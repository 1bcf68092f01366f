"""GraphQL for tiers: the shop's ladder for everybody, and where a customer stands."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.points.tiers import ladders, standing
from saleor_reciprocity.points.tiers.ladder import Downgrade, Step
from saleor_reciprocity.points.tiers.models import TierLadder
from saleor_reciprocity.points.tiers.standing import Outlook

from . import permissions
from .scalars import Number, words

LoyaltyTierDowngrade = words("LoyaltyTierDowngrade", Downgrade, "What happens when the points no longer suffice.")


class LoyaltyTier(graphene.ObjectType):
    """A tier of the programme."""

    code = graphene.String(required=True, description="The code, which stays when the name changes.")
    name = graphene.String(required=True, description="The name that customers see.")
    threshold = Number(required=True, description="From how many points in the window on.")
    multiplier = Number(required=True, description="By what it multiplies the points of an order.")
    members = graphene.Int(
        description="How many customers have it; null for others than staff with the permission MANAGE_DISCOUNTS."
    )

    @staticmethod
    def resolve_members(root: Step, info: Any) -> Any:
        if not host.has_permission(info.context, permissions.MANAGE_DISCOUNTS):
            return None
        return MembersByTier(info.context).load(root.code)


class MembersByTier(host.data_loader()):  # type: ignore[misc]
    """How many customers have each tier, counted once in a request."""

    context_key = "reciprocity_members_by_tier"

    def batch_load(self, keys: Any) -> list[int]:
        with host.allow_writer():
            found = standing.members()
        return [found.get(key, 0) for key in keys]


class LoyaltyTierLadder(graphene.ObjectType):
    """The tiers of the shop."""

    tiers = graphene.List(graphene.NonNull(LoyaltyTier), required=True, description="The tiers, the lowest first.")
    window_days = graphene.Int(required=True, description="How many days the points of an order or bonus count.")
    downgrade = LoyaltyTierDowngrade(required=True, description="What happens when the points no longer suffice.")
    grace_days = graphene.Int(required=True, description="For how many days a tier is kept then, where it is.")

    @staticmethod
    def resolve_tiers(root: TierLadder, info: Any) -> list[Step]:
        with host.allow_writer():
            return list(ladders.ladder_of(root).steps)


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


class TierQueries(graphene.ObjectType):
    loyalty_tiers = graphene.Field(LoyaltyTierLadder, description="The tiers of the shop; null where it has none.")
    loyalty_tiers_before = graphene.Field(
        LoyaltyTierLadder,
        description="The tiers that those of now took the place of, to put them back; null where there were none. "
        "Requires MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_loyalty_tiers(root: Any, info: Any) -> TierLadder | None:
        with host.allow_writer():
            return _with_steps(ladders.ladder_row())

    @staticmethod
    def resolve_loyalty_tiers_before(root: Any, info: Any) -> TierLadder | None:
        with host.allow_writer():
            row = ladders.ladder_row()
            return _with_steps(ladders.ladder_before(row)) if row is not None else None


def _with_steps(row: TierLadder | None) -> TierLadder | None:
    return row if row is not None and ladders.ladder_of(row).steps else None
