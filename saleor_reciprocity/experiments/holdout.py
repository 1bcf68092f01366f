"""The holdout: assigns people to experiments, once and for ever."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Iterable

from saleor_reciprocity import identity

from .assignment import is_held_out
from .models import Assignment

# Whether a person is held out, who was known by the hashes {{before}} as well; NULL where that is not decided yet, or
# not under this address.
HELD_OUT = """(SELECT bool_or(a.held_out) FROM reciprocity_assignment a
  WHERE a.experiment = {experiment} AND a.person = ANY(array_append({before}, {person}::text))
  HAVING bool_or(a.person = {person}))"""


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
