"""What surprises hold about a person, and how it is forgotten.

The figures of a draw stay, its proof goes: whoever knows the secret could find the order, and so the person, by it. A
code that was not used yet goes on working, for whoever holds it; as soon as it is closed, it is forgotten, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Sequence

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity import host
from saleor_reciprocity.experiments.evidence import GIFT
from saleor_reciprocity.experiments.personal import outcomes_of
from saleor_reciprocity.identity import Subject
from saleor_reciprocity.rewards import issuing
from saleor_reciprocity.rewards.codes import FORGOTTEN

from .models import ERASED, Draw, GiftState
from .notes import KEY


def export(subject: Subject) -> list[dict[str, Any]]:
    """The draws, the first of them with what became of the person."""
    rows = _draws(subject).order_by("pk")
    held = list(
        rows.values(
            "order_id", "order_number", "campaign__name", "campaign__occasion", "occasion_at", "outcome", "cost",
            "currency", "code", "drawn_at", "expires_at", "state", "closed_at",
        )
    )  # fmt: skip
    units = list(rows.values_list("pk", flat=True))
    became = outcomes_of(GIFT, units)
    for found, unit in zip(held, units):
        found["outcomes"] = became.get(unit, [])
    return held


def forget(subject: Subject, now: datetime) -> None:
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


def take_notes_off(order_ids: Sequence[str]) -> None:
    """What was noted of gifts on the host's orders."""
    host.take_notes_off(order_ids, KEY)


def has_notes(order_ids: Sequence[str]) -> bool:
    """Whether there is such a note."""
    return host.has_notes(order_ids, KEY)


def named(subject: Subject) -> list[QuerySet]:
    """The rows that carry the hash of an address."""
    return [_draws(subject)]


def _draws(subject: Subject) -> QuerySet:
    mine = Q(order_id__in=subject.order_ids) | Q(person__in=subject.persons) | Q(account_id__in=subject.account_ids)
    return Draw.objects.filter(mine | Q(user_id=subject.user_id) if subject.user_id is not None else mine)
