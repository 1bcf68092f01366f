"""GraphQL for settings: changing them, after it was said what that means; copying them; beginning with an example."""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Iterator

import graphene
from django.utils import timezone
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import changing, errors, host, identity, inputs, readers, settings, starting
from saleor_reciprocity.examples import Example
from saleor_reciprocity.locking import locking

from . import permissions, reach
from .mutations import LoyaltyError, LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT
from .settings import TYPES, LoyaltySettings, shown
from .starting import LoyaltyExampleName

LoyaltySettingsInput = type(
    "LoyaltySettingsInput",
    (graphene.InputObjectType,),
    {
        "__doc__": "Settings to change; what is left out stays.",
        "active": graphene.Boolean(description="Whether the programme is on."),
        **{
            field.name: TYPES.get(field.name, graphene.String)(description=f"The setting `{field.name}`.")
            for field in (*settings.FIELDS, *settings.SECRETS)
        },
    },
)


class LoyaltySettingChange(graphene.ObjectType):
    """A setting that changes, and what that means for what is under way."""

    label = graphene.String(required=True, description="What the setting is called.")
    before = graphene.String(required=True, description="What is set, as text; of a secret only whether there is one.")
    after = graphene.String(required=True, description="What it becomes, in the same way.")
    means = graphene.String(required=True, description="What that means for what is under way.")


class LoyaltySettingsUpdate(LoyaltyMutation):
    """Change the settings of a channel, or say only what would change. Requires MANAGE_PLUGINS."""

    changes = graphene.List(graphene.NonNull(LoyaltySettingChange), description="What changes, or would.")
    loyalty_settings = graphene.Field(LoyaltySettings, description="What is set now.")

    permission = permissions.MANAGE_PLUGINS

    class Arguments:
        channel = graphene.String(description="Slug of a channel. Needed where the shop has more than one.")
        input = LoyaltySettingsInput(required=True, description="What to change.")
        preview = graphene.Boolean(description="Change nothing, say only what would change.")

    @classmethod
    def perform(cls, info: Any, input: Any, channel: str | None = None, preview: bool = False) -> dict[str, Any]:
        given = dict(input)
        active = given.pop("active", None)
        texts = {name: "" if value is None else readers.as_text(value) for name, value in given.items()}
        for secret in settings.SECRETS:
            if not texts.get(secret.name):
                texts.pop(secret.name, None)
        found = reach.channel_with_slug(info.context, channel)
        with _one_at_a_time(found):
            return _set(found, active, texts, preview)


class LoyaltySettingsCopy(LoyaltyMutation):
    """Give a channel the settings of another. Amounts stay where the currencies differ. Requires MANAGE_PLUGINS."""

    changes = graphene.List(graphene.NonNull(LoyaltySettingChange), description="What changes, or would.")
    loyalty_settings = graphene.Field(LoyaltySettings, description="What is set now.")

    permission = permissions.MANAGE_PLUGINS

    class Arguments:
        origin = graphene.String(required=True, description="Slug of the channel to copy from.")
        channel = graphene.String(required=True, description="Slug of the channel that gets them.")
        preview = graphene.Boolean(description="Change nothing, say only what would change.")

    @classmethod
    def perform(cls, info: Any, origin: str, channel: str, preview: bool = False) -> dict[str, Any]:
        source = reach.channel_with_slug(info.context, origin, "origin")
        target = reach.channel_with_slug(info.context, channel)
        _active, texts = changing.stored(source)
        if source.currency != target.currency:
            texts = {name: text for name, text in texts.items() if name not in settings.MONEY}
        with _one_at_a_time(target):
            return _set(target, None, texts, preview)


class LoyaltyExampleApply(LoyaltyMutation):
    """Set a channel as in an example and switch it on, all or nothing; twice is once. Requires MANAGE_PLUGINS."""

    changes = graphene.List(graphene.NonNull(LoyaltySettingChange), description="What changes, or would.")
    loyalty_settings = graphene.Field(LoyaltySettings, description="What is set now.")

    permission = permissions.MANAGE_PLUGINS

    class Arguments:
        example = LoyaltyExampleName(required=True, description="The example.")
        channel = graphene.String(description=CHANNEL_ARGUMENT)
        preview = graphene.Boolean(description="Change nothing, say only what would change.")
        replace = graphene.Boolean(description="Confirms that a programme which is on becomes another.")

    @classmethod
    def perform(
        cls, info: Any, example: str, channel: str | None = None, preview: bool = False, replace: bool = False
    ) -> dict[str, Any]:
        found = reach.channel_with_slug(info.context, channel)
        with _one_at_a_time(found):
            is_on, stored = changing.stored(found)
            texts = starting.values(found, Example(example), timezone.now())
            if is_on and not (preview or replace or changing.is_same(stored, {**stored, **texts})):
                raise errors.ProgrammeOn
            return _set(found, True, texts, preview)


@contextmanager
def _one_at_a_time(channel: host.Channel) -> Iterator[None]:
    """A transaction in which nobody else changes the channel's settings here. Raises Busy."""
    with locking():
        identity.let_one_in(sha256(f"settings:{channel.id}".encode()).hexdigest())
        yield


def _set(channel: host.Channel, active: bool | None, texts: dict[str, str], preview: bool) -> dict[str, Any]:
    was_on, stored = host.plugin_configuration(settings.PLUGIN_ID, channel.id)
    wanted = {**inputs.canonical(stored), **_secrets(stored), **texts}
    is_on = was_on if active is None else active
    try:
        changing.checked(channel, wanted)
    except inputs.InvalidSettings as invalid:
        return {"errors": [_refusal(name, message) for name, message in invalid.messages.items()]}
    found = changing.changes(channel, is_on, wanted)
    if not preview:
        host.save_configuration(settings.PLUGIN_ID, channel, is_on, texts)
    return {"changes": found, "loyalty_settings": shown(channel)}


def _refusal(name: str, message: str) -> LoyaltyError:
    return LoyaltyError(field=to_camel_case(name), message=message, code=errors.Invalid.code)


def _secrets(values: dict[str, Any]) -> dict[str, str]:
    return {field.name: str(values.get(field.name) or "") for field in settings.SECRETS}


class SettingMutations(graphene.ObjectType):
    loyalty_settings_update = LoyaltySettingsUpdate.Field()
    loyalty_settings_copy = LoyaltySettingsCopy.Field()
    loyalty_example_apply = LoyaltyExampleApply.Field()
