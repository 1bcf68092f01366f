"""Events: opened, numbered after they are committed, read in the order of their numbers, and deleted when they are old.

Triggers write them, so nothing of ours can forget to. Numbers are given by whoever reads, one reader at a time and only
to what is committed: an event that a slow transaction commits late gets a later number, and no reader has passed it by.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from saleor_reciprocity import errors

from .models import Event, EventKind, Feed
from .subjects import OF_KIND, Said, Subject, said

KEPT = timedelta(days=90)
NUMBERED_AT_ONCE = 10_000
DELETED_AT_ONCE = 10_000

_NUMBER = """
WITH next AS (
  SELECT e.id, row_number() OVER (ORDER BY e.id) AS n FROM
    (SELECT id FROM reciprocity_event WHERE sequence IS NULL ORDER BY id LIMIT %(most)s) e),
numbered AS (
  UPDATE reciprocity_event e SET sequence = %(last)s + next.n FROM next WHERE e.id = next.id RETURNING e.id)
UPDATE reciprocity_feed SET numbered = numbered + (SELECT count(*) FROM numbered) WHERE id = 1
"""
_DELETE = """
WITH old AS (
  DELETE FROM reciprocity_event WHERE id IN (
    SELECT id FROM reciprocity_event WHERE told_at < %(before)s AND sequence <= %(most)s
    ORDER BY sequence LIMIT %(size)s)
  RETURNING sequence)
UPDATE reciprocity_feed SET gone = greatest(gone, (SELECT max(sequence) FROM old))
WHERE id = 1 AND EXISTS (SELECT 1 FROM old)
"""


@dataclass(frozen=True)
class Told:
    """An event that can be told: its number, what happened when, and what is said of it; None of what is gone."""

    sequence: int
    kind: str
    told_at: datetime
    said: Said | None

    @property
    def kind_name(self) -> str:
        """The kind as GraphQL and the endpoint name it, such as POINTS_CHANGED."""
        return EventKind(self.kind).name


def open_feed(now: datetime) -> Feed:
    """The feed. It is opened by whoever asks for it first; nothing that happened before is in it."""
    feed, _opened = Feed.objects.get_or_create(pk=1, defaults={"opened_at": now})
    return feed


def number(now: datetime) -> None:
    """Number what is committed and has no number yet, up to so much at once."""
    open_feed(now)
    with transaction.atomic(), connection.cursor() as cursor:
        last = Feed.objects.select_for_update().get(pk=1).numbered
        cursor.execute(_NUMBER, {"last": last, "most": NUMBERED_AT_ONCE})


def read(count: int, after: int | None) -> list[Told]:
    """Up to so many numbered events after a number, or the oldest that are kept.

    Raises NotFound where some of those after the number were deleted for their age, and for one that was never given.
    """
    gone, numbered = Feed.objects.values_list("gone", "numbered").get(pk=1)
    if after is not None and after > numbered:
        raise errors.NotFound(
            _("This feed has not come so far: the database is an older one. Begin anew, without `after`."),
            field="after",
        )
    if after is not None and after < gone:
        raise errors.NotFound(
            _("Events after this one were deleted: they are kept for 90 days. Begin anew, without `after`."),
            field="after",
        )
    return _told(Event.objects.filter(sequence__gt=gone if after is None else after).order_by("sequence")[:count])


def _told(rows: Iterable[Event]) -> list[Told]:
    events = list(rows)
    wanted: defaultdict[Subject, set[int]] = defaultdict(set)
    for event in events:
        wanted[OF_KIND[EventKind(event.kind)]].add(event.subject)
    known = {subject: said(subject, ids) for subject, ids in wanted.items()}
    return [
        Told(event.sequence, event.kind, event.told_at, known[OF_KIND[EventKind(event.kind)]].get(event.subject))
        for event in events
    ]


def delete_old(now: datetime) -> None:
    """Delete the events that are older than they are kept, in their order, so that what is left has no gap."""
    feed = Feed.objects.filter(pk=1).first()
    while feed is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            values = {"before": now - KEPT, "most": feed.numbered, "size": DELETED_AT_ONCE}
            cursor.execute(_DELETE, values)
            if cursor.rowcount == 0:
                return
