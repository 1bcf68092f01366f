"""What surprises hold about a person, and how it is forgotten.

The figures of a draw stay, its proof goes: whoever knows the secret could find the order, and so the person, by it. A
code that was not used yet goes on working, for whoever holds it; as soon as it is closed, it is forgotten, too.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject
from saleor_reciprocity.rewards import issuing
from saleor_reciprocity.rewards.codes import FORGOTTEN

from .models import ERASED, Draw, GiftState


def export(subject: Subject) -> list[dict[str, Any]]:
    """The draws."""
    return list(
        _draws(subject).order_by("pk").values(
            "order_id", "order_number", "campaign__name", "outcome", "cost", "currency", "code", "drawn_at",
            "expires_at", "state", "closed_at",
        )
    )  # fmt: skip


def forget(subject: Subject) -> None:
    """Who it was, which order, where it went, and the codes that are in the orders that used them."""
    number = Cast(F("pk"), CharField())
    nobody = Concat(Value(ERASED), number)
    pks = list(_draws(subject).values_list("pk", flat=True))
    rows = Draw.objects.filter(pk__in=pks)
    closed = rows.exclude(code=None).exclude(state=GiftState.ISSUED)
    issuing.forget(list(closed.values_list("code", flat=True)))
    closed.update(code=Concat(Value(FORGOTTEN), number))
    rows.update(
        person=nobody, order_id=nobody, user=None, address="", order_number="", used_by_order="", ticket="", seal=""
    )


def _draws(subject: Subject) -> Any:
    mine = Q(order_id__in=subject.order_ids)
    if subject.person:
        mine |= Q(person=subject.person)
    if subject.user_id is not None:
        mine |= Q(user_id=subject.user_id)
    return Draw.objects.filter(mine)
