"""What experiments hold about a person, and how it is forgotten: the count stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
    for found, row in zip(held, rows):
        found["outcomes"] = outcomes_of(QUESTIONS_OF[row.experiment], row.pk)
    return held


def outcomes_of(question: str, unit: int) -> list[dict[str, Any]]:
    """What became of a unit of a question: one row at most."""
    rows = Outcome.objects.filter(question=question, unit=unit)
    return list(rows.values("question", "day", "returned_after", "money", "treated", "frozen_at"))


def forget(subject: Subject, now: datetime) -> None:
    """Whose assignment it was."""
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    Assignment.objects.filter(person__in=subject.persons).update(person=nobody)
