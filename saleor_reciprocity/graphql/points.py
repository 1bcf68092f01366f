"""GraphQL for points: `User.loyalty`, and an account for staff."""

from __future__ import annotations

import json
from typing import Any

import graphene
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from graphql import GraphQLError

from saleor_reciprocity import erasure, errors, host
from saleor_reciprocity.points import accounts, queries
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.tiers import standing
from saleor_reciprocity.recommendations import preferences
from saleor_reciprocity.rewards import queries as reward_queries
from saleor_reciprocity.surprises import queries as surprise_queries
from saleor_reciprocity.surveys import conversations
from saleor_reciprocity.surveys import queries as survey_queries

from . import permissions, reach
from .checkout import LoyaltyNextReward, next_reward
from .communication import CommunicationPreference, preferences_of
from .connections import ConnectionField, page
from .entries import LoyaltyEntryCountableConnection
from .naming import person_named
from .preferences import LoyaltyPreference
from .rewards import LoyaltyRedemptionCountableConnection
from .scalars import CHANNEL_ARGUMENT, Number
from .surprises import LoyaltySurpriseCountableConnection
from .surveys import LoyaltyNote, SurveyAnswer, SurveyOpenOrder
from .tiers import LoyaltyStanding


class LoyaltyLot(graphene.ObjectType):
    """Points that end at one moment."""

    points = Number(required=True, source="remaining", description="The points that are left of it.")
    earned_at = host.date_time_type()(required=True, description="Since when they can be spent.")
    expires_at = host.date_time_type()(description="When they end; null for never.")


class LoyaltyAccount(graphene.ObjectType):
    """A customer's points."""

    available = Number(required=True, description="Points that can be spent now.")
    pending = Number(required=True, description="Points that become available when the goods are shipped.")
    debt = Number(
        required=True, description="Points that were taken back after they were spent; the next points repay them."
    )
    personal_data = graphene.String(
        required=True,
        description="All that is held about the person, as JSON, whole or not at all: answers are in it, of every "
        "channel, so others than the customer need MANAGE_ORDERS, too, and the reach of all channels. The codes are "
        "in it for the customer and with MANAGE_DISCOUNTS.",
    )
    entries = ConnectionField(LoyaltyEntryCountableConnection, description="Every change of the points, newest first.")
    redemptions = ConnectionField(
        LoyaltyRedemptionCountableConnection, description="What points were exchanged for, newest first."
    )

    next_reward = graphene.Field(
        LoyaltyNextReward,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="The cheapest reward of a channel that the customer can't afford yet; null where there is none.",
    )
    tier = graphene.Field(LoyaltyStanding, description="Where the customer stands; null where the shop has no tiers.")
    surprises = ConnectionField(LoyaltySurpriseCountableConnection, description="Gifts that were won, newest first.")
    preferences = graphene.List(
        graphene.NonNull(LoyaltyPreference),
        required=True,
        description="What the customer likes, dislikes and is not interested in, newest first.",
    )

    notes = graphene.List(
        graphene.NonNull(LoyaltyNote),
        description="What staff wrote down of conversations, newest first. Requires the permission MANAGE_USERS.",
    )
    open_orders = graphene.List(
        graphene.NonNull(SurveyOpenOrder),
        description="The newest orders about which nothing is answered yet. Requires the permission MANAGE_ORDERS.",
    )
    lots = graphene.List(
        graphene.NonNull(LoyaltyLot),
        required=True,
        description="What can be spent, by when it ends: the soonest first, 20 at most.",
    )
    survey_answers = graphene.List(
        graphene.NonNull(SurveyAnswer),
        description="The customer's answers, the newest first, 20 at most. Requires the permission MANAGE_ORDERS.",
    )

    communication_preferences = graphene.List(
        graphene.NonNull(CommunicationPreference),
        required=True,
        description="Which messages the customer wants, kind by kind.",
    )

    @staticmethod
    def resolve_lots(root: Account, info: Any) -> Any:
        with host.allow_writer():
            return queries.lots(root, timezone.now())

    @staticmethod
    def resolve_notes(root: Account, info: Any) -> Any:
        permissions.require(info.context, permissions.MANAGE_USERS)
        with host.allow_writer():
            return conversations.notes_of(root) if root.pk else []

    @staticmethod
    def resolve_open_orders(root: Account, info: Any) -> Any:
        permissions.require(info.context, permissions.MANAGE_ORDERS)
        with host.allow_writer():
            person = getattr(root, "person", None) or _person_behind(root)
            return conversations.open_about(person, reach.ids(info.context))

    @staticmethod
    def resolve_survey_answers(root: Account, info: Any) -> Any:
        permissions.require(info.context, permissions.MANAGE_ORDERS)
        with host.allow_writer():
            person = getattr(root, "person", None) or _person_behind(root)
            return survey_queries.of_person(person, reach.ids(info.context))

    @staticmethod
    def resolve_communication_preferences(root: Account, info: Any) -> Any:
        with host.allow_writer():
            return preferences_of(getattr(root, "person", None) or host.Person(root.user_id, "", confirmed=False))

    @staticmethod
    def resolve_next_reward(root: Account, info: Any, channel: str | None = None) -> Any:
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return next_reward(root, found.id) if found else None

    @staticmethod
    def resolve_tier(root: Account, info: Any) -> Any:
        with host.allow_writer():
            return standing.outlook(root, timezone.now())

    @staticmethod
    def resolve_personal_data(root: Account, info: Any) -> str:
        own = permissions.is_user(info.context, root.user_id)
        if not own:
            permissions.require(info.context, permissions.MANAGE_ORDERS)
            reach.require(info.context, None)
        with host.allow_writer():
            person = getattr(root, "person", None) or _person_behind(root)
            held = erasure.export(person)
        if not own and not host.has_permission(info.context, permissions.MANAGE_DISCOUNTS):
            _hide_codes(held)
        return json.dumps(held, cls=DjangoJSONEncoder)

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


def _hide_codes(held: dict[str, Any]) -> None:
    for row in (*held["rewards"], *held["surprises"]):
        row["code"] = None


def _person_behind(account: Account) -> host.Person:
    return host.person(account.user) if account.user else host.person_with_email("")


def _with_person(account: Account, person: host.Person) -> Account:
    account.person = person
    return account


def resolve_user_loyalty(root: Any, info: Any) -> Account:
    if not permissions.is_user(info.context, root.pk):
        permissions.require(info.context, permissions.MANAGE_USERS)
    with host.allow_writer():
        person = host.person(root)
        now = timezone.now()
        account = _with_person(queries.as_of(accounts.account_of(person, now) or Account(), now), person)
    account.user_id = root.pk  # for what is kept for users, not accounts; the account itself is only shown
    return account


USER_LOYALTY = graphene.Field(
    LoyaltyAccount,
    resolver=resolve_user_loyalty,
    description="The customer's points. For others than the customer it requires the permission MANAGE_USERS.",
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
        with host.allow_writer():
            try:
                person = person_named(user_id, email)
            except errors.NotFound:
                return None
            except errors.Invalid as error:
                raise GraphQLError(f"{error.field}: {error.message}") from None
            now = timezone.now()
            account = accounts.account_of(person, now)
            if account is None:
                return None
            account.user_id = person.user_id or account.user_id
            return _with_person(queries.as_of(account, now), person)
