"""Changing: what other settings of a channel mean for what is under way, said before they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import host, inputs, programmes, settings
from .points.models import OrderTerms

# What an order was promised when it was placed.
_TERMS = ("points_per_unit", "earning_base", "earning_shipping", "return_window_days", "points_taken_back")
_HOLDOUTS = ("holdout_share", "survey_holdout_share", "recommendations_holdout_share")
HIDDEN = "•••"


@dataclass(frozen=True)
class Change:
    """One setting that would change, as text, and what that means."""

    name: str
    label: str
    before: str
    after: str
    means: str


def stored(channel: host.Channel) -> tuple[bool, dict[str, str]]:
    """Whether a channel is on, and its settings as text, with the defaults where nothing was set."""
    active, values = host.plugin_configuration(settings.PLUGIN_ID, channel.id)
    return active, inputs.canonical(values)


def typed(values: Mapping[str, Any]) -> settings.Programme | None:
    """Settings typed; None where a script stored what can't be used."""
    try:
        return inputs.parse(values)
    except inputs.InvalidSettings:
        return None


def checked(channel: host.Channel, values: Mapping[str, Any]) -> None:
    """Raises InvalidSettings, with a message for every field, where the plugin's page would refuse."""
    programmes.checked(values, host.decimals(channel.currency))
    inputs.check_delivery(values)


def changes(channel: host.Channel, active: bool, values: Mapping[str, Any]) -> list[Change]:
    """What would change in a channel."""
    was_on, before = stored(channel)
    after = inputs.canonical({name: inputs.tidied(name, str(value)) for name, value in values.items()})
    switched = [_switch(was_on, active)] if was_on != active else []
    return [*switched, *_of_values(channel, before, after), *_of_secrets(channel, values)]


def is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two programmes, as text, are set alike."""
    return all(_same(field, one[field.name], other[field.name]) for field in settings.FIELDS)


def _switch(was_on: bool, active: bool) -> Change:
    words = {True: _("on"), False: _("off")}
    means = (
        _("Orders that are placed from now on earn points. Older ones only by manage.py reciprocity_backfill.")
        if active
        else _("No new points, gifts and questions. Balances stay, and orders that earned are settled as before.")
    )
    return Change("active", _("The programme"), words[was_on], words[active], means)


def _of_values(channel: host.Channel, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for field in settings.FIELDS:
        old, new = before[field.name], after[field.name]
        if not _same(field, old, new):
            yield Change(field.name, str(field.label), old, new, _means(channel, field))


def _of_secrets(channel: host.Channel, values: Mapping[str, Any]) -> Iterator[Change]:
    """What is never shown is only said to change."""
    _active, kept = host.plugin_configuration(settings.PLUGIN_ID, channel.id)
    for field in settings.SECRETS:
        old, new = (str(texts.get(field.name) or "") for texts in (kept, values))
        if old != new:
            yield Change(field.name, str(field.label), HIDDEN if old else "", HIDDEN, _("Counts from now on."))


def _same(field: settings.Field, old: str, new: str) -> bool:
    try:
        return old == new or bool(field.read(old) == field.read(new))
    except ValueError:
        return False


def _means(channel: host.Channel, field: settings.Field) -> str:
    if field.name in _TERMS:
        waiting = OrderTerms.objects.filter(channel_id=channel.id, pending__gt=0).count()
        said = ngettext(
            "Counts for orders placed from now on. %(orders)s order with pending points keeps what it was promised.",
            "Counts for orders placed from now on. %(orders)s orders with pending points keep what they were promised.",
            waiting,
        )
        return said % {"orders": waiting}
    if field.name in _HOLDOUTS:
        return _("Counts for new customers only. Whoever was chosen stays so.")
    if field.group == settings.REPORT:
        return _("Counts for questions that begin from now on. Those under way keep theirs.")
    if field.group == settings.REWARD:
        return _("Counts at once. Codes that customers have stay as they are.")
    if field.group == settings.SURPRISES:
        return _("Counts for the next draws. Gifts that were won stay as they are.")
    if field.name == "points_valid_months":
        return _("Counts for points that become available from now on.")
    return _("Counts from now on.")
