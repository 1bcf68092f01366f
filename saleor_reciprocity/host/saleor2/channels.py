"""The channels of Saleor 2.10, with what the shop has configured in each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from ..facts import Channel, MailServer
from ..shared.shop import configured_values
from .parts import CHANNEL_ID

_CHANNEL_SLUG = "default-channel"  # what an upgrade to Saleor 3 calls the one channel that there is here

# Every channel: its id, slug and currency.
CHANNELS = f"""
SELECT '{CHANNEL_ID}' AS id, '{_CHANNEL_SLUG}' AS slug, '{settings.DEFAULT_CURRENCY}' AS currency
"""

# What is stored for each plugin and channel: whether it is switched on, and its configuration, for `configured`.
CONFIGURATIONS = f"""
SELECT identifier, '{CHANNEL_ID}' AS channel_id, active, configuration FROM plugins_pluginconfiguration
"""  # noqa: S608 - a constant


def channels() -> list[Channel]:
    """Every channel of the shop."""
    return [Channel(CHANNEL_ID, _CHANNEL_SLUG, settings.DEFAULT_CURRENCY)]


def channel(channel_id: str) -> Channel | None:
    """The channel with this id, or None."""
    return next((found for found in channels() if found.id == channel_id), None)


def channel_by_slug(slug: str | None) -> Channel | None:
    """The channel with this slug; with None, the only channel of the shop; else None."""
    return next((found for found in channels() if slug in (None, found.slug)), None)


def plugin_configuration(plugin_id: str, channel_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether a plugin is switched on in a channel, and its stored values by name."""
    return configured_values(PluginConfiguration.objects.filter(identifier=plugin_id).first())


def configured_channel(configuration: Any) -> Channel | None:
    """The channel that a plugin configuration row is for."""
    return channels()[0]


def mail_server(channel_id: str) -> MailServer | None:
    """The SMTP server of a channel's mails to customers; none here but Django's."""
    return None


def save_configuration(plugin_id: str, channel: Channel, active: bool, values: dict[str, str]) -> None:
    """Store a plugin's configuration for a channel as its own page would: what is not among `values` stays."""
    items = [{"name": name, "value": value} for name, value in values.items()]
    get_plugins_manager().save_plugin_configuration(plugin_id, {"active": active, "configuration": items})
