"""GraphQL for points: `User.loyalty`, `Order.loyalty`, and an account for staff."""

from __future__ import annotations

import json
from typing import Any

import graphene
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host
from saleor_reciprocity.points import earning, queries
from saleor_reciprocity.points.entitlement import entitlement
from saleor_reciprocity.points.models import Account, Entry, Kind, OrderTerms
from saleor_reciprocity.recommendations import preferences
from saleor_reciprocity.rewards import queries as reward_queries
from saleor_reciprocity.surprises import queries as surprise_queries

from . import permissions
from .communication import CommunicationPreference, preferences_of
from .connections import ConnectionField, page
from .preferences import LoyaltyPreference
from .rewards import LoyaltyRedemptionCountableConnection
from .scalars import LoyaltyDecimal, LoyaltyPoints, enum, global_id, row_id
from .surprises import LoyaltySurpriseCountableConnection

LoyaltyEntryKind = enum("LoyaltyEntryKind", Kind, "Why points changed.")
LoyaltyOrderVerdict = graphene.Enum(
    "LoyaltyOrderVerdict",
    [
        (verdict.upper().replace(" ", "_").replace("-", ""), verdict)
        for verdict in (earning.EARNS, earning.PROGRAMME_OFF, earning.REPLACEMENT, earning.NO_EMAIL, earning.TOO_LARGE)
    ],
    description=lambda value: "Whether an order earns points, or why not." if value is None else None,
)


class LoyaltyEntry(graphene.ObjectType):
    """One change of a customer's points."""

    id = graphene.ID(required=True, description="The ID of the entry.")
    kind = LoyaltyEntryKind(required=True, description="Why the points changed.")
    points = LoyaltyPoints(
        required=True, description="Change of the points that can be spent; negative when they went."
    )
    pending = LoyaltyPoints(required=True, description="Change of the pending points; negative when they went.")
    balance = LoyaltyPoints(
        required=True, source="balance_after", description="Available points less the debt, after this change."
    )
    reason = graphene.String(required=True, description="What it was about: an order's number, a reward's name.")
    happened_at = host.date_time_type()(required=True, description="When it happened.")

    @staticmethod
    def resolve_id(root: Entry, info: Any) -> str:
        return global_id("LoyaltyEntry", root.pk)


class LoyaltyEntryCountableConnection(graphene.relay.Connection):
    class Meta:
        node = LoyaltyEntry

    total_count = graphene.Int(description="A total count of items in the collection.")


class LoyaltyAccount(graphene.ObjectType):
    """A customer's points."""

    available = LoyaltyPoints(required=True, description="Points that can be spent now.")
    pending = LoyaltyPoints(required=True, description="Points that become available when the goods are shipped.")
    debt = LoyaltyPoints(
        required=True, description="Points that were taken back after they were spent; the next points repay them."
    )
    personal_data = graphene.JSONString(required=True, description="All that is held about the person.")
    entries = ConnectionField(LoyaltyEntryCountableConnection, description="Every change of the points, newest first.")
    redemptions = ConnectionField(
        LoyaltyRedemptionCountableConnection, description="What points were exchanged for, newest first."
    )

    surprises = ConnectionField(LoyaltySurpriseCountableConnection, description="Gifts that were won, newest first.")
    preferences = graphene.List(
        graphene.NonNull(LoyaltyPreference),
        required=True,
        description="What the customer likes, dislikes and is not interested in, newest first.",
    )

    communication_preferences = graphene.List(
        graphene.NonNull(CommunicationPreference),
        required=True,
        description="Which messages the customer wants, kind by kind.",
    )

    @staticmethod
    def resolve_communication_preferences(root: Account, info: Any) -> Any:
        with host.allow_writer():
            return preferences_of(getattr(root, "person", None) or host.Person(root.user_id, "", confirmed=False))

    @staticmethod
    def resolve_personal_data(root: Account, info: Any) -> Any:
        with host.allow_writer():
            person = getattr(root, "person", None) or _person_behind(root)
            return json.loads(json.dumps(erasure.export(person), cls=DjangoJSONEncoder))

    @staticmethod
    def resolve_entries(root: Account, info: Any, first: int | None = None, after: str | None = None) -> Any:
        with host.allow_writer():
            connection = page(
                LoyaltyEntryCountableConnection,
                lambda count, position: queries.entries(root, count, *(position or ())),
                lambda entry: (entry.version,),
                first,
                after,
            )
        connection.total_count = root.version
        return connection

    @staticmethod
    def resolve_redemptions(root: Account, info: Any, first: int | None = None, after: str | None = None) -> Any:
        with host.allow_writer():
            return page(
                LoyaltyRedemptionCountableConnection,
                lambda count, position: reward_queries.redemptions(root, count, *(position or ())),
                lambda redemption: (redemption.pk,),
                first,
                after,
            )

    @staticmethod
    def resolve_surprises(root: Account, info: Any, first: int | None = None, after: str | None = None) -> Any:
        with host.allow_writer():
            return page(
                LoyaltySurpriseCountableConnection,
                lambda count, position: surprise_queries.won_by(root, count, *(position or ())),
                lambda won: (won.pk,),
                first,
                after,
            )

    @staticmethod
    def resolve_preferences(root: Account, info: Any) -> Any:
        with host.allow_writer():
            return preferences.of(root.user_id)


class LoyaltyOrderLine(graphene.ObjectType):
    """What one order line counts for."""

    line_id = graphene.ID(required=True, description="The ID of the order line.")
    amount = graphene.Field(
        host.money_type(), required=True, description="What was paid for the line and counts, rounded for display."
    )
    points_per_unit = LoyaltyDecimal(required=True, description="Points for each unit of currency of this line.")
    points = LoyaltyPoints(required=True, description="The line's share of the order's points.")


class OrderLoyalty(graphene.ObjectType):
    """What an order brought in points, and why."""

    verdict = LoyaltyOrderVerdict(required=True, description="Whether the order earns points, or why not.")
    pending = LoyaltyPoints(required=True, description="Points that become available when the goods are shipped.")
    earned = LoyaltyPoints(required=True, description="Points of this order that became available.")
    lines = graphene.List(
        graphene.NonNull(LoyaltyOrderLine), required=True, description="The share of each order line, as it is now."
    )

    @staticmethod
    def resolve_lines(root: OrderTerms, info: Any) -> list[LoyaltyOrderLine]:
        with host.allow_writer():
            order = host.order(root.order_id)
        if order is None:
            return []
        terms = earning.Terms.from_json(root.terms)
        return [
            LoyaltyOrderLine(
                line_id=global_id("OrderLine", line.line_id),
                amount=host.money(line.amount, root.currency),
                points_per_unit=terms.rate_of(line.line_id),
                points=line.points,
            )
            for line in entitlement(order, terms, timezone.now()).lines
        ]


class TermsByOrderId(host.data_loader()):  # type: ignore[misc]
    """The terms of orders, read at once for all orders of a request."""

    context_key = "reciprocity_terms_by_order_id"

    def batch_load(self, keys: Any) -> list[OrderTerms | None]:
        with host.allow_writer():
            found = queries.terms_of(keys)
        return [found.get(key) for key in keys]


def _person_behind(account: Account) -> host.Person:
    return host.person(account.user) if account.user else host.person_with_email("")


def _with_person(account: Account, person: host.Person) -> Account:
    account.person = person
    return account


def resolve_user_loyalty(root: Any, info: Any) -> Account:
    if not permissions.is_user(info.context, root.pk):
        permissions.require(info.context, permissions.MANAGE_USERS)
    with host.allow_writer():
        account = _with_person(queries.account_of(host.person(root)) or Account(), host.person(root))
    account.user_id = root.pk  # for what is kept for users, not accounts; the account itself is only shown
    return account


def resolve_order_loyalty(root: Any, info: Any) -> Any:
    order = host.order_node(root)
    if not permissions.sees_order(info.context, order.user_id):
        return None
    return TermsByOrderId(info.context).load(host.order_id(order))


USER_LOYALTY = graphene.Field(
    LoyaltyAccount,
    resolver=resolve_user_loyalty,
    description="The customer's points. For others than the customer it requires the permission MANAGE_USERS.",
)
ORDER_LOYALTY = graphene.Field(
    OrderLoyalty,
    resolver=resolve_order_loyalty,
    description="What the order brought in points; null for others than the customer and staff with MANAGE_ORDERS.",
)


class PointsQueries(graphene.ObjectType):
    loyalty_account = graphene.Field(
        LoyaltyAccount,
        user_id=graphene.ID(description="The customer's ID."),
        email=graphene.String(description="The e-mail address of a customer or guest."),
        description="The points of a customer or guest. Give one argument. Requires the permission MANAGE_USERS.",
    )

    @staticmethod
    def resolve_loyalty_account(
        root: Any, info: Any, user_id: str | None = None, email: str | None = None
    ) -> Account | None:
        permissions.require(info.context, permissions.MANAGE_USERS)
        with host.allow_writer():
            if email:
                guest = host.person_with_email(email)
                found = queries.account_of(guest)
                return _with_person(found, guest) if found else None
            try:
                user = host.user_with_id(row_id("User", user_id or "", "userId"))
            except errors.NotFound:
                return None
            account = queries.account_of(host.person(user)) if user else None
            if account is not None:
                account.user_id = user.pk
                account.person = host.person(user)
            return account
