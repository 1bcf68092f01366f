"""What surprises hold about a person, and how it is forgotten. The proof of a draw stays: it names the order only."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .models import Draw


def export(subject: Subject) -> list[dict[str, Any]]:
    """The draws."""
    return list(
        _draws(subject).order_by("pk").values(
            "order_id", "order_number", "campaign__name", "outcome", "cost", "currency", "code", "drawn_at",
            "expires_at", "state", "closed_at",
        )
    )  # fmt: skip


def forget(subject: Subject) -> None:
    """Who it was, and where the order went."""
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    _draws(subject).update(person=nobody, user=None, address="", order_number="", used_by_order="")


def _draws(subject: Subject) -> Any:
    mine = Q(order_id__in=subject.order_ids)
    if subject.person:
        mine |= Q(person=subject.person)
    if subject.user_id is not None:
        mine |= Q(user_id=subject.user_id)
    return Draw.objects.filter(mine)
