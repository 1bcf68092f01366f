"""GraphQL for what an order brought, or a checkout would bring, in points, and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host, programmes
from saleor_reciprocity.points import orders, queries
from saleor_reciprocity.points.earning import explanation
from saleor_reciprocity.points.earning.entitlement import BonusDue, Due, LineDue, entitlement
from saleor_reciprocity.points.earning.terms import (
    EARNS,
    NO_EMAIL,
    NOTHING,
    PROGRAMME_OFF,
    REPLACEMENT,
    TOO_LARGE,
    Applied,
    Terms,
)
from saleor_reciprocity.points.models import Entry, OrderTerms

from . import permissions, points_name
from .entries import LoyaltyEntry
from .rules import LoyaltyRuleEffect, LoyaltyRuleStacking, listed
from .scalars import Number, global_id

ZERO = Decimal(0)
VERDICTS = (EARNS, PROGRAMME_OFF, REPLACEMENT, NO_EMAIL, TOO_LARGE)
LoyaltyOrderVerdict = graphene.Enum(
    "LoyaltyOrderVerdict",
    [(verdict.upper().replace(" ", "_").replace("-", ""), verdict) for verdict in VERDICTS],
    description=lambda value: "Whether an order earns points, or why not." if value is None else None,
)


class LoyaltyAppliedRule(graphene.ObjectType):
    """A rule that applied, as it stood when the order was placed."""

    rule_id = graphene.ID(description="The rule; null for the customer's tier.")
    version = graphene.Int(required=True, description="The version of the rule; 0 for a tier.")
    name = graphene.String(required=True, description="The name that it had.")
    effect = LoyaltyRuleEffect(required=True, description="What it does.")
    value = Number(required=True, description="The factor, or the points.")
    stacking = LoyaltyRuleStacking(required=True, description="How it combined with those before it.")

    @staticmethod
    def resolve_rule_id(root: Applied, info: Any) -> str | None:
        return None if root.rule_id is None else global_id("LoyaltyRule", root.rule_id)


class LoyaltyLineDetail(graphene.ObjectType):
    """All that the points of a line follow from."""

    paid = graphene.Field(host.money_type(), required=True, description="What was paid for the line, taxes included.")
    net = graphene.Boolean(required=True, description="Whether taxes are left out of what counts.")
    exact_points = graphene.String(required=True, description="The points before fractions are dropped, as a fraction.")
    points_per_piece = Number(required=True, description="Points for each piece, beside those for money.")
    quantity = graphene.Int(required=True, description="Pieces that were ordered.")
    shipped = graphene.Int(required=True, description="Pieces that were shipped and not given back.")
    given_back = graphene.Int(required=True, description="Pieces that were given back.")
    rules = listed(LoyaltyAppliedRule, "The rules that applied, in their order.", required=True)


class LoyaltyOrderLine(graphene.ObjectType):
    """What one line counts for."""

    line_id = graphene.ID(required=True, description="The ID of the order line, or of the checkout line.")
    amount = graphene.Field(
        host.money_type(), required=True, description="What was paid for the line and counts, rounded for display."
    )
    points_per_unit = Number(required=True, description="Points for each unit of currency of this line.")
    points = Number(required=True, description="The line's share of the order's points.")
    why = listed(graphene.String, "Why, in words for the customer.", required=True)
    detail = graphene.Field(LoyaltyLineDetail, description="Why, in full; null without the permission MANAGE_ORDERS.")


class LoyaltyOrderBonus(graphene.ObjectType):
    """Points for the order as a whole."""

    name = graphene.String(required=True, description="The name of the rule.")
    points = Number(required=True, description="The points, 0 when they went with what was given back.")

    @staticmethod
    def resolve_name(root: BonusDue, info: Any) -> str:
        return root.bonus.applied.name


@dataclass(frozen=True)
class Explained:
    """What an order is due by its terms, as it is now: the root of the fields that explain it."""

    order: host.Order
    terms: Terms
    due: Due
    line_type: str

    def lines(self, info: Any) -> list[LoyaltyOrderLine]:
        shares = {share.line_id: share for share in self.due.lines}
        staff = permissions.holds(info.context, permissions.MANAGE_ORDERS, self.order.channel_id)
        called = points_name.amounts(info.context, self.order.channel_id)
        return [self._line(line, shares.get(line.id), staff, called) for line in self.order.lines]

    def _line(
        self, line: host.Line, share: LineDue | None, staff: bool, called: explanation.Called
    ) -> LoyaltyOrderLine:
        return LoyaltyOrderLine(
            line_id=global_id(self.line_type, line.id),
            amount=host.money(share.amount if share else ZERO, self.order.currency),
            points_per_unit=self.terms.rate_of(line.id),
            points=share.points if share else 0,
            why=list(explanation.of_line(self.order, self.terms, line, share, called)),
            detail=self._detail(line, share) if staff else None,
        )

    def _detail(self, line: host.Line, share: LineDue | None) -> LoyaltyLineDetail:
        agreed = self.terms.of(line.id)
        return LoyaltyLineDetail(
            paid=host.money(share.paid_amount if share else ZERO, self.order.currency),
            net=self.terms.net,
            exact_points=str(share.exact if share else 0),
            points_per_piece=agreed.per_piece,
            quantity=line.quantity,
            shipped=line.fulfilled,
            given_back=line.given_back,
            rules=list(agreed.applied),
        )


class OrderLoyalty(graphene.ObjectType):
    """What an order brought in points, and why."""

    verdict = LoyaltyOrderVerdict(required=True, description="Whether the order earns points, or why not.")
    pending = Number(required=True, description="Points that become available later.")
    earned = Number(required=True, description="Points of this order that became available.")
    matures_at = host.date_time_type()(description="When the next pending points become available by themselves.")
    why = listed(graphene.String, "Why, in words for the customer.", required=True)
    lines = listed(LoyaltyOrderLine, "The share of each order line, as it is now.", required=True)
    shipping_points = Number(required=True, description="The share of the shipping.")
    bonuses = listed(LoyaltyOrderBonus, "Points for the order as a whole.", required=True)
    entries = listed(
        LoyaltyEntry, "Every change of points by this order, the oldest first; none for strangers.", required=True
    )

    @staticmethod
    def resolve_pending(root: Loyalty, info: Any) -> int:
        return root.figures[0]

    @staticmethod
    def resolve_earned(root: Loyalty, info: Any) -> int:
        return root.figures[1]

    @staticmethod
    def resolve_why(root: Loyalty, info: Any) -> list[str]:
        found = root.explained
        called = points_name.amounts(info.context, found.order.channel_id) if found else str
        explained = list(explanation.of_order(found.order, found.terms, found.due, called)) if found else []
        unknown = [] if root.is_known else [explanation.for_anybody()]
        return explanation.of_verdict(root.verdict) or [*explained, *unknown]

    @staticmethod
    def resolve_lines(root: Loyalty, info: Any) -> list[LoyaltyOrderLine]:
        return root.explained.lines(info) if root.explained else []

    @staticmethod
    def resolve_shipping_points(root: Loyalty, info: Any) -> int:
        share = root.explained.due.shipping if root.explained else None
        return share.points if share else 0

    @staticmethod
    def resolve_bonuses(root: Loyalty, info: Any) -> list[BonusDue]:
        return list(root.explained.due.bonuses) if root.explained else []

    @staticmethod
    def resolve_entries(root: Loyalty, info: Any) -> list[Entry]:
        if not root.is_known:
            return []
        with host.allow_writer():
            found = queries.entries_of_order(root.stored)
            if not permissions.sees_balance(info.context, root.owner):
                for entry in found:
                    entry.balance_after = None
            return found


class Loyalty:
    """The stored terms of an order, and what they come to now, read when something asks for it.

    To a viewer who is not known to be the buyer or staff it says what the order would bring somebody new.
    """

    def __init__(self, stored: OrderTerms, *, is_known: bool = True) -> None:
        self.stored, self.is_known = stored, is_known
        self.verdict = stored.verdict

    @cached_property
    def owner(self) -> int | None:
        """The user whose account has the order's points."""
        with host.allow_writer():
            account = self.stored.account
            return account.holder.user_id if account is not None else None

    @property
    def matures_at(self) -> Any:
        return self.explained.due.matures_at if self.stored.matures_at and self.explained else None

    @cached_property
    def explained(self) -> Explained | None:
        with host.allow_writer():
            order = host.order(self.stored.order_id)
        if order is None:
            return None
        terms = self._terms(order)
        return Explained(order, terms, entitlement(order, terms, timezone.now()), "OrderLine")

    def _terms(self, order: host.Order) -> Terms:
        agreed = Terms.from_json(self.stored.terms)
        if self.is_known or self.verdict != EARNS:
            return agreed
        moment = agreed.agreed_at or order.placed_at
        with host.allow_writer():
            version = programmes.agreed(order.channel_id, moment, timezone.now())
            return orders.terms_for_anybody(order, version.programme, moment) if version else NOTHING

    @property
    def figures(self) -> tuple[int, int]:
        """The points pending and earned: as posted, or as time has made them and nobody has posted yet."""
        waiting = self.stored.matures_at is not None and self.stored.matures_at <= timezone.now()
        if self.is_known and not (waiting and self.explained):
            return self.stored.pending, self.stored.earned
        return (self.explained.due.pending, self.explained.due.earned) if self.explained else (0, 0)


class TermsByOrderId(host.data_loader()):  # type: ignore[misc]
    """The terms of orders, read at once for all orders of a request."""

    context_key = "reciprocity_terms_by_order_id"

    def batch_load(self, keys: Any) -> list[Loyalty | None]:
        with host.allow_writer():
            found = queries.terms_of(keys)
        return [Loyalty(found[key]) if key in found else None for key in keys]


def resolve_order_loyalty(root: Any, info: Any) -> Any:
    order = host.order_node(root)
    of = (order.user_id, host.channel_id_of(order))
    if not permissions.sees_order(info.context, *of):
        return None
    return TermsByOrderId(info.context).load(host.order_id(order)).then(partial(_as_seen, info.context, *of))


def _as_seen(context: Any, user_id: int | None, channel_id: str, found: Loyalty | None) -> Loyalty | None:
    if found is None or permissions.knows_buyer(context, user_id, channel_id):
        return found
    return Loyalty(found.stored, is_known=permissions.is_user(context, found.owner))


ORDER_LOYALTY = graphene.Field(
    OrderLoyalty,
    resolver=resolve_order_loyalty,
    description="What the order brought in points; null for others than the customer and staff with MANAGE_ORDERS. "
    "Of a guest's order, others see what it would bring somebody new.",
)
