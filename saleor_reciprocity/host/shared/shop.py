"""The shop: its name, its address, and the plugin's place in it."""

from __future__ import annotations

from inspect import unwrap
from typing import Any, Mapping

from django.contrib.sites.models import Site
from django.core.exceptions import ImproperlyConfigured, ValidationError
from saleor.core.utils import build_absolute_uri, get_client_ip
from saleor.plugins import base_plugin
from saleor.plugins.error_codes import PluginErrorCode
from saleor.plugins.manager import PluginsManager
from saleor.plugins.models import PluginConfiguration

# What a plugin is a kind of, and what its settings can be.
SaleorPlugin = base_plugin.BasePlugin
ConfigurationTypeField = base_plugin.ConfigurationTypeField


def client_address(request: Any) -> str:
    """The network address that a request came from, as the host reads it: behind a proxy what the proxy says."""
    return str(get_client_ip(request) or "")


def configuration_error(messages: Mapping[str, str]) -> ValidationError:
    """The error that the plugin page shows at the fields named in `messages`."""
    code = PluginErrorCode.INVALID.value
    return ValidationError({name: ValidationError(text, code=code) for name, text in messages.items()})


def configured_values(row: PluginConfiguration | None) -> tuple[bool, dict[str, Any]]:
    """Whether the plugin is switched on in a stored configuration, and its values by name."""
    if row is None:
        return False, {}
    return row.active, configured(row.configuration)


def configured(stored: Any) -> dict[str, Any]:
    """The values in a stored configuration, by name."""
    return {item["name"]: item.get("value") for item in stored or []}


def switch_off(row: PluginConfiguration) -> None:
    """Store that the plugin is switched off in a configuration."""
    row.active = False
    row.save(update_fields=["active"])


def calls_hook(name: str) -> bool:
    """Whether the host's manager of plugins still hands a hook on: it has it, and names it to the plugins."""
    method = getattr(PluginsManager, name, None)
    return method is not None and name in unwrap(method).__code__.co_consts


def absolute_address(location: str) -> str:
    """The public address of a path of this shop's Saleor."""
    return str(build_absolute_uri(location))


def shop_name() -> str:
    """What the shop is called."""
    return str(Site.objects.get_current().name)


def sender() -> str:
    """The shop's own sender of mails, `name <address>`; "" when it has none."""
    try:
        return str(Site.objects.get_current().settings.default_from_email)
    except (ImproperlyConfigured, Site.settings.RelatedObjectDoesNotExist, ValueError):
        return ""
