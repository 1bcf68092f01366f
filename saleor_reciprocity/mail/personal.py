"""What mail holds about a person, and how it is forgotten. What waited to be sent is dropped."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .models import CommunicationChoice, Mail, State


def export(subject: Subject) -> dict[str, Any]:
    """The messages and the choices."""
    return {
        "messages": list(
            Mail.objects.filter(_mine(subject)).order_by("pk").values("kind", "order_id", "state", "due_at", "sent_at")
        ),
        "choices": list(
            CommunicationChoice.objects.filter(_mine(subject)).order_by("pk").values(
                "kind", "wanted", "chosen_at", "origin"
            )
        ),
    }  # fmt: skip


def forget(subject: Subject) -> None:
    """Messages keep what became of them. A "no" stays, under the keyed hash of the address alone."""
    rows = Mail.objects.filter(_mine(subject) | Q(order_id__in=subject.order_ids))
    rows.filter(state=State.WAITING).update(state=State.DROPPED, reason="erased")
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    rows.update(source=nobody, person="", user=None, order_id="", context={}, message_id="")
    said = CommunicationChoice.objects.filter(_mine(subject))
    said.filter(Q(wanted=True) | Q(person="")).delete()
    said.update(user=None)


def _mine(subject: Subject) -> Q:
    mine = Q(person=subject.person) if subject.person else Q(pk=None)
    return mine | Q(user_id=subject.user_id) if subject.user_id is not None else mine
