"""Bonuses: points for something else than an order. For signing up, for an answered survey, for a birthday, by staff.

Each is given once for its occasion, whatever happens: the occasion is in the entry's source, which is unique. Signing
up and birthdays are found by looking, so no event has to arrive.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, time, timedelta
from typing import Any, Iterable, Iterator

from django.db import connection, transaction

from saleor_reciprocity import clock, errors, host, programme

from . import giving, ledger, queries, rulebook, rules, tiers
from .models import Account, Entry, Kind
from .rules import Rule, Stacking, Trigger

LOOK_BACK = timedelta(days=45)  # how late a sign-up is still found
MISSED_DAYS = 7  # how late a birthday is still found
A_YEAR = timedelta(days=330)  # who moves a birthday in the profile has only one a year


def give(
    person: host.Person, channel_id: str, trigger: Trigger, occasion: str, happened_at: datetime, now: datetime
) -> list[Entry]:
    """Give a person what the rules of a channel had for an occasion when it happened. Again, it gives nothing."""
    if not _switched_on(channel_id, happened_at):
        return []
    with transaction.atomic():
        in_force = rulebook.in_force(channel_id, happened_at, trigger)
        if not in_force:
            return []
        account = ledger.lock_account_of(person, now)
        due = list(chosen(in_force, person, account, now))
        given = Entry.objects.filter(source__in=[_source(rule, occasion) for rule in due])
        sources = set(given.values_list("source", flat=True))
        new = [rule for rule in due if _source(rule, occasion) not in sources]
        return [_post(account, rule, occasion, channel_id, now) for rule in new]


def give_by_staff(person: host.Person, rule_id: int, key: str, reason: str, actor: str, now: datetime) -> Entry:
    """Give a person the bonus of a running rule for staff, once for each key. Raises NotFound, or Invalid."""
    version = rulebook.newest().filter(rule_id=rule_id, trigger=Trigger.STAFF.value).first()
    if version is None or rulebook.state_of(version, now) != rulebook.RUNNING:
        raise errors.NotFound(field="ruleId")
    with transaction.atomic():
        account = ledger.lock_account_of(person, now)
        occasions = [f"{part.pk}:{key}" for part in queries.parts_of(account)]
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
    tier = tiers.tier_of(account, now) if conditions.tiers else None
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


def _source(rule: Rule, occasion: str) -> str:
    return f"bonus:{rule.id}:{rule.trigger.value}:{occasion}"


def _switched_on(channel_id: str, moment: datetime) -> bool:
    version = programme.in_force(channel_id, moment)
    return version is not None and version.active


def look(now: datetime) -> int:
    """Give what is due for signing up and for birthdays. Returns how many bonuses were given."""
    given = 0
    for channel in host.channels():
        for user_id, joined_at in _newcomers(channel.id, now):
            given += _give_to(user_id, channel.id, Trigger.SIGN_UP, "{account}", joined_at, now)
        for user_id, day, moment in _birthdays(channel.id, now):
            given += _give_to(user_id, channel.id, Trigger.BIRTHDAY, f"{{account}}:{day.year}", moment, now)
    return given


def _give_to(user_id: int, channel_id: str, trigger: Trigger, occasion: str, at: datetime, now: datetime) -> int:
    """Give a user a bonus for an occasion that is one of the account: whoever registers again has the same one."""
    user = host.user_with_id(user_id)
    if user is None:
        return 0
    with transaction.atomic():
        person = host.person(user)
        account = ledger.lock_account_of(person, now)
        if trigger is Trigger.BIRTHDAY and _had_a_birthday(account, now):
            return 0
        return len(give(person, channel_id, trigger, occasion.format(account=account.pk), at, now))


def _had_a_birthday(account: Account, now: datetime) -> bool:
    parts = queries.parts_of(account)
    recent = Entry.objects.filter(account__in=parts, kind=Kind.BONUS, happened_at__gt=now - A_YEAR)
    return recent.filter(source__contains=f":{Trigger.BIRTHDAY.value}:").exists()


_NEWCOMERS = """
SELECT p.user_id, p.joined_at FROM ({people}) p LEFT JOIN reciprocity_account a ON a.user_id = p.user_id
WHERE p.proved AND p.joined_at >= %(since)s AND p.joined_at < %(until)s AND NOT EXISTS (
  SELECT 1 FROM reciprocity_entry e WHERE e.source = %(source)s || a.id::text)
ORDER BY p.joined_at
"""

_BORN_ON = """
SELECT p.user_id, right(p.metadata ->> %(key)s, 5) FROM ({people}) p
WHERE p.proved AND right(p.metadata ->> %(key)s, 5) = ANY(%(days)s)
  AND p.metadata ->> %(key)s ~ '^([0-9]{{4}}-)?[0-9]{{2}}-[0-9]{{2}}$'
ORDER BY p.user_id
"""


def _newcomers(channel_id: str, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Who signed up while a rule for it was running and was given nothing by it yet."""
    for version in rulebook.newest(channel_id).filter(trigger=Trigger.SIGN_UP.value):
        since, until = max(version.rule.created_at, now - LOOK_BACK), min(version.ends_at or now, now)
        source = f"bonus:{version.rule_id}:{Trigger.SIGN_UP.value}:"
        if since < until:
            yield from _rows(_NEWCOMERS, {"since": since, "until": until, "source": source})


def _birthdays(channel_id: str, now: datetime) -> Iterator[tuple[int, date, datetime]]:
    """Whose birthday it is by the channel's clock, or was in the last days: the user, the day, and its last moment."""
    version = programme.current(channel_id)
    if version is None or not version.active or not _has_birthday_rules(channel_id):
        return
    zone_name, key = version.programme.time_zone, version.programme.birthday_key
    today = clock.local(now, zone_name).date()
    days = {name: day for back in range(MISSED_DAYS) for day in [today - timedelta(days=back)] for name in _names(day)}
    for user_id, name in _rows(_BORN_ON, {"key": key, "days": list(days)}):
        day_after = datetime.combine(days[name] + timedelta(days=1), time.min)
        yield user_id, days[name], min(now, clock.moment_of(day_after, zone_name) - timedelta(microseconds=1))


def _names(day: date) -> list[str]:
    """What a birthday on this day is stored as; whoever was born on 29 February has it on the 28th in other years."""
    leap_day = ["02-29"] if (day.month, day.day) == (2, 28) and not isleap(day.year) else []
    return [f"{day:%m-%d}", *leap_day]


def _has_birthday_rules(channel_id: str) -> bool:
    return bool(rulebook.newest(channel_id).filter(trigger=Trigger.BIRTHDAY.value).exists())


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(people=host.PEOPLE), values)
        return list(cursor.fetchall())
