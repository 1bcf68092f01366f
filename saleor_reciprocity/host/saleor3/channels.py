"""The channels of Saleor 3, with what the shop has configured in each."""

from __future__ import annotations

from email.utils import formataddr
from typing import Any

from django.conf import settings
from saleor.channel.models import Channel as ChannelRow
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from ..facts import Channel, MailServer
from ..shared.shop import configured_values

# Every channel: its id, slug and currency.
CHANNELS = "SELECT id::text AS id, slug, currency_code AS currency FROM channel_channel"

# What is stored for each plugin and channel: whether it is switched on, and its configuration, for `configured`.
CONFIGURATIONS = """
SELECT identifier, channel_id::text AS channel_id, active, configuration FROM plugins_pluginconfiguration
"""


def channels() -> list[Channel]:
    """Every channel of the shop."""
    return [_channel(row) for row in ChannelRow.objects.order_by("pk")]


def channel(channel_id: str) -> Channel | None:
    """The channel with this id, or None."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    return _channel(row) if row else None


def channel_by_slug(slug: str | None) -> Channel | None:
    """The channel with this slug; with None, the only channel of the shop; else None."""
    rows = ChannelRow.objects.all() if slug is None else ChannelRow.objects.filter(slug=slug)
    found = list(rows[:2])
    return _channel(found[0]) if len(found) == 1 else None


def _channel(row: ChannelRow) -> Channel:
    return Channel(str(row.pk), row.slug, row.currency_code)


def plugin_configuration(plugin_id: str, channel_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether a plugin is switched on in a channel, and its stored values by name."""
    row = PluginConfiguration.objects.filter(identifier=plugin_id, channel_id=channel_id).first()
    return configured_values(row)


def configured_channel(configuration: Any) -> Channel | None:
    """The channel that a plugin configuration row is for."""
    return _channel(configuration.channel) if configuration.channel else None


def mail_server(channel_id: str) -> MailServer | None:
    """The SMTP server of a channel's mails to customers: that of the host's plugin of mails, if it is on."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    plugin = _plugins().get_plugin("mirumee.notifications.user_email", channel_slug=row.slug) if row else None
    if plugin is None or not plugin.active:
        return None
    config = plugin.config  # what is empty there comes from USER_EMAIL_URL, each by itself, as in the host's own mails
    server = config.host or settings.USER_EMAIL_HOST
    if not server:
        return None
    return MailServer(
        host=server,
        port=int(config.port or settings.USER_EMAIL_PORT or 25),
        username=config.username or settings.USER_EMAIL_HOST_USER,
        password=config.password or settings.USER_EMAIL_HOST_PASSWORD,
        use_tls=config.use_tls or settings.USER_EMAIL_USE_TLS,
        use_ssl=config.use_ssl or settings.USER_EMAIL_USE_SSL,
        sender=formataddr((config.sender_name or "", config.sender_address)) if config.sender_address else "",
    )


def _plugins() -> Any:

    return get_plugins_manager(allow_replica=False)


def save_configuration(plugin_id: str, channel: Channel, active: bool, values: dict[str, str]) -> None:
    """Store a plugin's configuration for a channel as its own page would: what is not among `values` stays."""
    items = [{"name": name, "value": value} for name, value in values.items()]
    cleaned = {"active": active, "configuration": items}
    get_plugins_manager(allow_replica=False).save_plugin_configuration(plugin_id, channel.slug, cleaned)
