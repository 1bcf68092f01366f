"""What customers say: how many answer, the scores in all and by month, and products beside each other."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Hashable, Iterator

from saleor_reciprocity.surveys import queries, ranking, scores
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.queries import STARS, Filter, Group

from .values import Mark, Rated, Scored, Voice

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


def rated(channel_id: str | None, until: date) -> tuple[tuple[Rated, ...], float | None]:
    """Products by the share of satisfied buyers, best first, and the share of all; marked beyond chance only."""
    wanted = Filter(channel_id=channel_id, before=end_of(until))
    groups = {group.key: group for group in queries.scores_by("product", scores.CSAT, wanted)}
    counts: dict[Hashable, tuple[int, int]] = {
        key: (_satisfied(group), group.score.answers) for key, group in groups.items()
    }
    found = ranking.ranked(counts)
    answers = sum(each.answers for each in found)
    mean = sum(each.satisfied for each in found) / answers if answers else None
    return tuple(_rated(groups[str(each.product)], each.mark) for each in found), mean


def _satisfied(group: Group) -> int:
    return group.counts.get(4, 0) + group.counts.get(5, 0)


def _rated(group: Group, mark: str) -> Rated:
    scored = _scored(group)
    share = Scored(scored.answers, scored.value / 100, scored.low / 100, scored.high / 100)
    return Rated(group.label, share, Mark(mark))
