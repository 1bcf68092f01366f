"""GraphQL for the feed: what happened to customers, for the shop's other systems."""

from __future__ import annotations

import json
from typing import Any

import graphene
from django.utils import timezone
from graphql import GraphQLError

from saleor_reciprocity import errors, host
from saleor_reciprocity.feed import events
from saleor_reciprocity.feed.events import Told
from saleor_reciprocity.feed.models import EventKind

from . import permissions, reach
from .connections import Connection, ConnectionField, page
from .scalars import DateTime, Number, enum

LoyaltyEventKind = enum("LoyaltyEventKind", EventKind, "What happened.")
OF_ANSWERS = "SURVEY_ANSWERED"


class LoyaltyEvent(graphene.ObjectType):
    """Something that happened to a customer. Of one who was erased nothing is said but its kind and time."""

    sequence = Number(required=True, description="Its number, without a gap: later events have higher numbers.")
    kind = LoyaltyEventKind(required=True, description="What happened.")
    happened_at = DateTime(required=True, description="When it was written.")
    subject_id = graphene.ID(description="The ID of what it is about: an entry, a redemption, a draw, an answer.")
    customer_id = graphene.ID(description="The ID of the customer; null for a guest.")
    order_id = graphene.ID(description="The ID of the order that it is about, if it is about one.")
    order_number = graphene.String(description="The number of this order.")
    channel = graphene.String(description="The slug of the channel, where it is of one.")
    data = graphene.String(
        description="What else there is to say, as JSON, by kind as the guide lists it. Of answers with MANAGE_ORDERS."
    )

    @staticmethod
    def resolve_happened_at(root: Told, info: Any) -> Any:
        return root.told_at

    @staticmethod
    def resolve_subject_id(root: Told, info: Any) -> str | None:
        return root.said.subject_id if root.said else None

    @staticmethod
    def resolve_customer_id(root: Told, info: Any) -> str | None:
        return root.said.customer_id if root.said else None

    @staticmethod
    def resolve_order_id(root: Told, info: Any) -> str | None:
        return root.said.order_id if root.said else None

    @staticmethod
    def resolve_order_number(root: Told, info: Any) -> str | None:
        return root.said.order_number if root.said else None

    @staticmethod
    def resolve_channel(root: Told, info: Any) -> str | None:
        return root.said.channel if root.said else None

    @staticmethod
    def resolve_data(root: Told, info: Any) -> str | None:
        if root.said is None or root.said.data is None:
            return None
        if root.kind_name == OF_ANSWERS and not host.has_permission(info.context, permissions.MANAGE_ORDERS):
            return None
        return json.dumps(root.said.data, ensure_ascii=False)


class LoyaltyEventCountableConnection(Connection):
    class Meta:
        node = LoyaltyEvent


class FeedQueries(graphene.ObjectType):
    loyalty_events = ConnectionField(
        LoyaltyEventCountableConnection,
        description="What happened to customers, in order, from the moment on in which this was first asked for. Go on "
        "with the last cursor: nothing is missing, and nothing comes twice. Events are kept for 90 days. Requires "
        "MANAGE_USERS, in all channels.",
    )

    @staticmethod
    def resolve_loyalty_events(root: Any, info: Any, first: int | None = None, after: str | None = None) -> Any:
        with host.allow_writer():
            reach.require(info.context, None)
            events.number(timezone.now())

            def read(count: int, position: Any) -> list[Told]:
                try:
                    return events.read(count, position[0] if position else None)
                except errors.NotFound as gone:
                    raise GraphQLError(f"{gone.field}: {gone.message}") from None

            return page(LoyaltyEventCountableConnection, read, lambda told: (told.sequence,), first, after)
