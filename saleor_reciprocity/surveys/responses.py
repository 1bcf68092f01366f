"""Responses: takes a customer's answer once, for ever; until then it can be kept unfinished and taken up again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet

from saleor_reciprocity import host, programmes, settings
from saleor_reciprocity.locking import locking
from saleor_reciprocity.mail.rendering import DIRECTIONS
from saleor_reciprocity.points import accounts, bonuses, giving, ledger
from saleor_reciprocity.points.earning.rules import Trigger
from saleor_reciprocity.points.models import Account, Entry, Kind

from . import alerts, rules
from .models import HANDED_OVER, Answer, Invitation, Rating, State, Way
from .scores import STARS, answers_of

LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Given:
    """What a form held. `score` is None where none was chosen; `ratings` are stars by product id."""

    score: int | None = None
    comment: str = ""
    ratings: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """By which way an answer came, and who wrote it down; None for the customer."""

    way: str = Way.MAIL
    actor: str | None = None


BY_MAIL = Record()


@dataclass(frozen=True)
class Taken:
    """What became of a submission: whether it is the answer, and the points that it brought."""

    is_first: bool
    points: int = 0


def invited(invitation_id: int, way: str = Way.MAIL) -> Invitation | None:
    """An invitation to which a link of this way leads, unless its person was erased since; or None.

    The link of the message leads to what was handed over, one of the shop's own also before and without that.
    """
    found = known(invitation_id)
    if found is None or found.state == State.INVITED:
        return found
    return found if way in HANDED_OVER and found.state != State.HELD_OUT else None


def known(invitation_id: int) -> Invitation | None:
    """An invitation, unless its person was erased; or None."""
    return _not_erased().filter(pk=invitation_id).first()


def hold(invitation_id: int) -> bool:
    """Let nobody else change an invitation until the end of the transaction. False where its person was erased."""
    return bool(_not_erased().select_for_update().filter(pk=invitation_id))


def _not_erased() -> QuerySet:
    return Invitation.objects.exclude(person__startswith="erased:")


def open_invitation(invitation_id: int, way: str = Way.MAIL) -> Invitation | None:
    """An invitation that can still be answered through a link of this way, or None."""
    invitation = invited(invitation_id, way)
    return None if invitation is None or is_answered(invitation) else invitation


def is_answered(invitation: Invitation) -> bool:
    """Whether there is a finished answer."""
    return bool(Answer.objects.filter(invitation=invitation, answered_at__isnull=False).exists())


def unfinished(invitation: Invitation) -> Given:
    """What was kept of an unfinished answer."""
    answer = Answer.objects.filter(invitation=invitation, answered_at=None).first()
    if answer is None:
        return Given()
    return Given(answer.score, answer.comment, dict(answer.ratings.values_list("product_id", "stars")))


def keep(invitation: Invitation, given: Given, now: datetime, way: str = Way.MAIL) -> bool:
    """Keep an unfinished answer. Returns False, and changes nothing, once there is an answer. Raises Busy."""
    with locking():
        answer = _locked_answer(invitation, now)
        if answer is None:
            return False
        _write(answer, given)
        answer.way = way
        answer.save()
        _rate(answer, given.ratings)
    return True


def take(invitation: Invitation, given: Given, now: datetime, record: Record = BY_MAIL) -> Taken:
    """Take the answer, with the points that the shop gives as thanks: the same to everybody, and by rules of its own.

    There are none where nothing of the order is kept: it was cancelled, or all goods or all money went back.
    Whatever comes after the first changes nothing. Who answers in another way than through the message and was still to
    be asked is not asked any more. `given.score` is one of the question's answers. Raises Busy, and
    nothing is written, when the account or the answer stays locked by another request.
    """
    version = programmes.current(invitation.channel_id, now)
    programme = version.programme if version is not None and version.active else None
    order = host.order(invitation.order_id)
    with locking():
        person = _thanked(order, programme)
        account = accounts.lock_account_of(person, now) if person is not None else None
        answer = _locked_answer(invitation, now)
        if answer is None:
            transaction.set_rollback(True)
            return Taken(is_first=False)
        _write(answer, given)
        thanks: list[Entry] = []
        if account is not None and person is not None and programme is not None:
            if programme.survey_points:
                answer.entry = _thank(account, invitation, programme.survey_points, now)
                thanks.append(answer.entry)
            occasion = str(invitation.pk)
            thanks += bonuses.give(person, invitation.channel_id, Trigger.SURVEY, occasion, now, now)
        answer.answered_at = now
        answer.may_recommend, answer.product_id = record.actor is None, _only_product(order)
        answer.way, answer.recorded_by = record.way, record.actor
        if record.way != Way.MAIL:
            Invitation.objects.filter(pk=invitation.pk).exclude(state=State.INVITED).update(state=State.TOLD)
        alerts.prepare(answer, programme, now)
        answer.save()
        alerts.tell(answer, programme, now)
        _rate(answer, given.ratings)
    return Taken(is_first=True, points=sum(entry.points for entry in thanks))


def _thanked(order: host.Order | None, programme: settings.Programme | None) -> host.Person | None:
    """Who gets points for an answer about an order, as it is now; None for nobody."""
    if programme is None or order is None or order.state is host.OrderState.VOID or rules.went_back(order):
        return None
    return order.person


def _only_product(order: host.Order | None) -> int | None:
    """The product of an order that has no other; None where it has several, or one that the shop has deleted."""
    products = {line.product_id for line in order.lines} if order is not None else set()
    return products.pop() if len(products) == 1 else None


def _locked_answer(invitation: Invitation, now: datetime) -> Answer | None:
    """The unfinished answer, begun where there is none, while its invitation is locked.

    None when it is finished, or whoever was invited was erased.
    """
    if not hold(invitation.pk):
        return None
    answer = Answer.objects.filter(invitation=invitation).first()
    if answer is None:
        answer = Answer(invitation=invitation, question=invitation.question, started_at=now)
    return None if answer.answered_at is not None else answer


def _write(answer: Answer, given: Given) -> None:
    answer.score = given.score if given.score in answers_of(answer.question) else None
    answer.comment = clean(given.comment)


def clean(comment: str) -> str:
    """A comment without what no person writes: control characters, halves of characters, changes of direction."""
    plain = comment.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in plain if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in DIRECTIONS))
    return "".join(kept).strip()[:LONGEST_COMMENT]


def _rate(answer: Answer, ratings: Mapping[int, int]) -> None:
    asked = set(answer.invitation.products.values_list("product_id", flat=True))
    low, high = STARS
    answer.ratings.all().delete()
    Rating.objects.bulk_create(
        Rating(answer=answer, product_id=product_id, stars=stars)
        for product_id, stars in sorted(ratings.items())
        if product_id in asked and low <= stars <= high
    )


def _thank(account: Account, invitation: Invitation, points: int, now: datetime) -> Entry:
    posting = ledger.Posting(
        kind=Kind.BONUS,
        source=f"survey:{invitation.order_id}",
        happened_at=now,
        points=points,
        reason=f"#{invitation.order_number}",
        channel_id=invitation.channel_id,
    )
    return giving.give(account, posting, now)


def forget_unfinished(before: datetime) -> int:
    """Delete what customers began and never sent, once their links have run out. Returns how many were deleted."""
    by_mail = Q(way=None) | Q(way=Way.MAIL)
    over = Q(started_at__lt=before) | by_mail & Q(invitation__invited_at__lt=before)
    stale = Answer.objects.filter(over, answered_at=None)
    Rating.objects.filter(answer__in=stale).delete()
    return int(stale.delete()[0])
