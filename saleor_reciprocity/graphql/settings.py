"""GraphQL for settings: what is set for a channel, typed, with all that a form wants to know of each setting."""

from __future__ import annotations

import dataclasses
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import changing, clock, host, readers, settings

from . import reach
from .scalars import Number

_TYPES = {"Decimal": Number, "int": graphene.Int, "bool": graphene.Boolean, "str": graphene.String}
TYPES = {field.name: _TYPES[str(field.type)] for field in dataclasses.fields(settings.Programme)}


def _described(field: settings.Field) -> str:
    choices = f" One of: {', '.join(field.read.choices)}." if field.read.choices else ""
    return f"The setting `{field.name}` of the plugin's page.{choices}"


LoyaltySettingValues = type(
    "LoyaltySettingValues",
    (graphene.ObjectType,),
    {
        "__doc__": "What is set, by the names of the settings.",
        **{field.name: TYPES[field.name](required=True, description=_described(field)) for field in settings.FIELDS},
    },
)


class LoyaltySetting(graphene.ObjectType):
    """A setting, as a form shows it."""

    name = graphene.String(required=True, description="Its name in the input.")
    group = graphene.String(required=True, description="What it belongs to: points, reward, surprises and so on.")
    label = graphene.String(required=True, description="What it is called.")
    help = graphene.String(required=True, description="What it means.")
    value = graphene.String(required=True, description="What is set, as text; of a secret empty.")
    choices = graphene.List(graphene.NonNull(graphene.String), required=True, description="What can be chosen, if so.")
    unit = graphene.String(required=True, description="What a number counts, such as days or the currency; or empty.")
    is_switch = graphene.Boolean(required=True, description="Whether it is on or off.")
    is_secret = graphene.Boolean(required=True, description="Whether it is never shown; empty leaves it as it is.")

    @staticmethod
    def of(setting: settings.Field, values: dict[str, str], currency: str) -> LoyaltySetting:
        """A field of the page with what is set."""
        secret = setting in settings.SECRETS
        return LoyaltySetting(
            name=to_camel_case(setting.name),
            group=setting.group,
            label=str(setting.label),
            help=str(setting.help_text),
            value="" if secret else values[setting.name],
            choices=clock.zone_names() if setting.read is readers.time_zone else setting.read.choices,
            unit=currency if setting.read.unit == readers.AMOUNT else setting.read.unit,
            is_switch=setting.read.type == "BOOLEAN",
            is_secret=secret,
        )


class LoyaltySettings(graphene.ObjectType):
    """What is set for a channel."""

    channel = graphene.String(required=True, description="Slug of the channel.")
    currency = graphene.String(required=True, description="The channel's currency, in which amounts are.")
    is_active = graphene.Boolean(required=True, description="Whether the programme is on.")
    values = graphene.Field(LoyaltySettingValues, description="What is set; null where a script stored what can't be.")
    fields = graphene.List(graphene.NonNull(LoyaltySetting), required=True, description="The same, for a form.")


class SettingQueries(graphene.ObjectType):
    loyalty_settings = graphene.Field(
        LoyaltySettings,
        channel=graphene.String(description="Slug of a channel. Needed where the shop has more than one."),
        description="What is set for a channel. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_loyalty_settings(root: Any, info: Any, channel: str | None = None) -> LoyaltySettings | None:
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            return shown(found) if found else None


def shown(channel: host.Channel) -> LoyaltySettings:
    """What is set for a channel."""
    active, values = changing.stored(channel)
    read = changing.typed(values)
    fields = (*settings.FIELDS, *settings.SECRETS)
    return LoyaltySettings(
        channel=channel.slug,
        currency=channel.currency,
        is_active=active,
        values=LoyaltySettingValues(**vars(read)) if read else None,
        fields=[LoyaltySetting.of(field, values, channel.currency) for field in fields],
    )
