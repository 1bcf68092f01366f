"""GraphQL for the entries of the ledger."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.points.models import Entry, Kind

from . import permissions
from .connections import Connection
from .scalars import Number, enum, global_id

LoyaltyEntryKind = enum("LoyaltyEntryKind", Kind, "Why points changed.")


class LoyaltyEntry(graphene.ObjectType):
    """One change of a customer's points."""

    id = graphene.ID(required=True, description="The ID of the entry.")
    kind = LoyaltyEntryKind(required=True, description="Why the points changed.")
    points = Number(required=True, description="Change of the points that can be spent; negative when they went.")
    pending = Number(required=True, description="Change of the pending points; negative when they went.")
    balance = Number(
        source="balance_after",
        description="Available points less the debt, after this change; below an order null for others than the "
        "customer and staff with MANAGE_USERS.",
    )
    reason = graphene.String(required=True, description="What it was about: an order's number, a reward's name.")
    actor = graphene.String(
        description="Who did it, such as `user:7`; null where time or an order did. Null for others than staff with "
        "MANAGE_USERS."
    )
    happened_at = host.date_time_type()(required=True, description="When it happened.")

    @staticmethod
    def resolve_id(root: Entry, info: Any) -> str:
        return global_id("LoyaltyEntry", root.pk)

    @staticmethod
    def resolve_actor(root: Entry, info: Any) -> str | None:
        return root.actor or None if host.has_permission(info.context, permissions.MANAGE_USERS) else None


class LoyaltyEntryCountableConnection(Connection):
    class Meta:
        node = LoyaltyEntry

    total_count = graphene.Int(description="A total count of items in the collection.")
