"""GraphQL for surprises as customers see them: the gift of an order or of an occasion."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.surprises import queries
from saleor_reciprocity.surprises.models import Draw, GiftState, Occasion, PrizeKind

from . import permissions
from .connections import Connection
from .scalars import Number, enum

SurprisePrizeKind = enum("SurprisePrizeKind", PrizeKind, "What a surprise is.")
SurpriseOccasion = enum("SurpriseOccasion", Occasion, "What a campaign gives for.")
SurpriseGiftState = enum("SurpriseGiftState", GiftState, "What became of a gift.")


class LoyaltySurprise(graphene.ObjectType):
    """A gift that an order or an occasion won."""

    kind = SurprisePrizeKind(required=True, description="What the customer got.")
    name = graphene.String(required=True, description="The name of the gift.")
    value = graphene.Field(host.money_type(), required=True, description="What it is worth at most.")
    points = Number(description="The points that were given, where the gift is points.")
    code = graphene.String(
        description="The code for the checkout. Others than the customer need the permission MANAGE_DISCOUNTS."
    )
    reason = graphene.String(required=True, description="Why there is a gift, in one line for the customer.")
    expires_at = host.date_time_type()(description="Until when the code can be used.")
    state = SurpriseGiftState(required=True, description="What became of the gift.")
    occasion = SurpriseOccasion(required=True, description="What it was given for.")
    drawn_over = graphene.String(description="Of an occasion, the id that the ticket was drawn over; null of an order.")

    @staticmethod
    def resolve_kind(root: Draw, info: Any) -> str:
        return root.prize.kind

    @staticmethod
    def resolve_name(root: Draw, info: Any) -> str:
        return root.prize.name

    @staticmethod
    def resolve_value(root: Draw, info: Any) -> Any:
        return host.money(root.cost, root.currency)

    @staticmethod
    def resolve_points(root: Draw, info: Any) -> int | None:
        return root.prize.points

    @staticmethod
    def resolve_reason(root: Draw, info: Any) -> str:
        return root.campaign.reason

    @staticmethod
    def resolve_occasion(root: Draw, info: Any) -> str:
        return str(root.campaign.occasion)

    @staticmethod
    def resolve_drawn_over(root: Draw, info: Any) -> str | None:
        return root.order_id if root.occasion_at else None

    @staticmethod
    def resolve_code(root: Draw, info: Any) -> str | None:
        with host.allow_writer():
            own = permissions.is_user(info.context, root.user_id)
            guests = root.user_id is None and not permissions.is_staff(info.context)
            return root.code if own or guests or _may_discount(info.context, root) else None


def _may_discount(context: Any, draw: Draw) -> bool:
    return permissions.holds(context, permissions.MANAGE_DISCOUNTS, draw.campaign.channel_id)


class LoyaltySurpriseCountableConnection(Connection):
    class Meta:
        node = LoyaltySurprise


class SurpriseByOrderId(host.data_loader()):  # type: ignore[misc]
    """The gifts of orders, read at once for all orders of a request."""

    context_key = "reciprocity_surprise_by_order_id"

    def batch_load(self, keys: Any) -> list[Draw | None]:
        with host.allow_writer():
            found = queries.won_with(keys)
        return [found.get(key) for key in keys]


def resolve_order_surprise(root: Any, info: Any) -> Any:
    order = host.order_node(root)
    if not permissions.sees_order(info.context, order.user_id, host.channel_id_of(order)):
        return None
    return SurpriseByOrderId(info.context).load(host.order_id(order))


ORDER_SURPRISE = graphene.Field(
    LoyaltySurprise,
    resolver=resolve_order_surprise,
    description="A gift that the order won; null for others than the customer and staff with MANAGE_ORDERS.",
)
