"""Counted: whom a question follows, and what was frozen of them, by day and arm. A statement each."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import NamedTuple

from . import models
from .evidence import Cell
from .statements import rows
from .units import UNITS, WINDOW

NEVER = datetime.max.replace(tzinfo=timezone.utc)

# What was frozen of a unit says its arm, its share and its day.
SAYS_ANOTHER = """(o.held_out <> u.held_out OR o.share <> u.share
  OR o.day <> (u.started_at AT TIME ZONE 'UTC')::date + 90)"""
_FOLLOWED = """
SELECT u.share, u.held_out, (u.started_at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE u.started_at > %(since)s),
  min(u.started_at) FILTER (WHERE u.started_at > %(since)s),
  min(u.started_at) FILTER (WHERE u.started_at > %(since)s AND o.unit IS NULL),
  count(*) FILTER (WHERE {says_another})
FROM ({units}) u LEFT JOIN reciprocity_outcome o ON o.question = %(question)s AND o.unit = u.unit
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_FROZEN = """
SELECT o.day, o.held_out, o.share, o.stratum, o.channel_id, count(*), count(o.returned_after),
  count(*) FILTER (WHERE o.treated), count(*) FILTER (WHERE o.frozen_at < (o.day + 7)::timestamp AT TIME ZONE 'UTC')
FROM reciprocity_outcome o WHERE o.question = %(question)s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


class Followed(NamedTuple):
    """People of one share and arm who began on one day; `first_open` is the first of them without an outcome.

    `altered` is how many frozen rows say something else. People and moments are those that the plan follows.
    """

    share: Decimal
    held_out: bool
    day: date
    people: int
    first: datetime | None
    first_open: datetime | None
    altered: int


class Frozen(NamedTuple):
    """People whose window ended on one day, of one arm, share, stratum and channel.

    So many of them returned, got what was tested, and were frozen before the time, because they were erased.
    """

    day: date
    held_out: bool
    share: Decimal
    stratum: int
    channel_id: str
    people: int
    returned: int
    treated: int
    early: int

    @property
    def cell(self) -> Cell:
        """The same people, wherever they ordered."""
        return Cell(self.day, self.held_out, self.share, self.stratum, self.people, self.returned)

    @property
    def compares(self) -> bool:
        """Whether these people could have been in both arms."""
        return 0 < self.share < 1


def since(question: str) -> datetime:
    """Who began after this moment is followed; nobody is before there is a plan."""
    plan = models.Plan.objects.filter(question=question).first()
    return plan.made_at - WINDOW if plan else NEVER


def followed(question: str) -> list[Followed]:
    """Whom a question follows, sorted by share, arm and day."""
    sql = _FOLLOWED.format(units=UNITS[question], says_another=SAYS_ANOTHER)
    return [Followed(*row) for row in rows(sql, question=question, since=since(question))]


def frozen(question: str) -> list[Frozen]:
    """All that was frozen, sorted by day, arm, share, stratum and channel."""
    return [Frozen(*row) for row in rows(_FROZEN, question=question)]


def first_open(question: str) -> datetime | None:
    """When the first began who has no outcome; None where everybody has one."""
    return min((each.first_open for each in followed(question) if each.first_open is not None), default=None)
