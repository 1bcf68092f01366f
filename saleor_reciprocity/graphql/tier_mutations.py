"""GraphQL for staff to set the ladder of tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.points.tiers.ladder import Step

from . import permissions
from .mutations import LoyaltyMutation
from .scalars import Number, given, whole
from .tiers import LoyaltyTierDowngrade, LoyaltyTierLadder


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
        policy, now = input["downgrade"], timezone.now()
        return {"ladder": ladders.replace_ladder(steps, window_days, grace_days, policy, actor, now)}


DAYS = {"window_days": 365, "grace_days": 0}


class TierMutations(graphene.ObjectType):
    loyalty_tiers_set = LoyaltyTiersSet.Field()
