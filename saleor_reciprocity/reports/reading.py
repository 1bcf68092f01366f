"""Reading: what the database holds about each question, up to a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Iterator

from saleor_reciprocity import host
from saleor_reciprocity.experiments import cells, plans, survival, trust, validity
from saleor_reciprocity.experiments.evidence import GIFT, PROGRAMME, SURVEY, Check
from saleor_reciprocity.experiments.survival import Step

from .questions import Read
from .values import HELD_OUT, OTHERS
from .voice import end_of

QUESTIONS = (PROGRAMME, GIFT, SURVEY)
# Beyond these a gift is drawn for hardly anybody or for nearly everybody, and the two groups can't be compared.
RAREST, MOST_FREQUENT = 0.01, 0.99


def all_read(until: date, now: datetime) -> Iterator[Read]:
    """What was read about every question that can be asked. `now` is when; only days that are complete count."""
    probability = win_probability()
    for name in QUESTIONS:
        if name != GIFT or probability is None or RAREST <= probability <= MOST_FREQUENT:
            yield read(name, until, now, probability)


def win_probability() -> float | None:
    """How often an order wins, by the plan of the gift question."""
    plan = plans.plan_of(GIFT)
    return float(1 - plan.share) if plan else None


def read(name: str, until: date, now: datetime, probability: float | None = None) -> Read:
    """What was read about one question."""
    plan = plans.plan_of(name)
    if plan is None:
        return Read(name, win_probability=probability)
    complete = cells.complete_until(name, now)
    last = min(complete, until) if complete else None
    counts = trust.counts(name, until)
    found = Read(
        name,
        plan,
        first_due=counts.first_day,
        checks=tuple(_checks(name, until, now, last, counts)),
        win_probability=probability,
        erased=counts.erased,
    )
    return found if last is None else _with_counts(found, last)


def _with_counts(found: Read, last: date) -> Read:
    """The same with all that was frozen up to the last complete day."""
    slugs = {channel.id: channel.slug for channel in host.channels()}
    by_channel = cells.by_channel(found.name, last).items()
    return replace(
        found,
        cells=cells.cells(found.name, last),
        complete=last,
        steps=_steps(found.name, last),
        by_channel=tuple((slugs.get(channel_id, "–"), arms) for channel_id, arms in by_channel),
        by_stratum=tuple(cells.by_stratum(found.name, last).items()),
    )


def _checks(name: str, until: date, now: datetime, last: date | None, counts: trust.Counts) -> Iterator[Check]:
    """The checks that need more than cells."""
    yield trust.reproducible(name)
    yield trust.complete(name, now)
    yield validity.ratio(counts.assigned)
    yield validity.ratio(counts.mature, validity.MATURE_RATIO)
    yield validity.slices(cells.orders_by_day(name, last) if last else [])
    yield validity.contaminated(counts.held_out_treated, counts.held_out)
    newest, gap = trust.staleness(end_of(until))
    yield validity.stale(newest, gap, until)


def _steps(name: str, last: date) -> dict[str, tuple[Step, ...]]:
    """How soon people of each arm came back."""
    found = cells.returns_after(name, last)
    arms = ((OTHERS, found[False]), (HELD_OUT, found[True]))
    return {arm: tuple(survival.curve(returned, people)) for arm, (people, returned) in arms if people}
