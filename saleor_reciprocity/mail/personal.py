"""What mail holds about a person, and how it is forgotten. What waited to be sent is dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from .models import CommunicationChoice, Mail, State


def export(subject: Subject) -> dict[str, Any]:
    """The messages and the choices."""
    return {
        "messages": list(
            _mails(subject).order_by("pk").values("kind", "order_id", "state", "due_at", "sent_at")
        ),
        "choices": list(
            CommunicationChoice.objects.filter(_mine(subject)).order_by("pk").values(
                "kind", "wanted", "chosen_at", "origin"
            )
        ),
    }  # fmt: skip


def forget(subject: Subject, now: datetime) -> None:
    """Messages keep what became of them. A "no" stays, under the keyed hash of the address alone.

    A worker that has one of them in its hands finds that it is not its own any more, and neither sends nor stores it.
    """
    list(_mails(subject).select_for_update().order_by("pk"))  # a worker may be about to add the second route's
    rows = Mail.objects.filter(pk__in=list(_mails(subject).values_list("pk", flat=True)))
    rows.filter(state=State.WAITING).update(state=State.DROPPED, reason="erased")
    rows.filter(state__in=(State.SENDING, State.HANDED_OVER)).update(
        state=State.UNKNOWN, claimed_at=None, reason="erased while it was being sent"
    )
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    rows.update(source=nobody, person="", user=None, order_id="", context={}, message_id="")
    said = CommunicationChoice.objects.filter(_mine(subject))
    said.filter(Q(wanted=True) | Q(person="")).delete()
    said.update(user=None)


def named(subject: Subject) -> list[QuerySet]:
    """The rows that carry the hash of an address."""
    return [_mails(subject), CommunicationChoice.objects.filter(_mine(subject))]


def _mails(subject: Subject) -> QuerySet:
    return Mail.objects.filter(_mine(subject) | Q(order_id__in=subject.order_ids))


def _mine(subject: Subject) -> Q:
    mine = Q(person__in=subject.persons)
    return mine | Q(user_id=subject.user_id) if subject.user_id is not None else mine
