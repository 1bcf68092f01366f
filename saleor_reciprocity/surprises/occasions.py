"""Occasions: for what a campaign gives beside an order, a row each: whom it may be about, and when it is.

Whom it may be about is looked up for many people at once, among the orders of a few days or in an index. Whether it is
so is decided by the facts about one person. An occasion has a key, such as the order since which there was none: by it
a person has the occasion once in a campaign, and by it, and nothing else, the ticket is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from saleor_reciprocity import clock, host, identity

from .models import Campaign
from .models import Occasion as Name

MOST_YEARS = 50  # since a first order
A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=330)  # who moves a birthday in the profile has only one a year


class Placed(NamedTuple):
    """An order of a person: its id and channel, and when it was placed."""

    order_id: str
    channel_id: str
    placed_at: datetime


@dataclass(frozen=True)
class Past:
    """What occasions ask about a person who has ordered. `nth` is the order with which a campaign's number was reached.

    Orders that were cancelled do not count, nor those of somebody who was erased.
    """

    first: Placed
    newest: Placed
    nth: Placed | None
    tier_at: datetime | None = None
    birthday: date | None = None  # in a leap year


class Happened(NamedTuple):
    """An occasion of a person: what tells it from the person's others, and when it was."""

    key: str
    at: datetime


Spans = Sequence[Any]


@dataclass(frozen=True)
class Occasion:
    """One kind of occasion.

    `spans` are when orders were placed by which it is found that it was between two moments. `who` selects from
    `placed`, the orders of these spans, or from elsewhere: `user_id`, `email`, `key`. Two of a person lie `apart`.
    """

    who: str
    when: Callable[[Campaign, Past, datetime, str], Happened | None]
    spans: Callable[[Campaign, datetime, datetime], Spans] = lambda campaign, since, until: ()
    apart: timedelta = timedelta(0)


def _lapse(campaign: Campaign, past: Past, now: datetime, zone_name: str) -> Happened:
    return Happened(f"since {past.newest.order_id}", past.newest.placed_at + silence(campaign))


def _year(campaign: Campaign, past: Past, now: datetime, zone_name: str) -> Happened | None:
    first = clock.local(past.first.placed_at, zone_name).date()
    last = _last(first, now, zone_name)
    return Happened(f"year {last.year - first.year}", _begin(last, zone_name)) if last > first else None


def _birthday(campaign: Campaign, past: Past, now: datetime, zone_name: str) -> Happened | None:
    if past.birthday is None:
        return None
    last = _last(past.birthday, now, zone_name)
    return Happened(f"birthday {last.year}", _begin(last, zone_name))


def _last(day: date, now: datetime, zone_name: str) -> date:
    """When the clocks of a time zone last showed the same day of the year."""
    today = clock.local(now, zone_name).date()
    this_year = clock.anniversary(day, today.year)
    return this_year if this_year <= today else clock.anniversary(day, today.year - 1)


def _begin(day: date, zone_name: str) -> datetime:
    return clock.moment_of(datetime.combine(day, datetime.min.time()), zone_name)


def _number(campaign: Campaign, past: Past, now: datetime, zone_name: str) -> Happened | None:
    return Happened(f"order {campaign.from_order_number}", past.nth.placed_at) if past.nth else None


def _tier(campaign: Campaign, past: Past, now: datetime, zone_name: str) -> Happened | None:
    return Happened(f"tier {campaign.tier}", past.tier_at) if past.tier_at else None


def silence(campaign: Campaign) -> timedelta:
    """How long there has been no order when a campaign wins back."""
    return timedelta(days=campaign.after_days or 0)


def _days_before(campaign: Campaign, since: datetime, until: datetime) -> Spans:
    return [(since - silence(campaign), until - silence(campaign))]


def _same_days(campaign: Campaign, since: datetime, until: datetime) -> Spans:
    """The same days of all years before, with two more at either end: wherever a day begins, and leap days."""
    spare = 2 * A_DAY
    return [(_before(since, year) - spare, _before(until, year) + spare) for year in range(1, MOST_YEARS + 1)]


def _before(moment: datetime, years: int) -> datetime:
    return datetime.combine(clock.anniversary(moment.date(), moment.year - years), moment.timetz())


def _themselves(campaign: Campaign, since: datetime, until: datetime) -> Spans:
    return [(since, until)]


# Other orders of whoever placed an order `p`.
_OTHERS = f"FROM ({host.NUMBERED_ORDERS}) n WHERE (n.user_id = p.user_id OR n.address = p.address)"

OCCASIONS: Mapping[str, Occasion] = {
    str(Name.WIN_BACK): Occasion(
        f"""
        SELECT p.user_id, p.email, 'since ' || p.order_id AS key FROM placed p WHERE NOT EXISTS (
          SELECT {_OTHERS} AND n.placed_at > p.placed_at AND n.placed_at <= p.placed_at + %(silence)s::interval)
        """,  # noqa: S608 - constants
        _lapse,
        _days_before,
    ),
    str(Name.ANNIVERSARY): Occasion(
        f"""
        SELECT p.user_id, p.email,
          'year ' || round(extract(epoch FROM %(until)s::timestamptz - p.placed_at) / 31556952) AS key
        FROM placed p WHERE NOT EXISTS (SELECT {_OTHERS} AND n.placed_at < p.placed_at)
        """,  # noqa: S608 - constants
        _year,
        _same_days,
    ),
    str(Name.ORDERS_REACHED): Occasion(
        f"""
        SELECT p.user_id, p.email, 'order ' || %(number)s::int AS key FROM placed p WHERE %(number)s = (
          SELECT count(*) FROM (
            SELECT {_OTHERS} AND (n.placed_at, n.number) <= (p.placed_at, p.number) LIMIT %(number)s + 1) c)
        """,  # noqa: S608 - constants
        _number,
        _themselves,
    ),
    str(Name.TIER_REACHED): Occasion(
        f"""
        SELECT u.id AS user_id, u.email, 'tier ' || %(tier)s AS key
        FROM reciprocity_tierchange c JOIN reciprocity_account m ON m.id = c.account_id
        JOIN reciprocity_account a ON a.id = coalesce(m.merged_into_id, m.id) JOIN {host.USERS} u ON u.id = a.user_id
        WHERE c.changed_at > %(since)s AND c.changed_at <= %(until)s
          AND c.code = ANY(%(tiers)s) AND NOT c.from_code = ANY(%(tiers)s)
        """,  # noqa: S608 - constants
        _tier,
    ),
    str(Name.BIRTHDAY): Occasion(
        f"""
        SELECT u.id AS user_id, u.email, d.key FROM ({{people}}) p JOIN {host.USERS} u ON u.id = p.user_id
        JOIN unnest(%(days)s::text[], %(keys)s::text[]) AS d (day, key)
          ON d.day = right(p.metadata ->> %(birthday_key)s, 5)
        WHERE p.proved AND p.metadata ->> %(birthday_key)s ~ '^([0-9]{{4}}-)?[0-9]{{2}}-[0-9]{{2}}$'
        """,  # noqa: S608 - a constant
        _birthday,
        apart=A_YEAR,
    ),
}


def id_of(person: str, key: str) -> str:
    """The id of an occasion of a person, known by a keyed hash: what the ticket is drawn over."""
    return "~" + identity.hash_of(f"{person}:{key}")[:35]
