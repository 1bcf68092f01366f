"""Open surveys: a question that anybody may answer who has the link, one link for each channel. Of nobody: who answered
can't be found out, so it earns nothing, is counted apart, and is taken so many times an hour only.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from django.db import connection

from saleor_reciprocity import identity
from saleor_reciprocity.locking import locking

from . import responses
from .models import OpenAnswer, OpenCount, OpenSurvey
from .responses import Given

HOUR = timedelta(hours=1)
MOST_FROM_ONE_PLACE, MOST_ALTOGETHER = 20, 600  # answers an hour
_NUMBERS = 2**59  # of answers: those that an ID of the API can have


class TooMany(Exception):
    """More answers came within this hour than are taken."""


def begin(channel_id: str, actor: str, now: datetime) -> OpenSurvey:
    """A new link for a channel; the one before leads nowhere from now on. Raises Busy."""
    with locking():
        identity.let_one_in(identity.hash_of(f"open survey:{channel_id}"))
        end(channel_id, now)
        return OpenSurvey.objects.create(channel_id=channel_id, actor=actor, made_at=now)


def end(channel_id: str, now: datetime) -> None:
    """Let the link of a channel lead nowhere. A second call changes nothing."""
    OpenSurvey.objects.filter(channel_id=channel_id, ended_at=None).update(ended_at=now)


def running() -> dict[str, OpenSurvey]:
    """The open surveys that there are, by channel."""
    return {one.channel_id: one for one in OpenSurvey.objects.filter(ended_at=None)}


def take(survey: OpenSurvey, question: str, given: Given, form: str, place: str, now: datetime) -> bool:
    """Take an answer from a network address. False, and nothing changes, where this very form was sent before.

    `given.score` is one of the question's answers. Raises TooMany and Busy.
    """
    number = int(identity.hash_of(f"open answer:{form}"), 16) % _NUMBERS
    with locking():
        if OpenAnswer.objects.filter(pk=number).exists():
            return False
        _count(survey, place, MOST_FROM_ONE_PLACE, now)
        _count(survey, "", MOST_ALTOGETHER, now)
        answer = OpenAnswer(
            id=number,
            survey=survey,
            channel_id=survey.channel_id,
            question=question,
            score=given.score,
            comment=responses.clean(given.comment),
            answered_on=now.astimezone(timezone.utc).date(),
        )
        OpenAnswer.objects.bulk_create([answer], ignore_conflicts=True)
    return True


_ONE_MORE = """
INSERT INTO reciprocity_opencount AS c (digest, hour, answers) VALUES (%s, %s, 1)
ON CONFLICT (digest) DO UPDATE SET answers = c.answers + 1 WHERE c.answers < %s RETURNING 1
"""


def _count(survey: OpenSurvey, place: str, most: int, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    digest = identity.hash_of(f"open count:{survey.pk}:{place}:{hour.isoformat()}")
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MORE, [digest, hour, most])
        if cursor.fetchone() is None:
            raise TooMany


def forget_counts(now: datetime) -> None:
    """Delete what was counted in hours that are over."""
    OpenCount.objects.filter(hour__lte=now - HOUR).delete()
