"""GraphQL for messages: what a customer wants to get, and the outbox for staff."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import get_language

from saleor_reciprocity import host
from saleor_reciprocity.mail import consent, pausing, samples
from saleor_reciprocity.mail.kinds import FOR_CUSTOMERS, KINDS
from saleor_reciprocity.mail.models import Mail, State

from . import reach
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, enum, global_id

CommunicationKind = graphene.Enum(
    "CommunicationKind",
    [(kind.upper(), kind) for kind in FOR_CUSTOMERS],
    description=lambda value: "A kind of message to customers." if value is None else None,
)
CommunicationMessageKind = graphene.Enum(
    "CommunicationMessageKind",
    [(kind.upper(), kind) for kind in KINDS],
    description=lambda value: "A kind of message, to customers or to the shop." if value is None else None,
)
CommunicationState = enum("CommunicationState", State, "How far a message has come.")


class CommunicationPreference(graphene.ObjectType):
    """What a customer said about one kind of message."""

    kind = CommunicationKind(required=True, description="The kind of message.")
    wanted = graphene.Boolean(description="Whether it is wanted; null as long as the customer has said nothing.")
    chosen_at = host.date_time_type()(description="When the customer said so.")


class CommunicationMessage(graphene.ObjectType):
    """A message that somebody is to get. It shows neither an address nor the text."""

    id = graphene.ID(required=True, description="The ID of the message.")
    kind = CommunicationMessageKind(required=True, description="The kind of message.")
    state = CommunicationState(required=True, description="How far it has come.")
    reason = graphene.String(required=True, description="Why it was not sent, or what the last attempt met.")
    basis = graphene.String(required=True, description="The legal basis on which it was sent.")
    attempts = graphene.Int(required=True, description="How often it was tried.")
    due_at = host.date_time_type()(required=True, description="When it was due.")
    sent_at = host.date_time_type()(description="When the server accepted it.")

    @staticmethod
    def resolve_id(root: Mail, info: Any) -> str:
        return global_id("CommunicationMessage", root.pk)


class CommunicationMessageCountableConnection(Connection):
    class Meta:
        node = CommunicationMessage

    total_count = graphene.Int(description="A total count of items in the collection.")


def preferences_of(person: host.Person) -> list[CommunicationPreference]:
    """What a person said about each kind."""
    said = dict.fromkeys(FOR_CUSTOMERS)
    if person.email:
        said = {kind: consent.latest_choice(person, kind) for kind in FOR_CUSTOMERS}
    return [
        CommunicationPreference(
            kind=kind, wanted=choice.wanted if choice else None, chosen_at=choice.chosen_at if choice else None
        )
        for kind, choice in said.items()
    ]


class CommunicationLetter(graphene.ObjectType):
    """A message as it is read."""

    subject = graphene.String(required=True, description="The subject.")
    text = graphene.String(required=True, description="The plain text.")
    html = graphene.String(required=True, description="The HTML part, a whole document.")
    language = graphene.String(required=True, description="The language that it is in.")


class CommunicationSending(graphene.ObjectType):
    """Whether messages leave a channel."""

    channel = graphene.String(required=True, description="Slug of the channel.")
    is_paused = graphene.Boolean(required=True, description="Whether staff have stopped them.")
    since = host.date_time_type()(description="Since when they are stopped.")
    actor = graphene.String(description="Who stopped them: a user or an app, by number.")


def sending(context: Any) -> list[CommunicationSending]:
    """Whether messages leave each channel within reach."""
    paused = pausing.paused()
    rows = [(channel.slug, paused.get(channel.id)) for channel in reach.channels(context)]
    return [
        CommunicationSending(
            channel=slug, is_paused=one is not None, since=one and one.since, actor=one.actor if one else None
        )
        for slug, one in rows
    ]


class CommunicationQueries(graphene.ObjectType):
    communication_preview = graphene.Field(
        CommunicationLetter,
        kind=CommunicationMessageKind(required=True, description="The kind of message."),
        language=graphene.String(description="The language, such as en or zh-hans; the request's without one."),
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="A kind of message with made-up contents, as a customer would read it; null for an unknown "
        "channel. Requires the permission MANAGE_ORDERS.",
    )
    communication_sending = graphene.List(
        graphene.NonNull(CommunicationSending),
        required=True,
        description="Whether messages leave each channel. Requires the permission MANAGE_ORDERS.",
    )
    communication_messages = ConnectionField(
        CommunicationMessageCountableConnection,
        state=CommunicationState(description="Only messages in this state."),
        kind=CommunicationMessageKind(description="Only messages of this kind."),
        description="The outbox, newest first, with the count of what fits. Requires the permission MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_communication_preview(
        root: Any, info: Any, kind: str, language: str | None = None, channel: str | None = None
    ) -> Any:
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            return samples.letter(kind, language or get_language() or "en", found, timezone.now()) if found else None

    @staticmethod
    def resolve_communication_sending(root: Any, info: Any) -> list[CommunicationSending]:
        with host.allow_writer():
            return sending(info.context)

    @staticmethod
    def resolve_communication_messages(
        root: Any,
        info: Any,
        state: str | None = None,
        kind: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Any:
        wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
        known = Mail.objects.filter(**wanted, kind__in=list(KINDS))  # newer workers may know more
        rows = reach.within(info.context, known).order_by("-pk")

        def read(count: int, position: Any) -> Any:
            return list((rows.filter(pk__lt=position[0]) if position else rows)[:count])

        with host.allow_writer():
            connection = page(CommunicationMessageCountableConnection, read, lambda mail: (mail.pk,), first, after)
            connection.total_count = rows.count()
        return connection
