"""GraphQL for what a checkout would bring in points, what could be redeemed on it, and the way to the next reward."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host, programmes, settings
from saleor_reciprocity.points import accounts, orders, queries
from saleor_reciprocity.points.earning.entitlement import BonusDue, entitlement
from saleor_reciprocity.points.earning.terms import NOTHING, Terms, is_too_large
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import queries as reward_queries
from saleor_reciprocity.rewards.models import Reward

from . import permissions
from .orders import Explained, LoyaltyOrderBonus, LoyaltyOrderLine
from .rewards import LoyaltyReward
from .rules import listed
from .scalars import Number


class LoyaltyNextReward(graphene.ObjectType):
    """The cheapest reward that the customer can't afford yet."""

    reward = graphene.Field(LoyaltyReward, required=True, description="The reward.")
    missing = Number(required=True, description="How many points are missing.")


@dataclass(frozen=True)
class NextReward:
    """A reward, and how many points are missing to it."""

    reward: Reward
    missing: int


def next_reward(account: Account, channel_id: str) -> NextReward | None:
    """The cheapest reward of a channel that an account can't afford yet."""
    reward = reward_queries.next_above(channel_id, account, timezone.now())
    return NextReward(reward, reward_queries.cheapest(reward) - account.available) if reward else None


class LoyaltyCheckout(graphene.ObjectType):
    """What a checkout would bring in points if it were completed now, and what points could do for it."""

    points = Number(required=True, description="The points that the order would bring.")
    lines = listed(LoyaltyOrderLine, "The share of each checkout line.", required=True)
    bonuses = listed(LoyaltyOrderBonus, "Points for the order as a whole.", required=True)
    redeemable = listed(LoyaltyReward, "What the signed-in customer can afford, the cheapest first.", required=True)
    next_reward = graphene.Field(
        LoyaltyNextReward, description="What the signed-in customer can't afford yet, the cheapest of all."
    )

    @staticmethod
    def resolve_points(root: Explained, info: Any) -> int:
        return root.due.pending + root.due.earned

    @staticmethod
    def resolve_lines(root: Explained, info: Any) -> list[LoyaltyOrderLine]:
        return root.lines(info)

    @staticmethod
    def resolve_bonuses(root: Explained, info: Any) -> list[BonusDue]:
        return [bonus for bonus in root.due.bonuses if bonus.points]

    @staticmethod
    def resolve_redeemable(root: Explained, info: Any) -> list[Reward]:
        account = _own_account(root, info)
        with host.allow_writer():
            return reward_queries.affordable(root.order.channel_id, account, timezone.now()) if account else []

    @staticmethod
    def resolve_next_reward(root: Explained, info: Any) -> NextReward | None:
        account = _own_account(root, info)
        with host.allow_writer():
            return next_reward(account, root.order.channel_id) if account else None


def _own_account(root: Explained, info: Any) -> Account | None:
    """The account of the customer who is signed in, if the checkout is theirs."""
    person = root.order.person
    if person.user_id is None or not permissions.is_user(info.context, person.user_id):
        return None
    with host.allow_writer():
        now = timezone.now()
        return queries.as_of(accounts.account_of(person, now) or Account(), now)


def resolve_checkout_loyalty(root: Any, info: Any) -> Any:
    row = host.order_node(root)
    channel_id = host.channel_id_of(row)
    if not permissions.sees_checkout(info.context, row.user_id, channel_id):
        return None
    with host.allow_writer():
        now = timezone.now()
        version = programmes.current(channel_id, now)
        if version is None or not version.active:
            return None
        return host.order_of_checkout(row, now).then(lambda order: _explained(order, version.programme))


def _explained(order: host.Order, programme: settings.Programme) -> Explained:
    with host.allow_writer():
        terms = _terms(order, programme)
        if is_too_large(order, terms):
            terms = NOTHING
        return Explained(order, terms, entitlement(order, terms, order.placed_at), "CheckoutLine")


def _terms(order: host.Order, programme: settings.Programme) -> Terms:
    """For a customer the customer's own; who gives an address only has proved nothing and is somebody new."""
    if order.person.user_id is None:
        return orders.terms_for_anybody(order, programme, order.placed_at)
    proved = order.person if order.person.confirmed else replace(order.person, email="")
    return orders.terms_now(replace(order, person=proved), programme, accounts.account_of(proved, order.placed_at))


CHECKOUT_LOYALTY = graphene.Field(
    LoyaltyCheckout,
    resolver=resolve_checkout_loyalty,
    description="What the checkout would bring in points, a guest's as for somebody new; null where the programme is "
    "off, and for others than the customer and staff with MANAGE_CHECKOUTS.",
)
