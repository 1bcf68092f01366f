"""What experiments hold about a person, and how it is forgotten: the count stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Sequence

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .assignment import SURPRISES, SURVEYS
from .evidence import PROGRAMME, SURVEY
from .models import Assignment, Outcome

QUESTIONS_OF = {SURPRISES: PROGRAMME, SURVEYS: SURVEY}


def export(subject: Subject) -> list[dict[str, Any]]:
    """The assignments, each with what became of the person."""
    rows = Assignment.objects.filter(person__in=subject.persons).order_by("pk")
    held = list(rows.values("experiment", "held_out", "share", "assigned_at"))
    units = list(rows.values_list("pk", flat=True))
    found = {experiment: outcomes_of(question, units) for experiment, question in QUESTIONS_OF.items()}
    for row, unit in zip(held, units):
        row["outcomes"] = found[row["experiment"]].get(unit, [])
    return held


def outcomes_of(question: str, units: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What became of each unit of a question that is frozen, by the unit: one row each."""
    rows = Outcome.objects.filter(question=question, unit__in=units)
    told = rows.values("unit", "question", "day", "returned_after", "money", "treated", "frozen_at")
    return {row.pop("unit"): [row] for row in told}


def forget(subject: Subject, now: datetime) -> None:
    """Whose assignment it was."""
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    Assignment.objects.filter(person__in=subject.persons).update(person=nobody)
