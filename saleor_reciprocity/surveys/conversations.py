"""Conversations: what staff are told by a customer and write down: an answer about an order, a note, what is done."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host
from saleor_reciprocity.locking import locking
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from . import queries, responses
from .models import TOLD, Answer, DealtWith, Invitation, Note, State
from .responses import Given, Record
from .scores import answers_of

LONGEST_NOTE = 5000


def open_about(person: host.Person, within: frozenset[str] | None = None, first: int = 20) -> list[Invitation]:
    """The orders of a person about which nothing is answered and somebody may be asked, the newest first.

    `within` are the channels that whoever asks may look into; None means all.
    """
    rows = _open(queries.invitations_of(person, within))
    return list(rows.order_by("-pk")[:first])


def _open(rows: QuerySet) -> QuerySet:
    """Who is held out of being asked stays so: what asking brings is measured with them."""
    rows = rows.exclude(state=State.HELD_OUT).exclude(person__startswith="erased:")
    return rows.exclude(answer__answered_at__isnull=False)


def record(invitation_id: int, given: Given, way: str, actor: str, now: datetime) -> Answer:
    """Take an answer as a customer told it to staff. Raises NotFound, Busy, and Invalid for what is none."""
    invitation = _open(Invitation.objects.filter(pk=invitation_id)).first()
    if invitation is None:
        raise errors.NotFound(field="invitationId")
    known = answers_of(invitation.question)
    if given.score not in known:
        raise errors.not_between(min(known), max(known), "score")
    if way not in TOLD:
        raise errors.Invalid(_("An answer that came in this way can’t be written down by hand."), field="way")
    if not responses.take(invitation, given, now, Record(way, actor)).is_first:
        raise errors.NotFound(field="invitationId")
    return Answer.objects.select_related("invitation").get(invitation_id=invitation_id)


def deal_with(answer_id: int, is_done: bool, actor: str, now: datetime) -> Answer:
    """Mark an answer as dealt with, or take the mark off. A second call changes nothing. Raises NotFound."""
    answer = Answer.objects.select_related("invitation").filter(pk=answer_id, answered_at__isnull=False).first()
    if answer is None:
        raise errors.NotFound(field="id")
    if is_done:
        DealtWith.objects.get_or_create(answer=answer, defaults={"actor": actor, "at": now})
    else:
        DealtWith.objects.filter(answer=answer).delete()
    return Answer.objects.select_related("invitation", "dealt_with").get(pk=answer_id)


def note(person: host.Person, text: str, actor: str, now: datetime) -> Note:
    """Write down something of a person. Raises Busy, and Invalid for a text that is empty or too long."""
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST_NOTE:
        raise errors.Invalid(_("Enter a text of at most %(most)s characters.") % {"most": LONGEST_NOTE}, field="text")
    with locking():
        account = accounts.lock_account_of(person, now)
        return Note.objects.create(account=account, text=text, actor=actor, written_at=now)


def delete_note(note_id: int) -> None:
    """Delete a note. A second call changes nothing."""
    Note.objects.filter(pk=note_id).delete()


def notes_of(account: Account, first: int = 50) -> list[Note]:
    """The notes about whoever an account is of, the newest first."""
    return list(Note.objects.filter(account__in=accounts.parts_of(account)).order_by("-pk")[:first])
