"""What recommendations hold about a person, and how it is forgotten: what was said, and what was made of purchases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saleor_reciprocity.identity import Subject

from . import preferences
from .models import CustomerList, ListedProducts, Preference


def export(subject: Subject) -> dict[str, Any]:
    """What the customer said, the lists that were made for the customer, and what stood in earlier ones."""
    if subject.user_id is None:
        return {"preferences": [], "lists": [], "listed": []}
    said = Preference.objects.filter(user_id=subject.user_id).order_by("pk")
    listed = ListedProducts.objects.filter(user_id=subject.user_id).order_by("pk")
    lists = CustomerList.objects.filter(user_id=subject.user_id).order_by("pk")
    return {
        "preferences": list(said.values("kind", "object_id", "liked", "updated_at")),
        "lists": list(lists.values("kind", "product_ids")),
        "listed": list(listed.values("listed_on", "product_ids", "share", "held_out")),
    }


def forget(subject: Subject, now: datetime) -> None:
    """All of it."""
    if subject.user_id is not None:
        preferences.forget(subject.user_id)
