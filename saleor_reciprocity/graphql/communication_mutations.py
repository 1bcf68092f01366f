"""GraphQL for customers to say which messages they want."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host
from saleor_reciprocity.mail import consent

from .communication import CommunicationKind, CommunicationPreference, preferences_of
from .mutations import LoyaltyMutation


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


class CommunicationMutations(graphene.ObjectType):
    communication_preferences_update = CommunicationPreferencesUpdate.Field()
