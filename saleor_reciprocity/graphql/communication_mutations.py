"""GraphQL for customers to say which messages they want, and for staff to stop them and try them."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host
from saleor_reciprocity.mail import consent, pausing, samples

from . import permissions, reach
from .communication import (
    CommunicationKind,
    CommunicationMessageKind,
    CommunicationPreference,
    CommunicationSending,
    preferences_of,
    sending,
)
from .mutations import LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT


class CommunicationPreferenceInput(graphene.InputObjectType):
    kind = CommunicationKind(required=True, description="The kind of message.")
    wanted = graphene.Boolean(required=True, description="Whether it is wanted.")


class CommunicationPreferencesUpdate(LoyaltyMutation):
    """Say which messages one wants, from now on; kept with its time. Kinds that are not named stay as they are."""

    preferences = graphene.List(
        graphene.NonNull(CommunicationPreference), description="All preferences, as they are now."
    )

    class Arguments:
        input = graphene.List(
            graphene.NonNull(CommunicationPreferenceInput), required=True, description="The kinds that change."
        )

    @classmethod
    def perform(cls, info: Any, input: list[Any]) -> dict[str, Any]:
        user = host.current_user(info.context)
        if user is None:
            raise errors.SignInRequired
        if len({item["kind"] for item in input}) < len(input):
            raise errors.Invalid(_("Name each kind of message once."), field="input")
        person = host.person(user)
        for item in input:
            said = consent.latest_choice(person, item["kind"])
            if said is None or said.wanted != item["wanted"]:
                consent.choose(person, item["kind"], item["wanted"], "graphql", timezone.now())
        return {"preferences": preferences_of(person)}


class CommunicationPause(LoyaltyMutation):
    """Stop what is sent in a channel, or let it go on. What is too old by then is not sent. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    sending = graphene.List(graphene.NonNull(CommunicationSending), description="Whether messages leave each channel.")

    class Arguments:
        channel = graphene.String(description=CHANNEL_ARGUMENT)
        is_paused = graphene.Boolean(required=True, description="Whether to stop.")

    @classmethod
    def perform(cls, info: Any, is_paused: bool, channel: str | None = None) -> dict[str, Any]:
        channel_id = reach.channel_with_slug(info.context, channel).id
        if is_paused:
            pausing.pause(channel_id, permissions.actor(info.context), timezone.now())
        else:
            pausing.go_on(channel_id)
        return {"sending": sending(info.context)}


class CommunicationTest(LoyaltyMutation):
    """Send a message with made-up contents to oneself, by the channel's mail server. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    address = graphene.String(description="Where it was sent.")

    class Arguments:
        kind = CommunicationMessageKind(required=True, description="The kind of message.")
        language = graphene.String(description="The language, such as en or zh-hans.")
        channel = graphene.String(description=CHANNEL_ARGUMENT)

    @classmethod
    def perform(cls, info: Any, kind: str, language: str | None = None, channel: str | None = None) -> dict[str, Any]:
        user = host.current_user(info.context)
        if user is None:
            raise errors.SignInRequired
        found = reach.channel_with_slug(info.context, channel)
        samples.send(kind, language or get_language() or "en", found, user, timezone.now())
        return {"address": user.email}


class CommunicationMutations(graphene.ObjectType):
    communication_pause = CommunicationPause.Field()
    communication_test = CommunicationTest.Field()
    communication_preferences_update = CommunicationPreferencesUpdate.Field()
