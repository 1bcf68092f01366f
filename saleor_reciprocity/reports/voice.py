"""What customers say: how many answer, the scores in all and by month, and products beside each other."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Iterator

from saleor_reciprocity.surveys import queries, scores
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.queries import STARS, Filter, Group

from .values import Rated, Scored, Voice

FEWEST_ANSWERS = 5
MEASURES = (scores.CSAT, scores.NPS, scores.CES, STARS)


def end_of(until: date) -> datetime:
    """The first moment after a day, in UTC."""
    return datetime.combine(until + timedelta(days=1), time(), tzinfo=timezone.utc)


def response(channel_id: str | None, until: date) -> tuple[int, int]:
    """How many people were asked, and how many of them have answered."""
    asked = Invitation.objects.filter(invited_at__lt=end_of(until))
    answers = Answer.objects.filter(answered_at__lt=end_of(until))
    if channel_id is not None:
        asked = asked.filter(channel_id=channel_id)
        answers = answers.filter(invitation__channel_id=channel_id)
    return asked.count(), answers.count()


def voices(channel_id: str | None, until: date) -> tuple[Voice, ...]:
    """The scores of each kind of question that anybody answered."""
    return tuple(_voices(Filter(channel_id=channel_id, before=end_of(until))))


def _voices(wanted: Filter) -> Iterator[Voice]:
    for measure in MEASURES:
        for total in queries.scores_by("total", measure, wanted):
            months = queries.scores_by("month", measure, wanted)
            yield Voice(measure, _scored(total), tuple((_month(group.key), _scored(group)) for group in months))


def _month(key: str) -> date:
    return date.fromisoformat(f"{key}-01")


def _scored(group: Group) -> Scored:
    score = group.score
    return Scored(score.answers, score.value or 0.0, score.low or 0.0, score.high or 0.0)


def rated(channel_id: str | None, until: date) -> tuple[Rated, ...]:
    """Products whose buyers answered how satisfied they are, at least five each."""
    wanted = Filter(channel_id=channel_id, before=end_of(until))
    groups = [
        group for group in queries.scores_by("product", scores.CSAT, wanted) if group.score.answers >= FEWEST_ANSWERS
    ]
    return tuple(Rated(group.label, _share(_scored(group))) for group in groups)


def _share(scored: Scored) -> Scored:
    return Scored(scored.answers, scored.value / 100, scored.low / 100, scored.high / 100)
