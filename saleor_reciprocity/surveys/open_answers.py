"""Open answers: what staff may read of open surveys. They are in no list and no score of answers about orders."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Value

from saleor_reciprocity import errors

from . import queries, scores
from .models import OpenAnswer, Way
from .queries import Filter, Group


def _written(pattern: str) -> Func:
    return Func(F("answered_on"), Value(pattern), function="to_char", output_field=CharField())


# What they can be grouped by; of no product, and so of no category.
_GROUPINGS: dict[str, Any] = {
    "total": Value("", CharField()),
    "day": _written("YYYY-MM-DD"),
    "week": _written('IYYY-"W"IW'),
    "month": _written("YYYY-MM"),
    "channel": F("channel_id"),
    "way": Value("OPEN", CharField()),
}


def answers(wanted: Filter, first: int | None = None, after: tuple[int, ...] | None = None) -> list[OpenAnswer]:
    """The open answers that are meant, the newest day first, after a position in that order (see `position_of`)."""
    rows = matching(wanted)
    if after is not None:
        day = date.fromordinal(after[0])
        rows = rows.filter(Q(answered_on__lt=day) | Q(answered_on=day, pk__lt=after[1]))
    return list(rows.order_by("-answered_on", "-pk")[:first])


def position_of(answer: OpenAnswer) -> tuple[int, int]:
    """Where an open answer stands in the list: its day, and its number."""
    return answer.answered_on.toordinal(), answer.pk


def matching(wanted: Filter) -> QuerySet:
    """The open answers that are meant; none where a filter asks for what only answers about orders have."""
    of_orders = (wanted.product_id, wanted.category_id, wanted.is_unhappy, wanted.is_replied, wanted.is_dealt_with)
    if any(value is not None for value in of_orders) or wanted.way not in (None, Way.OPEN):
        return OpenAnswer.objects.none()
    plain = {
        "channel_id__in": wanted.within,
        "channel_id": wanted.channel_id,
        "question": wanted.question,
        "answered_on__gte": _day(wanted.since),
        "answered_on__lt": _day(wanted.before),
        "score__gte": wanted.lowest,
        "score__lte": wanted.highest,
        "comment__icontains": wanted.comment,
    }
    return OpenAnswer.objects.filter(**{column: value for column, value in plain.items() if value is not None})


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(timezone.utc).date() if moment is not None else None


def scores_by(grouping: str, measure: str, wanted: Filter) -> list[Group]:
    """The score of each group of the open answers that are meant, for the measures and groups that they have."""
    if grouping not in _GROUPINGS or measure not in scores.SCALES:
        return []
    rows = matching(wanted).filter(question=measure).annotate(grouped=_GROUPINGS[grouping])
    counts: dict[str, dict[int, int]] = {}
    for key, score, count in rows.values_list("grouped", "score").annotate(Count("pk")).order_by("grouped"):
        counts.setdefault(key, {})[score] = count
    return queries.groups_of(grouping, measure, counts)


def forget_comment(answer_id: int) -> OpenAnswer:
    """Delete what somebody wrote, which may name a person; the score stays. Raises NotFound."""
    OpenAnswer.objects.filter(pk=answer_id).update(comment="")
    answer = OpenAnswer.objects.filter(pk=answer_id).first()
    if answer is None:
        raise errors.NotFound(field="id")
    return answer
