"""The holdout: assigns people to experiments, once and for ever, and says what the shop is large enough to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Iterable

from django.db import connection

from saleor_reciprocity import host, identity

from .assignment import is_held_out
from .models import Assignment
from .power import smallest_difference

WINDOW = timedelta(days=90)

# The people who ordered in one window, and those of them who ordered again within as much time after that order.
_RETURNING = """
WITH firsts AS (
  SELECT person, min(placed_at) AS first_at FROM ({orders}) o
  WHERE channel_id = %(channel)s AND person <> '' AND placed_at >= %(begin)s AND placed_at < %(middle)s GROUP BY person)
SELECT count(*), count(*) FILTER (WHERE EXISTS (
  SELECT FROM ({orders}) o WHERE o.channel_id = %(channel)s AND o.person = firsts.person
    AND o.placed_at > firsts.first_at AND o.placed_at <= firsts.first_at + %(window)s))
FROM firsts
"""


def assigned(person: str, experiment: str, share: Decimal, now: datetime, before: Iterable[str] = ()) -> Assignment:
    """The assignment of a person, made with this share if there is none yet.

    `before` are hashes of other addresses that the person is or was known by. What was decided under one of them holds
    under all; held out once is held out for ever.
    """
    known = Assignment.objects.filter(person__in={person, *before}, experiment=experiment)
    found = list(known.order_by("-held_out", "pk"))
    if not any(each.person == person for each in found):
        made = Assignment(person=person, experiment=experiment, assigned_at=now)
        made.held_out = found[0].held_out if found else _draw_lots(person, experiment, share)
        made.share = found[0].share if found else share
        made.repeats_id = min(each.repeats_id or each.pk for each in found) if found else None
        Assignment.objects.bulk_create([made], ignore_conflicts=True)
    return found[0] if found else Assignment.objects.get(person=person, experiment=experiment)


def _draw_lots(person: str, experiment: str, share: Decimal) -> bool:
    return is_held_out(identity.installation_key(), experiment, person, share)


@dataclass(frozen=True)
class Power:
    """What a holdout could show in this shop, from its own past orders."""

    people: int
    repeat_rate: float
    share: Decimal
    smallest_difference: float | None


def power_of(channel_id: str, share: Decimal, now: datetime) -> Power:
    """The smallest change of the repeat rate that the people of half a year could show with this share held out."""
    values = {"channel": channel_id, "begin": now - 2 * WINDOW, "middle": now - WINDOW, "window": WINDOW}
    with connection.cursor() as cursor:
        cursor.execute(_RETURNING.format(orders=host.ORDERS_OF_PEOPLE), values)
        people, returned = cursor.fetchone()
    rate = returned / people if people else 0.0
    return Power(people, rate, share, smallest_difference(people, float(share), rate))
