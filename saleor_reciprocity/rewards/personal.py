"""What rewards hold about a person, and how it is forgotten. A code that was not used yet goes on working."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .models import Redemption


def export(subject: Subject) -> list[dict[str, Any]]:
    """The redemptions."""
    rows = Redemption.objects.filter(account_id__in=subject.account_ids).order_by("pk")
    return list(
        rows.values(
            "reward__name", "kind", "code", "key", "points", "value", "currency", "state", "created_at", "closed_at",
            "used_by_order",
        )
    )  # fmt: skip


def forget(subject: Subject) -> None:
    """The client's texts and the orders that used the codes."""
    rows = Redemption.objects.filter(account_id__in=subject.account_ids)
    rows.update(key=Concat(Value("erased:"), Cast(F("pk"), CharField())), used_by_order="")
