"""What experiments hold about a person, and how it is forgotten: the count stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .models import Assignment


def export(subject: Subject) -> list[dict[str, Any]]:
    """The assignments."""
    rows = Assignment.objects.filter(person__in=subject.persons)
    return list(rows.order_by("pk").values("experiment", "held_out", "share", "assigned_at"))


def forget(subject: Subject, now: datetime) -> None:
    """Whose assignment it was."""
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    Assignment.objects.filter(person__in=subject.persons).update(person=nobody)
