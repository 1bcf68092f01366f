"""The charts of a question: how many came back in each arm, the interval over time, and when people came back."""

from __future__ import annotations

from datetime import date
from typing import Sequence

from django.utils.translation import gettext as _

from saleor_reciprocity.experiments import validity
from saleor_reciprocity.experiments.evidence import Look
from saleor_reciprocity.experiments.survival import Step
from saleor_reciprocity.intervals import wilson

from .. import sentences, wording
from ..values import HELD_OUT, OTHERS, Question
from . import kinds
from .svg import Chart


def arms(question: Question, description: str) -> Chart:
    """The share of each arm that came back within 90 days, with its interval of 95 %."""
    title = _("How many came back within 90 days")
    counts = question.arms
    rows = [
        (_(sentences.OTHERS_SHORT[question.name]), counts.others_returned, counts.others),
        (_(sentences.HELD_OUT_SHORT[question.name]), counts.held_out_returned, counts.held_out),
    ]
    drawn, table = [], []
    for number, (name, returned, people) in enumerate(rows):
        share = returned / people if people else 0.0
        low, high = wilson(share, people) if people else (0.0, 1.0)
        note = _("%(returned)s of %(people)s") % {"returned": wording.whole(returned), "people": wording.whole(people)}
        drawn.append(kinds.Row(name, number, share, low, high, note))
        ends = (wording.percent(share), wording.percent(low), wording.percent(high))
        table.append((name, wording.whole(people), wording.whole(returned), *ends))
    named = kinds.Named(f"{question.name}-arms", title, description)
    columns = (_("group"), _("customers"), _("came back"), _("share of them"), _("low end"), _("high end"))
    return Chart(named.key, title, description, kinds.dots(named, drawn, _percent), columns, tuple(table))


def over_time(question: Question, description: str, today: date) -> Chart:
    """The interval of the difference on each day, with the day of the evaluation and the first certain day."""
    title = _("What the difference may be, day by day")
    looks = [look for look in question.history if look.interval.high - look.interval.low <= validity.WIDEST]
    days = [(float(look.day.toordinal()), look) for look in looks]
    middle = [(x, (look.interval.low + look.interval.high) / 2) for x, look in days]
    band = [(look.interval.low, look.interval.high) for look in looks]
    series = kinds.Series("", 0, middle, band, is_band=True)
    named = kinds.Named(f"{question.name}-time", title, description)
    at = _days(question, today)
    svg = kinds.lines(named, [series], _points, _calendar([x for x, _ in [*middle, *at]]), at=at)
    columns = (_("day"), _("others"), _("held out"), _("low end"), _("high end"))
    return Chart(named.key, title, description, svg, columns, tuple(_row(look) for look in looks))


def _calendar(places: Sequence[float]) -> list[tuple[float, str]]:
    """Four days from the first to the last of some places."""
    first, last = min(places), max(places)
    found = sorted({round(first + number * (last - first) / 3) for number in range(4)})
    return [(float(place), wording.day_in_chart(date.fromordinal(place))) for place in found]


def _days(question: Question, today: date) -> list[tuple[float, str]]:
    found = [
        (float(verdict.day.toordinal()), _("certain since %(day)s") % {"day": wording.day(verdict.day, today)})
        for verdict in question.verdicts
    ]
    if question.plan is not None:
        planned = question.plan.evaluation
        found.append((float(planned.toordinal()), _("evaluation: %(day)s") % {"day": wording.day(planned, today)}))
    return found


def _row(look: Look) -> tuple[str, ...]:
    ends = (f"{100 * look.interval.low:+.1f}", f"{100 * look.interval.high:+.1f}")
    return (look.day.isoformat(), wording.whole(look.others), wording.whole(look.held_out), *ends)


def returning(question: Question, description: str) -> Chart:
    """How the share of those who came back grows with the days since the beginning (Kaplan and Meier), in both arms."""
    title = _("When customers came back")
    names = {OTHERS: sentences.OTHERS_SHORT[question.name], HELD_OUT: sentences.HELD_OUT_SHORT[question.name]}
    series = [
        kinds.Series(_(names[arm]), number, [(float(step.days), step.returned) for step in steps], is_stepped=True)
        for number, (arm, steps) in enumerate(_arms_of(question))
    ]
    last = max((step.days for _arm, steps in _arms_of(question) for step in steps), default=90)
    at = [day for day in (0, 30, 60, 90) if day <= last] or [0]
    marks = [(float(day), _("%(days)s d") % {"days": day}) for day in at]
    notes = [
        kinds.Note([(float(day), wording.whole(_followed(steps, day))) for day in at], number)
        for number, (_arm, steps) in enumerate(_arms_of(question))
    ]
    named = kinds.Named(f"{question.name}-returning", title, description)
    svg = kinds.lines(named, series, _percent, marks, notes)
    columns = (_("group"), _("day"), _("came back"), _("low end"), _("high end"), _("still followed"))
    rows = [
        (_(names[arm]), str(step.days), *map(wording.percent, (step.returned, step.low, step.high)), str(step.followed))
        for arm, steps in _arms_of(question)
        for step in steps
    ]
    return Chart(named.key, title, description, svg, columns, tuple(rows))


def _arms_of(question: Question) -> list[tuple[str, tuple[Step, ...]]]:
    return [(arm, question.steps[arm]) for arm in (OTHERS, HELD_OUT) if question.steps.get(arm)]


def _followed(steps: Sequence[Step], day: int) -> int:
    return next((step.followed for step in reversed(steps) if step.days <= day), 0)


def _percent(share: float) -> str:
    return f"{100 * share:g}%"


def _points(share: float) -> str:
    return f"{100 * share:+g}".replace("-", "−") if share else "0"
