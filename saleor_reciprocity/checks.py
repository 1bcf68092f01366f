"""System checks: what `manage.py check` says when the plugin can't work as installed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core import checks
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from . import deployment, host, inputs, programmes, settings
from .graphql import schema
from .health.place import NOBODYS


def register_checks() -> None:
    for check in OF_THE_PLUGIN:
        checks.register(check, "reciprocity")
    for check in OF_THE_DATABASE:
        checks.register(check, checks.Tags.database)


def graphql_is_extended(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The host's GraphQL schema must not be built before our fields are in it."""
    if schema.extended_in_time:
        return []
    return [
        checks.Error(
            "The GraphQL schema was built before saleor_reciprocity could add its fields.",
            hint="Another app imports saleor.graphql.api while Django starts. List saleor_reciprocity before it.",
            id="reciprocity.E001",
        )
    ]


def limits_are_limits(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """What the deployer set as a limit must be one: PostgreSQL takes 0 for no limit at all."""
    return [
        checks.Error(
            f"{name} = {value!r} is no number of seconds from {deployment.LEAST_SECONDS} to {deployment.MOST_SECONDS}.",
            hint=f"Until it is one, {deployment.SECONDS[name]} counts.",
            id="reciprocity.E003",
        )
        for name, value in deployment.unusable_seconds().items()
    ]


def hooks_are_called(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A hook that the host has given up is never called, and nothing else says so."""
    gone = [name for name in host.HOOKS if not host.calls_hook(name)]
    if not gone:
        return []
    return [
        checks.Warning(
            f"This Saleor no longer calls the plugin when something happens to an order: {', '.join(gone)}.",
            hint="The sweep of every minute settles these orders. Make sure that it runs: by Celery beat, or by"
            " `manage.py reciprocity_work`. Points and surprises show up to a minute later.",
            id="reciprocity.W001",
        )
    ]


def addresses_are_proved(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Where the shop never asks whether an address is its owner's, no customer can agree to messages in the account."""
    if host.asks_for_proof():
        return []
    return [
        checks.Warning(
            "This shop does not ask customers to confirm their address, so nobody has proved one: what they agree to"
            " in their account sends no message, and bonuses for signing up and birthdays are not given.",
            hint="Set ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL to True. A yes on the page behind a message counts anyway.",
            id="reciprocity.W004",
        )
    ]


def stored_settings_are_valid(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A configuration that a script stored may be one that the plugin's page would have refused.

    A warning where it is only messages that can't leave.

    It runs with the other checks of the database: before `migrate`, and when `check` is told to look there.
    """
    try:
        with host.allow_writer():
            return [problem for channel in host.channels() for problem in _problems(channel)]
    except DatabaseError:  # before the first migration
        return []


def links_lead_to_the_shop(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Links in messages, to surveys and for unsubscribing, begin with what Saleor takes for its public address."""
    try:
        with host.allow_writer():
            address = host.absolute_address("/")
    except (DatabaseError, ObjectDoesNotExist):  # before the first migration
        return []
    if django_settings.DEBUG or urlsplit(address).hostname not in NOBODYS:
        return []
    return [
        checks.Warning(
            f"Links in messages lead to {address}, where no customer finds the shop.",
            hint="Set the shop's public address: the environment variable PUBLIC_URL, or on Saleor 2.10 its domain.",
            id="reciprocity.W002",
        )
    ]


def _problems(channel: host.Channel) -> list[checks.CheckMessage]:
    _, values = host.plugin_configuration(settings.PLUGIN_ID, channel.id)
    try:
        programmes.checked(values)
    except inputs.InvalidSettings as invalid:
        text = f"The settings of the channel {channel.slug} can't be used: {invalid}"
        return [checks.Error(text, id="reciprocity.E002")]
    try:
        inputs.check_delivery(values)
    except inputs.InvalidSettings as invalid:
        return [checks.Warning(f"Messages of the channel {channel.slug} can't leave: {invalid}", id="reciprocity.W003")]
    return []


OF_THE_PLUGIN = (graphql_is_extended, limits_are_limits, hooks_are_called, addresses_are_proved)
OF_THE_DATABASE = (stored_settings_are_valid, links_lead_to_the_shop)
