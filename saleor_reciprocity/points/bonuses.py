"""Bonuses: points for something else than an order. For signing up, for an answered survey, for a birthday, by staff.

Each is given once for its occasion, whatever happens: the occasion is in the entry's source, which is unique. Signing
up and birthdays are found by looking, so no event has to arrive.
"""

from __future__ import annotations

import logging
from calendar import isleap
from datetime import date, datetime, time, timedelta
from typing import Any, Iterable, Iterator

from django.db import connection, transaction

from saleor_reciprocity import clock, errors, host, identity, programmes
from saleor_reciprocity.errors import keep_going

from . import accounts, giving, ledger
from .earning import rulebook, rules
from .earning.models import EarningRuleVersion
from .earning.rules import Rule, Stacking, Trigger
from .models import Account, Entry, Kind
from .tiers import standing

logger = logging.getLogger(__name__)

_NOT_GIVEN = "User %s could not be given the bonus for a %s"

LOOK_BACK = timedelta(days=45)  # how late a sign-up is still found
MISSED_DAYS = 7  # how late a birthday is still found
A_YEAR = timedelta(days=330)  # who moves a birthday in the profile has only one a year


def give(
    person: host.Person,
    channel_id: str,
    trigger: Trigger,
    occasion: str,
    happened_at: datetime,
    now: datetime,
    names: Iterable[str] = (),
) -> list[Entry]:
    """Give a person what the rules of a channel had for an occasion when it happened. Again, it gives nothing.

    `names` are others that the occasion has, of which one may have been given before.
    """
    if not _switched_on(channel_id, happened_at, now):
        return []
    with transaction.atomic():
        in_force = rulebook.in_force(channel_id, happened_at, trigger)
        if not in_force:
            return []
        account = accounts.lock_account_of(person, now)
        due = list(chosen(in_force, person, account, now))
        sources = {_source(rule, name): rule.id for rule in due for name in (occasion, *names)}
        given = {sources[source] for source in _written(sources)}
        new = [rule for rule in due if rule.id not in given]
        return [_post(account, rule, occasion, channel_id, now) for rule in new]


def give_by_staff(person: host.Person, rule_id: int, key: str, reason: str, actor: str, now: datetime) -> Entry:
    """Give a person the bonus of a running rule for staff, once for each key. Raises NotFound, or Invalid."""
    version = rulebook.newest().filter(rule_id=rule_id, trigger=Trigger.STAFF.value).first()
    if version is None or rulebook.state_of(version, now) != rulebook.RUNNING:
        raise errors.NotFound(field="ruleId")
    with transaction.atomic():
        account = accounts.lock_account_of(person, now)
        occasions = [f"{part.pk}:{key}" for part in accounts.parts_of(account)]
        sources = [_source(version.pure, occasion) for occasion in occasions]
        earlier = Entry.objects.filter(source__in=sources).first()
        if earlier is not None:
            return earlier
        return _post(account, version.pure, f"{account.pk}:{key}", version.rule.channel_id, now, reason, actor)


def chosen(in_force: Iterable[Rule], person: host.Person, account: Account, now: datetime) -> Iterator[Rule]:
    """The rules that apply to a person, in their order; an exclusive one stands alone."""
    applied = 0
    for rule in rules.in_order(tuple(in_force)):
        if not _is_for(rule, person, account, now):
            continue
        if rule.stacking is Stacking.EXCLUSIVE and applied:
            continue
        applied += 1
        yield rule
        if rule.stacking is Stacking.EXCLUSIVE:
            return


def _is_for(rule: Rule, person: host.Person, account: Account, now: datetime) -> bool:
    conditions = rule.conditions
    if conditions.groups and not conditions.groups & host.groups_of(person.user_id):
        return False
    tier = standing.tier_of(account, now) if conditions.tiers else None
    return not conditions.tiers or (tier is not None and tier.code in conditions.tiers)


def _post(
    account: Account, rule: Rule, occasion: str, channel_id: str, now: datetime, reason: str = "", actor: str = ""
) -> Entry:
    posting = ledger.Posting(
        kind=str(Kind.BONUS),
        source=_source(rule, occasion),
        happened_at=now,
        points=int(rule.value),
        reason=reason or rule.name,
        actor=actor,
        channel_id=channel_id,
    )
    return giving.give(account, posting, now)


def _written(sources: Iterable[str]) -> Iterable[str]:
    return Entry.objects.filter(source__in=list(sources)).values_list("source", flat=True)


def _source(rule: Rule, occasion: str) -> str:
    return f"bonus:{rule.id}:{rule.trigger.value}:{occasion}"


def _switched_on(channel_id: str, moment: datetime, now: datetime) -> bool:
    version = programmes.in_force(channel_id, moment, now)
    return version is not None and version.active


def look(now: datetime) -> int:
    """Give what is due for signing up and for birthdays. Returns how many bonuses were given.

    Nobody else is touched. Who cannot be given something now is tried by the next look.
    """
    given = 0
    for channel in host.channels():
        for user_id, joined_at in _newcomers(channel.id, now):
            with keep_going(logger, _NOT_GIVEN, user_id, Trigger.SIGN_UP.value):
                given += _give_to(user_id, channel.id, Trigger.SIGN_UP, "{account}", joined_at, now)
        for user_id, moment, year in _birthdays(channel.id, now):
            with keep_going(logger, _NOT_GIVEN, user_id, Trigger.BIRTHDAY.value):
                given += _give_to(user_id, channel.id, Trigger.BIRTHDAY, f"{{account}}:{year}", moment, now)
    return given


def _give_to(user_id: int, channel_id: str, trigger: Trigger, occasion: str, at: datetime, now: datetime) -> int:
    """Give a user a bonus for an occasion that is one of the person: whoever registers again has the same one."""
    user = host.user_with_id(user_id)
    if user is None:
        return 0
    with transaction.atomic():
        person = host.person(user)
        account = accounts.lock_account_of(person, now)
        identity.let_one_in(identity.email_hash(person.email))
        theirs = accounts.accounts_of_person(account, person)
        if trigger is Trigger.BIRTHDAY and _had_a_birthday(theirs, now):
            return 0
        own, *others = [occasion.format(account=account_id) for account_id in theirs]
        return len(give(person, channel_id, trigger, own, at, now, others))


def _had_a_birthday(account_ids: list[int], now: datetime) -> bool:
    recent = Entry.objects.filter(account__in=account_ids, kind=Kind.BONUS, happened_at__gt=now - A_YEAR)
    return recent.filter(source__contains=f":{Trigger.BIRTHDAY.value}:").exists()


# The occasions (`user_id`, `at`, `name`) for which a rule of the channel was in force that has something for the user.
# A tier is that of the last look.
_DUE = """
SELECT DISTINCT o.user_id, o.at, o.name FROM ({occasions}) o
JOIN reciprocity_earningrule r ON r.channel_id = %(channel)s
CROSS JOIN LATERAL (SELECT v.* FROM reciprocity_earningruleversion v
  WHERE v.rule_id = r.id AND v.since <= o.at ORDER BY v.number DESC LIMIT 1) v
CROSS JOIN LATERAL (SELECT s.active FROM reciprocity_settingsversion s
  WHERE s.channel_id = %(channel)s AND s.since <= o.at ORDER BY s.number DESC LIMIT 1) s
LEFT JOIN reciprocity_account a ON a.user_id = o.user_id
LEFT JOIN reciprocity_accounttier t ON t.account_id = a.id
WHERE s.active AND v.trigger = %(trigger)s AND v.starts_at <= o.at AND (v.ends_at IS NULL OR o.at < v.ends_at)
  AND (v.conditions -> 'tiers' IS NULL OR v.conditions -> 'tiers' @> to_jsonb(t.code::text))
  AND (v.conditions -> 'groups' IS NULL OR EXISTS (SELECT 1 FROM ({members}) g
    WHERE g.user_id = o.user_id AND v.conditions -> 'groups' @> to_jsonb(g.name::text)))
  AND NOT EXISTS ({given})
ORDER BY o.at, o.user_id
"""
_JOINED = """
SELECT p.user_id, p.joined_at AS at, '' AS name FROM ({people}) p
WHERE p.proved AND p.joined_at >= %(since)s AND p.joined_at < %(now)s
"""
# By this rule; or by another, where one of the two stands alone.
_SIGN_UP_GIVEN = """
SELECT 1 FROM reciprocity_earningrule b JOIN reciprocity_entry e ON e.source = 'bonus:' || b.id || ':sign-up:' || a.id
WHERE b.channel_id = %(channel)s AND (b.id = r.id OR v.stacking = 'exclusive' OR EXISTS (
  SELECT 1 FROM reciprocity_earningruleversion x WHERE x.rule_id = b.id AND x.stacking = 'exclusive'))
"""
_BORN_ON = """
SELECT p.user_id, d.at, d.name FROM ({people}) p
JOIN unnest(%(names)s::text[], %(moments)s::timestamptz[]) AS d (name, at) ON d.name = right(p.metadata ->> %(key)s, 5)
WHERE p.proved AND p.metadata ->> %(key)s ~ '^([0-9]{{4}}-)?[0-9]{{2}}-[0-9]{{2}}$'
"""
_BIRTHDAY_GIVEN = """
SELECT 1 FROM reciprocity_account h JOIN reciprocity_entry e ON e.account_id = h.id
WHERE (h.id = a.id OR h.merged_into_id = a.id) AND e.kind = 'bonus' AND e.happened_at > %(since)s
  AND e.source LIKE 'bonus:%%:birthday:%%'
"""


def _newcomers(channel_id: str, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Who signed up while a rule for it was running, and was given nothing by it yet."""
    if _has_rules(channel_id, Trigger.SIGN_UP):
        values = {"since": now - LOOK_BACK, "now": now}
        for user_id, joined_at, _name in _due(channel_id, Trigger.SIGN_UP, _JOINED, _SIGN_UP_GIVEN, values):
            yield user_id, joined_at


def _birthdays(channel_id: str, now: datetime) -> Iterator[tuple[int, datetime, int]]:
    """Whose birthday it is by the channel's clock, or was in the last days: the user, its last moment, its year."""
    version = programmes.current(channel_id, now)
    if version is None or not version.active or not _has_rules(channel_id, Trigger.BIRTHDAY):
        return
    zone_name = version.programme.time_zone
    today = clock.local(now, zone_name).date()
    days = {name: day for back in range(MISSED_DAYS) for day in [today - timedelta(days=back)] for name in _names(day)}
    values = {
        "key": version.programme.birthday_key,
        "names": list(days),
        "moments": [_last_moment(day, zone_name, now) for day in days.values()],
        "since": now - A_YEAR,
    }
    for user_id, moment, name in _due(channel_id, Trigger.BIRTHDAY, _BORN_ON, _BIRTHDAY_GIVEN, values):
        yield user_id, moment, days[name].year


def _last_moment(day: date, zone_name: str, now: datetime) -> datetime:
    """The last moment of a day that has come."""
    day_after = datetime.combine(day + timedelta(days=1), time.min)
    return min(now, clock.moment_of(day_after, zone_name) - timedelta(microseconds=1))


def _names(day: date) -> list[str]:
    """What a birthday on this day is stored as; whoever was born on 29 February has it on the 28th in other years."""
    leap_day = ["02-29"] if (day.month, day.day) == (2, 28) and not isleap(day.year) else []
    return [f"{day:%m-%d}", *leap_day]


def _has_rules(channel_id: str, trigger: Trigger) -> bool:
    return EarningRuleVersion.objects.filter(rule__channel_id=channel_id, trigger=trigger.value).exists()


def _due(channel_id: str, trigger: Trigger, occasions: str, given: str, values: dict[str, Any]) -> list[Any]:
    """Whose occasions there is something to give for: the user, the moment that counts, the occasion's name."""
    sql = _DUE.format(occasions=occasions.format(people=host.customers()), members=host.GROUP_MEMBERS, given=given)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"channel": channel_id, "trigger": trigger.value, **values})
        return list(cursor.fetchall())
