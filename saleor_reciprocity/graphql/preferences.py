"""GraphQL for preferences: what a customer likes, dislikes and is not interested in."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.recommendations.models import Preference, PreferenceKind

from .scalars import enum, global_id

LoyaltyPreferenceKind = enum("LoyaltyPreferenceKind", PreferenceKind, "What a customer has an opinion about.")
TYPES = {"Category": "category", "Collection": "collection", "Product": "product"}
_NAMES = {kind: name for name, kind in TYPES.items()}


class LoyaltyPreference(graphene.ObjectType):
    """What a customer said about a category, a collection or a product."""

    kind = LoyaltyPreferenceKind(required=True, description="What it is about.")
    object_id = graphene.ID(required=True, description="The ID of the category, collection or product.")
    liked = graphene.Boolean(required=True, description="True: more of this. False: not this; always so for a product.")
    updated_at = host.date_time_type()(required=True, description="When the customer said so.")

    @staticmethod
    def resolve_object_id(root: Preference, info: Any) -> str:
        return global_id(_NAMES[root.kind], root.object_id)
