"""The programme: what the shop has set for each channel, and since when; every version is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone

from . import host, settings
from .fields import JSONField


class SettingsVersion(models.Model):
    """What was set for a channel from one moment on. Not the place that staff edit: that is the plugin's page."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36)
    since = models.DateTimeField()
    active = models.BooleanField()
    values = JSONField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["channel_id", "since"], name="reciprocity_one_version_a_moment"),
        ]

    @property
    def programme(self) -> settings.Programme:
        """The values, typed. They were valid when they were stored."""
        return settings.parse(self.values)


def current(channel_id: str) -> SettingsVersion | None:
    """What is set in a channel now, or None where the programme was never switched on.

    The plugin's stored configuration is the truth. Where it differs from the newest version, for example because it
    was changed by a data script, this look makes the new version.
    """
    active, stored = host.plugin_configuration(settings.PLUGIN_ID, channel_id)
    newest = SettingsVersion.objects.filter(channel_id=channel_id).order_by("since").last()
    values = settings.canonical(stored)
    if newest is None and not active:
        return None
    if newest is not None and (newest.active, newest.values) == (active, values):
        return newest
    try:
        settings.parse(values)
    except settings.InvalidSettings:
        return newest  # only a script can store this; the plugin's page refuses it and the system check reports it
    version = SettingsVersion(channel_id=channel_id, since=timezone.now(), active=active, values=values)
    SettingsVersion.objects.bulk_create([version], ignore_conflicts=True)
    return version


def in_force(channel_id: str, moment: datetime) -> SettingsVersion | None:
    """The version that was in force in a channel at a moment, or None before the first."""
    newest = current(channel_id)
    if newest is None or newest.since <= moment:
        return newest
    versions = SettingsVersion.objects.filter(channel_id=channel_id, since__lte=moment)
    return versions.order_by("since").last()


def agreed(channel_id: str, moment: datetime) -> SettingsVersion | None:
    """The version that counts for what happened at a moment: the one in force or, before the first, the first."""
    version = in_force(channel_id, moment)
    return version or SettingsVersion.objects.filter(channel_id=channel_id).order_by("since").first()


def switched_on(channel_id: str) -> bool:
    """Whether the programme is switched on in a channel now."""
    version = current(channel_id)
    return version is not None and version.active


def was_ever_on(channel_id: str) -> bool:
    """Whether the programme was switched on in a channel at any time."""
    return SettingsVersion.objects.filter(channel_id=channel_id).exists()
