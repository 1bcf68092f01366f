"""What surveys hold about a person, and how it is forgotten. Scores and stars stay, of nobody and no order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from saleor_reciprocity.identity import Subject

from . import queue
from .models import Answer, AskedProduct, DealtWith, Invitation, Note, Reply, State


def export(subject: Subject) -> dict[str, Any]:
    """Whether they were asked, what they answered, kept for later and rated, and what the shop replied."""
    invitations = _invitations(subject)
    answers = Answer.objects.filter(invitation__in=invitations).order_by("pk")
    columns = ("invitation__order_id", "question", "score", "comment", "started_at", "answered_at", "is_unhappy", "way")
    columns += ("may_recommend", "product_id")
    return {
        "invitations": list(
            invitations.order_by("pk").values(
                "order_id", "order_number", "language", "question", "state", "due_at", "made_at", "invited_at"
            )
        ),
        "products": list(
            AskedProduct.objects.filter(invitation__in=invitations)
            .order_by("pk")
            .values("invitation__order_id", "product_id", "name")
        ),
        "answers": list(answers.values(*columns)),
        "ratings": list(answers.exclude(ratings=None).values("ratings__product_id", "ratings__stars")),
        "dealt_with": list(DealtWith.objects.filter(answer__in=answers).order_by("pk").values("at")),
        "notes": list(_notes(subject).order_by("pk").values("text", "written_at")),
        "replies": list(Reply.objects.filter(answer__in=answers).order_by("pk").values("text", "written_at")),
    }


def forget(subject: Subject, now: datetime) -> None:
    """Who it was, and every word that was written; what was begun and never sent goes altogether."""
    queue.lock_person(subject.persons, subject.user_id, subject.account_ids)
    invitations = _invitations(subject)
    pks = list(invitations.select_for_update().order_by("pk").values_list("pk", flat=True))
    begun = Answer.objects.filter(invitation__in=pks, answered_at=None)
    for answer in begun:
        answer.ratings.all().delete()
    begun.delete()
    _notes(subject).delete()
    answers = Answer.objects.filter(invitation__in=pks)
    Reply.objects.filter(answer__in=answers).update(text="", digest=Concat(Value("erased:"), Cast("pk", CharField())))
    answers.update(comment="", alert_due_at=None)
    waiting = Invitation.objects.filter(pk__in=pks, state=State.WAITING)
    waiting.update(state=State.CANCELLED)
    nobody = Concat(Value("erased:"), Cast(F("pk"), CharField()))
    Invitation.objects.filter(pk__in=pks).update(person=nobody, order_id=nobody, user=None, order_number="")


def named(subject: Subject) -> list[QuerySet]:
    """The rows that carry the hash of an address."""
    return [_invitations(subject)]


def _invitations(subject: Subject) -> QuerySet:
    mine = Q(order_id__in=subject.order_ids) | Q(person__in=subject.persons)
    return Invitation.objects.filter(mine | Q(user_id=subject.user_id) if subject.user_id is not None else mine)


def _notes(subject: Subject) -> QuerySet:
    return Note.objects.filter(account_id__in=subject.account_ids)
