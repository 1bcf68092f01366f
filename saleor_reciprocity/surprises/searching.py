"""Searching: who may have had an occasion, many people at once, in the order of the tickets that they would have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from saleor_reciprocity import addresses, clock, digests, erased, host, identity
from saleor_reciprocity.settings import Programme

from .models import Campaign
from .occasions import A_DAY, OCCASIONS, silence
from .pasts import at_or_above


class Found(NamedTuple):
    """Somebody who may have an occasion, with the ticket that it would have, which is all that a log shows."""

    user_id: int | None
    email: str
    ticket: str

    def __str__(self) -> str:
        return self.ticket


# Tickets are those that the draw will find: HMACs of the occasion's id with the campaign's secret.
_FOUND = f"""
WITH placed AS MATERIALIZED (
  SELECT n.order_id, u.id AS user_id, n.placed_at, n.number, coalesce(u.email, n.user_email) AS email,
    {addresses.in_sql("coalesce(u.email, n.user_email)")} AS address
  FROM ({host.NUMBERED_ORDERS} AND o.id = ANY(ARRAY({host.ORDERS_PLACED_WITHIN}))) n
  LEFT JOIN reciprocity_orderterms t ON t.order_id = n.order_id LEFT JOIN reciprocity_account a ON a.id = t.account_id
  LEFT JOIN {host.USERS} u ON u.id = coalesce(a.user_id, n.user_id)
  WHERE n.channel_id = %(channel)s AND NOT {erased.IS_ERASED.format(order="n.order_id")}
), had AS ({{who}}), i AS MATERIALIZED (SELECT * FROM {digests.INSTALLATION_KEY} i), known AS MATERIALIZED (
  SELECT h.user_id, h.email, h.key, {digests.digest("i", addresses.in_sql("h.email"))} AS person
  FROM had h CROSS JOIN i WHERE h.email <> ''
), drawn_for AS MATERIALIZED (
  SELECT k.user_id, k.email, '~' || left({digests.digest("i", "k.person || ':' || k.key")}, 35) AS id
  FROM known k CROSS JOIN i
)
"""  # noqa: S608 - constants
_UNDRAWN = "NOT EXISTS (SELECT FROM reciprocity_draw e WHERE e.campaign_id = %(campaign)s AND e.order_id = d.id)"
_NEXT = f"""
{_FOUND}, s AS MATERIALIZED (
  SELECT {digests.padded("c.secret")} FROM reciprocity_campaign c WHERE c.id = %(campaign)s
), t AS MATERIALIZED (
  SELECT d.user_id, d.email, {digests.digest("s", "d.id")} COLLATE "C" AS ticket
  FROM drawn_for d CROSS JOIN s WHERE {_UNDRAWN}
)
SELECT DISTINCT ON (ticket) user_id, email, ticket FROM t
WHERE ticket > %(after_ticket)s ORDER BY ticket, user_id NULLS LAST LIMIT %(most)s
"""  # noqa: S608 - constants
_NUMBER = f"{_FOUND} SELECT count(DISTINCT d.id) FROM drawn_for d WHERE {_UNDRAWN}"  # noqa: S608 - constants


def found(
    campaign: Campaign, programme: Programme, since: datetime, until: datetime, after: str, most: int
) -> list[Found]:
    """Who may have had an occasion between two moments and was not drawn for: in the order of their tickets.

    So neither staff nor clocks choose who comes first where a budget ends. `after` is the ticket to go on from.
    """
    identity.installation_key()  # made before SQL needs it
    with connection.cursor() as cursor:
        values = {**_values(campaign, programme, since, until), "after_ticket": after, "most": most}
        cursor.execute(_NEXT.format(who=_who(campaign)), values)
        return [Found(*row) for row in cursor.fetchall()]


def number(campaign: Campaign, programme: Programme, since: datetime, until: datetime) -> int:
    """How many they are."""
    identity.installation_key()
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER.format(who=_who(campaign)), _values(campaign, programme, since, until))
        return int(cursor.fetchone()[0])


def _who(campaign: Campaign) -> str:
    return OCCASIONS[campaign.occasion].who.replace("{people}", host.customers())


def _values(campaign: Campaign, programme: Programme, since: datetime, until: datetime) -> dict[str, Any]:
    spans = OCCASIONS[campaign.occasion].spans(campaign, since, until)
    birthdays = _birthdays(since, until, programme.time_zone)
    return {
        "campaign": campaign.pk,
        "channel": campaign.channel_id,
        "since": since,
        "until": until,
        "spans_since": [begin for begin, _end in spans],
        "spans_until": [end for _begin, end in spans],
        "silence": silence(campaign),
        "number": campaign.from_order_number,
        "tier": campaign.tier,
        "tiers": at_or_above(campaign.tier),
        "birthday_key": programme.birthday_key,
        "days": list(birthdays),
        "keys": list(birthdays.values()),
    }


def _birthdays(since: datetime, until: datetime, zone_name: str) -> dict[str, str]:
    """The keys of the birthdays of some days, as they are stored; that of 29 February is on the 28th in other years."""
    first, last = (clock.local(moment, zone_name).date() for moment in (since, until))
    days = [first + A_DAY * number for number in range((last - first).days + 1)]
    every = [date(2000, 1, 1) + A_DAY * number for number in range(366)]
    born = ((each, day) for day in days for each in every if clock.anniversary(each, day.year) == day)
    return {f"{each:%m-%d}": f"birthday {day.year}" for each, day in born}
