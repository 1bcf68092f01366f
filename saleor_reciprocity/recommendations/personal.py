"""What recommendations hold about a person, and how it is forgotten: what was said, and what was made of purchases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saleor_reciprocity.identity import Subject

from . import preferences
from .models import CustomerList, Preference


def export(subject: Subject) -> dict[str, Any]:
    """What the customer said, and the lists that were made for the customer."""
    if subject.user_id is None:
        return {"preferences": [], "lists": []}
    said = Preference.objects.filter(user_id=subject.user_id).order_by("pk")
    lists = CustomerList.objects.filter(user_id=subject.user_id).order_by("pk")
    return {
        "preferences": list(said.values("kind", "object_id", "liked", "updated_at")),
        "lists": list(lists.values("kind", "product_ids")),
    }


def forget(subject: Subject, now: datetime) -> None:
    """All of it."""
    if subject.user_id is not None:
        preferences.forget(subject.user_id)
