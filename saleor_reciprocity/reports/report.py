"""The report: everything that is read for it, put together as one value. It reads only, and sums only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Callable

from saleor_reciprocity import host
from saleor_reciprocity.experiments import statements

from . import amounts, liability, owed, questions, reading, voice
from . import spent as spending
from . import use as usage
from .values import Report


@dataclass(frozen=True)
class Scope:
    """What a report is about: a channel, or the shop where it is None, up to and with a day."""

    channel: host.Channel | None
    until: date
    now: datetime

    @property
    def channel_id(self) -> str | None:
        """The id of the channel."""
        return self.channel.id if self.channel else None


def last_day(now: datetime) -> date:
    """The last day, in UTC, that is over."""
    return now.date() - timedelta(days=1)


def made(scope: Scope, progress: Callable[[int], None] = lambda done: None) -> Report:
    """The report. `progress` hears how many of its parts are read."""
    found: dict[str, Any] = {}
    with statements.each_once():
        for done, read in enumerate(PARTS, 1):
            found.update(read(scope))
            progress(done)
    slug = scope.channel.slug if scope.channel else None
    return Report(slug, scope.until, scope.now, **found)


def _questions(scope: Scope) -> dict[str, Any]:
    found = tuple(questions.answered(read) for read in reading.all_read(scope.until, scope.now))
    return {"questions": found, "amounts": amounts.amounts(found[0], scope.until, scope.now)}


def _points(scope: Scope) -> dict[str, Any]:
    lots = liability.cohorts(None, scope.until)
    own = [lot for lot in lots if scope.channel_id in (None, lot.channel_id)]
    months = liability.months(own, scope.until) if own else ()
    return {"months": months, "owed": owed.owed(lots, scope.channel_id, scope.until)}


def _spent(scope: Scope) -> dict[str, Any]:
    return {"spent": spending.spent(scope.channel_id, scope.until)}


def _use(scope: Scope) -> dict[str, Any]:
    return {"use": usage.use(scope.channel_id, voice.end_of(scope.until))}


def _response(scope: Scope) -> dict[str, Any]:
    asked, answered = voice.response(scope.channel_id, scope.until)
    return {"asked": asked, "answered": answered}


def _scores(scope: Scope) -> dict[str, Any]:
    return {"voices": voice.voices(scope.channel_id, scope.until)}


def _products(scope: Scope) -> dict[str, Any]:
    rated, mean = voice.rated(scope.channel_id, scope.until)
    return {"rated": rated, "rated_mean": mean}


PARTS: tuple[Callable[[Scope], dict[str, Any]], ...] = (
    _questions,
    _points,
    _spent,
    _response,
    _scores,
    _products,
    _use,
)
