"""The programme: what the shop has set for each channel, and since when; every version is kept."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, Mapping

from django.db import connection, models
from django.db.models import QuerySet

from . import host, inputs, readers, settings
from .fields import JSONField


class SettingsVersion(models.Model):
    """What was set for a channel from one moment on. Not the place that staff edit: that is the plugin's page.

    The versions of a channel are numbered. The last number is the newest, also where the clock was put back since.
    """

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36)
    number = models.IntegerField()
    since = models.DateTimeField()
    active = models.BooleanField()
    values = JSONField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["channel_id", "number"], name="reciprocity_settings_versions_in_turn"),
        ]

    @property
    def programme(self) -> settings.Programme:
        """The values, typed. They were valid when they were stored."""
        return inputs.parse(self.values)


# The newest version of a channel `o.channel_id`, and what is stored there: in one statement, because who has seen an
# older configuration than version makes a version of it again.
COLUMNS = {
    "version_id": "v.id",
    "version_number": "v.number",
    "version_since": "v.since",
    "version_active": "v.active",
    "version_values": 'v."values"::text',
    "is_on": "coalesce(c.active, false)",
    "configuration": "c.configuration::text",
}
JOINS = f"""
LEFT JOIN LATERAL (SELECT * FROM reciprocity_settingsversion n WHERE n.channel_id = o.channel_id
  ORDER BY n.number DESC LIMIT 1) v ON true
LEFT JOIN ({host.CONFIGURATIONS}) c ON c.channel_id = o.channel_id AND c.identifier = '{settings.PLUGIN_ID}'
"""  # noqa: S608 - constants
_CURRENT = f"SELECT {', '.join(COLUMNS.values())} FROM (SELECT %s::text AS channel_id) o {JOINS}"  # noqa: S608


_STORED = f"""
SELECT c.channel_id, c.active, c.configuration::text FROM ({host.CONFIGURATIONS}) c WHERE c.identifier = %s
"""  # noqa: S608 - a constant


def stored() -> dict[str, tuple[bool, dict[str, str]]]:
    """Where anything was ever stored, whether the programme is on, and the settings as text. By the channel's id."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [settings.PLUGIN_ID])
        rows = cursor.fetchall()
    return {
        channel_id: (active, inputs.canonical(host.configured(json.loads(configuration or "null"))))
        for channel_id, active, configuration in rows
    }


def current(channel_id: str, now: datetime) -> SettingsVersion | None:
    """What is set in a channel now, or None where the programme was never switched on.

    The plugin's stored configuration is the truth. Where it differs from the newest version, for example because it
    was changed by a data script, this look makes the new version.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, [channel_id])
        return current_of(channel_id, dict(zip(COLUMNS, cursor.fetchone())), now)


def current_of(channel_id: str, read: Mapping[str, Any], now: datetime) -> SettingsVersion | None:
    """The same, where another statement has read `COLUMNS` of the channel already."""
    newest = _version_in(channel_id, read)
    active, values = read["is_on"], stored_in(read)
    if newest is None and not active:
        return None
    if newest is not None and (newest.active, newest.values) == (active, values):
        return newest
    try:
        checked(values)
    except inputs.InvalidSettings:
        return newest  # only a script can store this; the plugin's page refuses it and the system check reports it
    version = SettingsVersion(
        channel_id=channel_id,
        number=newest.number + 1 if newest else 1,
        since=now,
        active=active,
        values=values,
    )
    SettingsVersion.objects.bulk_create([version], ignore_conflicts=True)
    return _versions(channel_id).last()


def stored_in(read: Mapping[str, Any]) -> dict[str, str]:
    """The settings as text, as they are stored, where a statement has read `COLUMNS` of the channel."""
    return inputs.canonical(host.configured(json.loads(read["configuration"] or "null")))


def _version_in(channel_id: str, read: Mapping[str, Any]) -> SettingsVersion | None:
    if read["version_id"] is None:
        return None
    return SettingsVersion(
        pk=read["version_id"],
        channel_id=channel_id,
        number=read["version_number"],
        since=read["version_since"],
        active=read["version_active"],
        values=json.loads(read["version_values"]),
    )


def _versions(channel_id: str) -> QuerySet:
    return SettingsVersion.objects.filter(channel_id=channel_id).order_by("number")


def checked(values: Mapping[str, Any], decimals: int = settings.MOST_DECIMALS) -> settings.Programme:
    """The values, typed, before they become a version. Raises InvalidSettings for what can't be used here."""
    programme = inputs.parse(values, decimals)
    if not knows_zone(programme.time_zone):
        raise inputs.InvalidSettings({"time_zone": str(readers.UNKNOWN_ZONE)})
    return programme


@lru_cache(maxsize=None)
def knows_zone(name: str) -> bool:
    """Whether the database, too, has a time zone of this name: some statements ask it what time it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_timezone_names WHERE name = %s", [name])
        return bool(cursor.fetchone()[0])


def in_force(channel_id: str, moment: datetime, now: datetime) -> SettingsVersion | None:
    """The version that was in force in a channel at a moment, or None before the first."""
    return at(current(channel_id, now), moment)


def at(newest: SettingsVersion | None, moment: datetime) -> SettingsVersion | None:
    """The version that was in force at a moment in a channel of which this is the newest."""
    if newest is None or newest.since <= moment:
        return newest
    return _versions(newest.channel_id).filter(since__lte=moment).last()


def agreed(channel_id: str, moment: datetime, now: datetime) -> SettingsVersion | None:
    """The version that counts for what happened at a moment: the one in force or, before the first, the first."""
    version = in_force(channel_id, moment, now)
    return version or _versions(channel_id).first()


def switched_on(channel_id: str, now: datetime) -> bool:
    """Whether the programme is switched on in a channel now."""
    version = current(channel_id, now)
    return version is not None and version.active


def was_ever_on(channel_id: str) -> bool:
    """Whether the programme was switched on in a channel at any time."""
    return SettingsVersion.objects.filter(channel_id=channel_id).exists()
