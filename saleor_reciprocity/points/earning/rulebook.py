"""The rulebook: the rules that staff made, in all their versions; which were in force when."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any, Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host

from ..tiers import ladders
from .conditions import (
    GROUPS,
    MONEY,
    NUMBER,
    PERSON,
    TIERS,
    Condition,
    Conditions,
    conditions_as_json,
    conditions_from,
    given,
)
from .models import EarningRule, EarningRuleVersion
from .rules import Effect, Rule, Stacking, Trigger

MOST_FACTOR = Decimal(1000)
MOST_BONUS = 10**9
MOST_TOTAL = Decimal(10) ** 12
MOST_PRIORITY = 10**6
MOST_ORDERS = 10**6
MOST_VALUES = 200


def in_force(channel_id: str, moment: datetime, trigger: Trigger = Trigger.ORDER) -> tuple[Rule, ...]:
    """The rules of a channel that were in force at a moment, as they stood then."""
    known = EarningRuleVersion.objects.filter(rule__channel_id=channel_id, since__lte=moment)
    newest = known.order_by("rule_id", "-number").distinct("rule_id")
    return tuple(
        version.pure
        for version in newest
        if version.trigger == trigger.value
        and version.starts_at <= moment
        and (version.ends_at is None or moment < version.ends_at)
    )


def newest(channel_id: str | None = None) -> QuerySet:
    """The newest version of each rule, of one channel or of all."""
    rows = EarningRuleVersion.objects.all()
    if channel_id is not None:
        rows = rows.filter(rule__channel_id=channel_id)
    last = rows.order_by("rule_id", "-number").distinct("rule_id").values("pk")
    return EarningRuleVersion.objects.filter(pk__in=last).select_related("rule").order_by("-rule_id")


def versions_of(rule_ids: Iterable[int]) -> dict[int, list[EarningRuleVersion]]:
    """All versions of rules, the newest first, by rule."""
    found: dict[int, list[EarningRuleVersion]] = {}
    for version in EarningRuleVersion.objects.filter(rule_id__in=rule_ids).order_by("-number"):
        found.setdefault(version.rule_id, []).append(version)
    return found


def given_by_staff(now: datetime) -> QuerySet:
    """The running rules for bonuses that staff give by hand, of all channels, the newest first."""
    return newest().filter(_STATES[RUNNING](now), trigger=Trigger.STAFF.value)


def listed(channel_id: str, now: datetime, state: str | None, trigger: str | None, search: str | None) -> QuerySet:
    """The newest versions of a channel's rules, the newest rule first, filtered by what is given."""
    rows = newest(channel_id)
    if state is not None:
        rows = rows.filter(_STATES[state](now))
    if trigger is not None:
        rows = rows.filter(trigger=trigger)
    return rows.filter(name__icontains=search) if search else rows


RUNNING, SCHEDULED, ENDED = "running", "scheduled", "ended"
_STATES = {
    RUNNING: lambda now: Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now)),
    SCHEDULED: lambda now: Q(starts_at__gt=now) & (Q(ends_at=None) | Q(ends_at__gt=now)),
    ENDED: lambda now: Q(ends_at__lte=now),
}


def state_of(version: EarningRuleVersion, now: datetime) -> str:
    """Whether a rule is running, scheduled or ended."""
    if version.ends_at is not None and version.ends_at <= now:
        return ENDED
    return SCHEDULED if version.starts_at > now else RUNNING


def create(channel: host.Channel, version: EarningRuleVersion, actor: str) -> EarningRuleVersion:
    """Store a draft as a new rule, for orders placed from now on or from its start on."""
    version.actor = actor
    with transaction.atomic():
        version.rule = EarningRule.objects.create(channel_id=channel.id, created_at=version.since)
        version.save(force_insert=True)
    return version


def draft(channel: host.Channel, conditions: Conditions, now: datetime, **terms: Any) -> EarningRuleVersion:
    """A rule that is valid and stored nowhere. Raises Invalid, at the field, for what makes no sense."""
    terms["starts_at"] = max(terms.get("starts_at") or now, now)
    version = EarningRuleVersion(number=1, since=now, conditions=conditions_as_json(conditions), **terms)
    _check(version, conditions, channel.currency)
    return version


def update(rule_id: int, actor: str, changes: dict[str, Any], now: datetime) -> EarningRuleVersion:
    """A new version of a rule, for orders placed from now on. Raises NotFound, or Invalid at the field."""
    with transaction.atomic():
        version = _next(rule_id, actor, now)
        for name, value in changes.items():
            setattr(version, name, conditions_as_json(value) if name == "conditions" else value)
        channel = host.channel(version.rule.channel_id)
        _check(version, conditions_from(version.conditions), channel.currency if channel else "")
        version.save(force_insert=True)
    return version


def end(rule_id: int, actor: str, now: datetime) -> EarningRuleVersion:
    """End a rule now; orders placed before keep it. A second call changes nothing."""
    with transaction.atomic():
        version = _next(rule_id, actor, now)
        if version.ends_at is not None and version.ends_at <= version.since:
            return newest().get(rule_id=rule_id)
        version.ends_at = version.since
        version.starts_at = min(version.starts_at, version.since)
        version.save(force_insert=True)
    return version


def _next(rule_id: int, actor: str, now: datetime) -> EarningRuleVersion:
    """The next version of a rule, like the last one and not stored yet, with the rule locked."""
    rule = EarningRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise errors.NotFound(field="id")
    version = newest().get(rule_id=rule_id)
    version.pk, version.number, version.actor = None, version.number + 1, actor
    version.since = max(version.since, now)
    version._state.adding = True
    return version


def _check(version: EarningRuleVersion, conditions: Conditions, currency: str) -> None:
    if not version.name.strip() or len(version.name) > 128:
        raise errors.Invalid(_("Enter a name of at most 128 characters."), field="name")
    _check_value(version)
    if abs(version.priority) > MOST_PRIORITY:
        raise errors.not_between(-MOST_PRIORITY, MOST_PRIORITY, "priority")
    if version.ends_at is not None and version.ends_at <= version.starts_at:
        raise errors.Invalid(_("The end has to come after the start."), field="endsAt")
    if version.trigger != Trigger.ORDER.value:
        _check_occasion(version, conditions)
    _check_numbers(conditions, currency)
    _check_names(conditions)


def _check_value(version: EarningRuleVersion) -> None:
    if version.effect == Effect.MULTIPLIER.value:
        if not 0 <= version.value <= MOST_FACTOR or version.value != round(version.value, 4):
            raise errors.Invalid(_("Enter a multiplier from 0 to 1000 with at most 4 decimals."), field="value")
        return
    if not 1 <= version.value <= MOST_BONUS or version.value != int(version.value):
        raise errors.not_between(1, MOST_BONUS, "value")
    if version.stacking == Stacking.MULTIPLY.value:
        raise errors.Invalid(_("A bonus adds points; only a multiplier can multiply."), field="stacking")


def _check_occasion(version: EarningRuleVersion, conditions: Conditions) -> None:
    """A bonus for something else than an order can ask who somebody is, and nothing about an order."""
    if version.effect != Effect.BONUS.value:
        raise errors.Invalid(_("Only orders have multipliers and pieces. Choose a bonus."), field="effect")
    if any(each.of != PERSON for each in given(conditions)):
        raise errors.Invalid(_("Without an order, only groups and tiers can be asked for."), field="conditions")


def _check_numbers(conditions: Conditions, currency: str) -> None:
    for each in given(conditions):
        value = getattr(conditions, each.name)
        if each.kind is NUMBER and not 1 <= value <= MOST_ORDERS:
            raise errors.not_between(1, MOST_ORDERS, each.field)
        if each.kind is MONEY and not (0 <= value <= MOST_TOTAL and value == round(value, host.decimals(currency))):
            message = _("Enter an amount of at least 0 that the currency has coins for.")
            raise errors.Invalid(message, field=each.field)
    low, high = conditions.minimum_total, conditions.maximum_total
    if low is not None and high is not None and high < low:
        raise errors.Invalid(_("The largest total is below the smallest."), field="maximumTotal")
    if conditions.time_to is not None and conditions.time_to == (conditions.time_from or time.min):
        raise errors.Invalid(_("The window of time is empty."), field="timeTo")


def _check_names(conditions: Conditions) -> None:
    sets = [each for each in given(conditions) if each.kind.is_set]
    for each in sets:
        if len(getattr(conditions, each.name)) > MOST_VALUES:
            raise errors.Invalid(_("Name at most %(most)s.") % {"most": MOST_VALUES}, field=each.field)
    for each in sets:
        unknown = _unknown(each, getattr(conditions, each.name))
        if unknown:
            names = ", ".join(str(name) for name in sorted(unknown))
            raise errors.Invalid(_("The shop does not have: %(names)s.") % {"names": names}, field=each.field)


def _unknown(condition: Condition, values: frozenset[Any]) -> Iterable[Any]:
    """Which of the values of a condition the shop does not have."""
    if condition.kind is GROUPS:
        return host.unknown_groups(values)
    if condition.kind is TIERS:
        row = ladders.ladder_row()
        return values - ({step.code for step in ladders.ladder_of(row).steps} if row else set())
    return host.unknown_ids(condition.kind.names.lower(), values) if condition.kind.names else ()
