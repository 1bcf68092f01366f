"""Queries: what staff may read of answers, scores and the queue. Scores are computed here, from the raw answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Iterable, Mapping

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from saleor_reciprocity import host, identity

from . import scores
from .models import Answer, AskedProduct, Invitation, Reply, Way


@dataclass(frozen=True)
class Filter:
    """Which answers are meant; None means all. `within` are the channels that whoever asks may look into."""

    within: frozenset[str] | None = None
    channel_id: str | None = None
    question: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    lowest: int | None = None
    highest: int | None = None
    product_id: int | None = None
    category_id: int | None = None
    comment: str | None = None
    is_unhappy: bool | None = None
    is_replied: bool | None = None
    is_dealt_with: bool | None = None
    way: str | None = None


def answers(wanted: Filter, first: int | None = None, after: tuple[int, ...] | None = None) -> list[Answer]:
    """The finished answers that are meant, the newest first, after a position in that order (see `position_of`)."""
    rows = _with_details(matching(wanted))
    if after is not None:
        moment = datetime.fromtimestamp(after[0] // 10**6, timezone.utc).replace(microsecond=after[0] % 10**6)
        rows = rows.filter(Q(answered_at__lt=moment) | Q(answered_at=moment, pk__lt=after[1]))
    return list(rows.order_by("-answered_at", "-pk")[:first])


_LISTS = ("invitation__products", "ratings", "replies")


def _with_details(rows: QuerySet) -> QuerySet:
    return rows.select_related("invitation", "dealt_with").prefetch_related(*_LISTS)


def invitations_of(person: host.Person, within: frozenset[str] | None = None) -> QuerySet:
    """The invitations of a person in some channels. Who has not proved an address gets nothing of the guest who has it.

    None stands for all channels.
    """
    mine = Q(user_id=person.user_id) if person.user_id is not None else Q(pk=None)
    if person.email and person.owns_address:
        mine |= Q(person=identity.email_hash(person.email))
    rows = Invitation.objects.filter(mine)
    return rows if within is None else rows.filter(channel_id__in=within)


def of_person(person: host.Person, within: frozenset[str] | None = None, first: int = 20) -> list[Answer]:
    """The finished answers of a person in some channels, the newest first; None stands for all channels."""
    rows = matching(Filter()).filter(invitation__in=invitations_of(person, within))
    return list(_with_details(rows).order_by("-answered_at", "-pk")[:first])


def position_of(answer: Answer) -> tuple[int, int]:
    """Where an answer stands in the list: the microsecond of its time, and its number."""
    moment = answer.answered_at
    return int(moment.replace(microsecond=0).timestamp()) * 10**6 + moment.microsecond, answer.pk


def matching(wanted: Filter) -> QuerySet:
    """The finished answers that are meant."""
    rows = Answer.objects.filter(answered_at__isnull=False)
    plain = {
        "invitation__channel_id__in": wanted.within,
        "invitation__channel_id": wanted.channel_id,
        "question": wanted.question,
        "answered_at__gte": wanted.since,
        "answered_at__lt": wanted.before,
        "score__gte": wanted.lowest,
        "score__lte": wanted.highest,
        "comment__icontains": wanted.comment,
        "is_unhappy": wanted.is_unhappy,
    }
    rows = rows.filter(**{column: value for column, value in plain.items() if value is not None})
    if wanted.product_id is not None:
        rows = rows.filter(_about([wanted.product_id]))
    if wanted.category_id is not None:
        rows = rows.filter(_about(products_of_category(wanted.category_id)))
    if wanted.is_replied is not None:
        replied = Q(pk__in=Reply.objects.values("answer_id"))
        rows = rows.filter(replied if wanted.is_replied else ~replied)
    if wanted.is_dealt_with is not None:
        rows = rows.filter(dealt_with__isnull=not wanted.is_dealt_with)
    if wanted.way is not None:
        rows = rows.filter(_came_by(wanted.way))
    return rows


def _came_by(way: str) -> Q:
    return Q(way=way) | Q(way=None) if way == Way.MAIL else Q(way=way)


def _about(product_ids: Iterable[int]) -> Any:
    asked = AskedProduct.objects.filter(invitation_id=OuterRef("invitation_id"), product_id__in=product_ids)
    return Exists(asked)


def products_of_category(category_id: int) -> list[int]:
    """The products in a category and all below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT product_id FROM ({host.CATALOGUE}) c WHERE category_id = ANY(%s)",  # noqa: S608 - the host's own
            [host.categories_within(category_id)],
        )
        return [row[0] for row in cursor.fetchall()]


def of_orders(order_ids: Iterable[str]) -> dict[str, Answer]:
    """The finished answers about some orders, by order id."""
    rows = matching(Filter()).filter(invitation__order_id__in=list(order_ids))
    rows = _with_details(rows)
    return {answer.invitation.order_id: answer for answer in rows}


def states(channel_id: str) -> list[tuple[str, int]]:
    """How many invitations of a channel are in which state, and so why people were not asked."""
    rows = Invitation.objects.filter(channel_id=channel_id).values_list("state").annotate(Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


STARS = "stars"

# What answers can be grouped by: the group of each as SQL text.
GROUPINGS = {
    "total": "''",
    "day": "to_char(a.answered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "week": "to_char(a.answered_at AT TIME ZONE 'UTC', 'IYYY-\"W\"IW')",
    "month": "to_char(a.answered_at AT TIME ZONE 'UTC', 'YYYY-MM')",
    "channel": "i.channel_id",
    "way": "replace(upper(coalesce(a.way, 'mail')), ' ', '_')",
    "product": "c.product_id::text",
    "category": "c.category_id::text",
}

# An answer about an order with two products of one category counts once for that category.
_COUNTS = """
SELECT grouped, value, count(*) FROM (
  SELECT DISTINCT {counted}.id, {group} AS grouped, {value} AS value
  FROM reciprocity_answer a JOIN reciprocity_invitation i ON i.id = a.invitation_id {joins}
  WHERE a.id IN ({wanted}) AND {condition}) t
WHERE grouped IS NOT NULL GROUP BY grouped, value
"""
_RATED = "JOIN reciprocity_rating r ON r.answer_id = a.id"
_OF_ASKED = "JOIN reciprocity_askedproduct p ON p.invitation_id = i.id"


@dataclass(frozen=True)
class Group:
    """The score of one group of answers, and how many there are of each."""

    key: str
    label: str
    score: scores.Score
    counts: dict[int, int]


def scores_by(grouping: str, measure: str, wanted: Filter) -> list[Group]:
    """The score of each group of the answers that are meant; `measure` is a question, or STARS for ratings of products.

    Groups of time begin at midnight UTC. The same product is in its own group only, whatever else was in the order.
    """
    counts: dict[str, dict[int, int]] = {}
    for key, value, count in _counted(grouping, measure, wanted):
        counts.setdefault(key, {})[value] = count
    return groups_of(grouping, measure, counts)


def groups_of(grouping: str, measure: str, counts: Mapping[str, dict[int, int]]) -> list[Group]:
    """Groups with their names and scores, given how many there are of each answer in each."""
    labels = _labels(grouping)
    return [
        Group(key, labels.get(key, key), _score(measure, found), dict(sorted(found.items())))
        for key, found in sorted(counts.items())
    ]


def _score(measure: str, counts: dict[int, int]) -> scores.Score:
    return scores.stars(counts) if measure == STARS else scores.score_of(measure, counts)


def _counted(grouping: str, measure: str, wanted: Filter) -> list[tuple[str, int, int]]:
    rows = matching(wanted) if measure == STARS else matching(wanted).filter(question=measure)
    rated = _rated_products(measure, wanted)
    if wanted.within is not None and not wanted.within:
        return []  # Django has no SQL for what can't match
    subquery, parameters = rows.values("pk").query.sql_with_params()
    sql = _COUNTS.format(
        counted="r" if measure == STARS else "a",
        group=GROUPINGS[grouping],
        value="r.stars" if measure == STARS else "a.score",
        joins=" ".join(_joins(grouping, measure)),
        wanted=subquery,
        condition="true" if rated is None else "r.product_id = ANY(%s)",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *([rated] if rated is not None else [])])
        return list(cursor.fetchall())


def _joins(grouping: str, measure: str) -> list[str]:
    """The tables that a grouping needs: products are those that were rated, or else those of the order."""
    found = [_RATED] if measure == STARS else []
    if grouping in ("product", "category"):
        found += [] if measure == STARS else [_OF_ASKED]
        found.append(f"JOIN ({host.CATALOGUE}) c ON c.product_id = {'r' if measure == STARS else 'p'}.product_id")
    return found


def _rated_products(measure: str, wanted: Filter) -> list[int] | None:
    """The products whose ratings count, where a filter names some."""
    if measure != STARS or (wanted.product_id is None and wanted.category_id is None):
        return None
    if wanted.category_id is None:
        return [wanted.product_id] if wanted.product_id is not None else []
    within = products_of_category(wanted.category_id)
    return within if wanted.product_id is None else [found for found in within if found == wanted.product_id]


def _labels(grouping: str) -> dict[str, str]:
    if grouping == "channel":
        return {channel.id: channel.slug for channel in host.channels()}
    if grouping not in ("product", "category"):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {grouping}_id, {grouping}_name FROM ({host.CATALOGUE}) c")  # noqa: S608
        return {str(key): name for key, name in cursor.fetchall()}
