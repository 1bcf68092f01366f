"""Pasts: the facts about one person by which it is decided whether an occasion has come."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.db import connection

from saleor_reciprocity import addresses, erased, host
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account, OrderTerms
from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.points.tiers.models import TierChange
from saleor_reciprocity.settings import Programme

from .models import Campaign, Occasion
from .occasions import Past, Placed

_MINE = "order_id, channel_id, placed_at, number"
_PAST = f"""
WITH mine AS MATERIALIZED (
  SELECT {_MINE} FROM ({host.NUMBERED_ORDERS}) n WHERE n.user_id = %(user)s OR n.address = %(address)s
  UNION SELECT {_MINE} FROM ({host.NUMBERED_ORDERS} AND {host.CHOSEN_ORDERS}) n
), counted AS (
  SELECT m.*, row_number() OVER (ORDER BY placed_at, number) AS place, count(*) OVER () AS orders FROM mine m
  WHERE NOT {erased.IS_ERASED.format(order="m.order_id")}
)
SELECT place = 1, place = orders, place = %(number)s, order_id, channel_id, placed_at
FROM counted WHERE place IN (1, orders, %(number)s)
"""  # noqa: S608 - constants


def past(person: host.Person, account: Account, campaign: Campaign, programme: Programme) -> Past | None:
    """What the campaign's occasion asks about a person, whose account is locked; None of who has not ordered."""
    parts = accounts.parts_of(account)
    terms = OrderTerms.objects.filter(account__in=parts).values_list("order_id", flat=True)
    values = {
        "user": person.user_id,
        "address": addresses.normalised(person.email) if person.email and person.owns_address else None,
        "order_ids": host.possible_order_ids(terms),
        "number": campaign.from_order_number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAST, values)
        rows = cursor.fetchall()
    first, newest, nth = (next((Placed(*row[3:]) for row in rows if row[place]), None) for place in range(3))
    if first is None or newest is None:
        return None
    return Past(first, newest, nth, _tier_at(account, campaign), _birthday_of(person, campaign, programme))


_STORED = "SELECT p.metadata ->> %(key)s FROM ({people}) p WHERE p.proved AND p.user_id = %(user)s"


def _birthday_of(person: host.Person, campaign: Campaign, programme: Programme) -> date | None:
    """The birthday that is stored with a customer who has proved the address, in a leap year."""
    if campaign.occasion != Occasion.BIRTHDAY or person.user_id is None:
        return None
    with connection.cursor() as cursor:
        values = {"key": programme.birthday_key, "user": person.user_id}
        cursor.execute(_STORED.format(people=host.customers()), values)
        (stored,) = cursor.fetchone() or (None,)
    with suppress(ValueError):
        return date.fromisoformat(f"2000-{(stored or '')[-5:]}")
    return None


def _tier_at(account: Account, campaign: Campaign) -> datetime | None:
    """When an account last came from below a campaign's tier to it or above."""
    if campaign.occasion != Occasion.TIER_REACHED:
        return None
    codes = at_or_above(campaign.tier)
    rows = TierChange.objects.filter(account__in=accounts.parts_of(account), code__in=codes)
    return rows.exclude(from_code__in=codes).order_by("-changed_at").values_list("changed_at", flat=True).first()


def at_or_above(code: str) -> list[str]:
    """The codes of a tier and of those above it; none of one that there is no more."""
    row = ladders.ladder_row()
    step = ladders.ladder_of(row).step(code) if row is not None else None
    if row is None or step is None:
        return []
    return [each.code for each in ladders.ladder_of(row).steps if each.threshold >= step.threshold]
