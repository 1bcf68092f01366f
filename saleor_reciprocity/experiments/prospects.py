"""Prospects: what a question could show in this shop, by the people whom its own past would have taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .evidence import LEVELS
from .plans import intake
from .power import smallest_difference


@dataclass(frozen=True)
class Prospect:
    """What a question could show. `share` is the probability of being held out; of a gift, of drawing a blank."""

    question: str
    people: int  # whom half a year takes in
    from_order: int
    repeat_rate: float
    share: Decimal
    level: float  # two-sided, of the planned evaluation
    smallest_difference: float | None


def prospect(
    question: str, share: Decimal, from_order: int, now: datetime, channel_id: str, taking_part: Decimal = Decimal(1)
) -> Prospect:
    """The smallest rise of the share that comes back which the planned evaluation would see in eight of ten cases.

    People are those with an order that is at least their so-manieth within half a year; `taking_part` of them count.
    """
    past = intake(now, from_order, channel_id)
    people, level = int(past.people * taking_part), LEVELS[question] / 2
    smallest = smallest_difference(people, float(share), past.rate, level)
    return Prospect(question, people, from_order, past.rate, share, level, smallest)
