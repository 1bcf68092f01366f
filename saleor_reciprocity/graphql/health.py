"""GraphQL for health: how the plugin does, in sentences with what to do."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.health import look
from saleor_reciprocity.health.findings import State

from .scalars import words

LoyaltyHealthState = words("LoyaltyHealthState", State, "How a thing stands.")


class LoyaltyHealth(graphene.ObjectType):
    """How one thing stands: the books, the schedule, messages and so on."""

    name = graphene.String(required=True, description="What it is about.")
    state = LoyaltyHealthState(required=True, description="How it stands.")
    said = graphene.String(required=True, description="What was found, in a sentence.")
    todo = graphene.String(required=True, description="What to do about it; empty where there is nothing to do.")

    @staticmethod
    def resolve_state(root: Any, info: Any) -> Any:
        return root.state.value


class HealthQueries(graphene.ObjectType):
    loyalty_health = graphene.List(
        graphene.NonNull(LoyaltyHealth),
        required=True,
        description="How the plugin does, what is broken first. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_loyalty_health(root: Any, info: Any) -> Any:
        with host.allow_writer():
            return look.findings(timezone.now())
