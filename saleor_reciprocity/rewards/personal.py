"""What rewards hold about a person, and how it is forgotten.

A code that was not used yet goes on working, for whoever holds it, and what is open can still be done; as soon as it
is closed, the code is forgotten, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from . import issuing, uploads
from .codes import FORGOTTEN
from .models import Redemption
from .states import WAITING


def export(subject: Subject) -> list[dict[str, Any]]:
    """The redemptions. Not their keys: what a client sends to be repeated safely says nothing about a person."""
    rows = Redemption.objects.filter(account_id__in=subject.account_ids).order_by("pk")
    return [
        {**row, "code": row["code"] or given}
        for row in rows.values(
            "reward__name", "kind", "code", "points", "value", "currency", "state", "created_at", "expires_at",
            "closed_at", "cancelled_at", "used_by_order", "close_reason", "reward__text", "uploaded_code__code",
        )
        for given in [row.pop("uploaded_code__code")]
    ]  # fmt: skip


def forget(subject: Subject, now: datetime) -> None:
    """The client's texts, the orders that used the codes, what staff said, and the codes of all that is closed."""
    rows = Redemption.objects.filter(account_id__in=subject.account_ids)
    number = Cast(F("pk"), CharField())
    rows.update(key=Concat(Value("erased:"), number), used_by_order="", closed_by="", close_reason="")
    closed = rows.exclude(state__in=WAITING)
    uploads.forget(closed)
    with_code = closed.exclude(code=None)
    issuing.forget(list(with_code.values_list("code", flat=True)))
    with_code.update(code=Concat(Value(FORGOTTEN), number))
