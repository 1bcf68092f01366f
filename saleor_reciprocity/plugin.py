"""The plugin as Saleor sees it: its name, what can be set, and the hooks that lead to settlement."""

from __future__ import annotations

import logging
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from . import dashboard, host, inputs, programmes, settings, settlement, views
from .errors import keep_going
from .rewards import catalogue
from .surprises import campaigns

logger = logging.getLogger(__name__)


class ReciprocityPlugin(host.SaleorPlugin):
    """Points, and all that a shop gives first."""

    PLUGIN_ID = settings.PLUGIN_ID
    PLUGIN_NAME = "Reciprocity"
    PLUGIN_DESCRIPTION = gettext_lazy(
        "Points for every order, exchanged for vouchers and gift cards, and gifts that nobody expected."
    )
    DEFAULT_ACTIVE = False
    CONFIGURATION_PER_CHANNEL = True
    DEFAULT_CONFIGURATION = [
        {"name": field.name, "value": field.default == "True" if field.read.type == "BOOLEAN" else field.default}
        for field in (*settings.FIELDS, *settings.SECRETS)
    ]
    CONFIG_STRUCTURE = {
        field.name: {
            "type": getattr(host.ConfigurationTypeField, field.read.type),
            "label": field.label,
            "help_text": field.help_text,
        }
        for field in (*settings.FIELDS, *settings.SECRETS)
    }

    def get_plugin_configuration(self, configuration: Any) -> Any:
        return super().get_plugin_configuration(deepcopy(configuration))  # Saleor 2 passes the class's own default

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **kwargs: Any) -> None:
        _, values = host.configured_values(plugin_configuration)
        channel = host.configured_channel(plugin_configuration)
        try:
            programmes.checked(values, host.decimals(channel.currency) if channel else settings.MOST_DECIMALS)
            inputs.check_delivery(values)
        except inputs.InvalidSettings as invalid:
            raise host.configuration_error(invalid.by_label()) from invalid

    @classmethod
    def save_plugin_configuration(cls, plugin_configuration: Any, cleaned_data: dict[str, Any]) -> Any:
        channel = host.configured_channel(plugin_configuration)
        if channel is not None and not programmes.was_ever_on(channel.id):
            host.switch_off(plugin_configuration)  # Saleor 2 makes a new row switched on, even for a refused value
        saved = super().save_plugin_configuration(plugin_configuration, _tidied(cleaned_data))
        now = timezone.now()
        version = programmes.current(channel.id, now) if channel is not None else None
        if channel is not None and version is not None:
            catalogue.keep_standard_reward(channel, version.programme)
            if version.active:
                campaigns.keep_standard_campaign(channel, version.programme, now)
        with keep_going(logger, "The desk could not be shown in the Dashboard"), transaction.atomic():
            dashboard.place(now)
        return saved

    def webhook(self, request: HttpRequest, path: str | None, previous_value: Any) -> HttpResponse:
        """A page of ours. Saleor 3 also asks a plugin that is off: whoever wants to leave always can."""
        return views.respond(request, path or "")

    def _settle(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        if self.active:  # Saleor 2 also calls plugins that are switched off
            settlement.settle_after_commit(lambda: [host.order_id(order)])
        return kwargs.get("previous_value")

    def _settle_all(self, orders: Any, *args: Any, **kwargs: Any) -> Any:
        settlement.settle_after_commit(lambda: [host.order_id(order) for order in orders])
        return kwargs.get("previous_value")

    def _settle_fulfilled(self, fulfillment: Any, *args: Any, **kwargs: Any) -> Any:
        if self.active:
            settlement.settle_after_commit(lambda: [host.order_id(fulfillment.order)])
        return kwargs.get("previous_value")

    order_created = order_confirmed = order_updated = order_expired = _settle
    order_paid = order_fully_paid = order_refunded = order_fully_refunded = _settle
    order_fulfilled = order_cancelled = _settle
    order_bulk_created = _settle_all
    fulfillment_created = fulfillment_approved = fulfillment_canceled = _settle_fulfilled


def _tidied(cleaned_data: dict[str, Any]) -> dict[str, Any]:
    items = cleaned_data.get("configuration") or []
    return {
        **cleaned_data,
        "configuration": [{**item, "value": inputs.tidied(item["name"], item.get("value"))} for item in items],
    }
