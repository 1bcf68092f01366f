"""The sweep: finds the orders whose state is not the one that was settled, and settles them.

The sweep of every night looks at all orders. That of every minute looks at those of which something dated is new, so
its work grows with what has changed and not with what exists.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Callable, Iterable

from django.db import connection, models
from django.utils.timezone import now

from . import following, host, programmes, settlement
from .errors import keep_going
from .points.queries import maturing
from .settlement import SettledOrder

logger = logging.getLogger(__name__)

RECENT = timedelta(days=45)  # how far back the first sweep of every minute looks
OVERLAP = timedelta(hours=1)  # what is written in a transaction is dated before it can be seen
BATCH = 100_000  # finding them reads every order, so rather many at once

# Orders placed since the programme was first switched on in their channel, and all that were ever settled.
_UNSETTLED = """
SELECT o.order_id FROM ({orders}) o
LEFT JOIN reciprocity_settledorder s ON s.order_id = o.order_id
LEFT JOIN (SELECT channel_id, min(since) AS since FROM reciprocity_settingsversion WHERE active GROUP BY channel_id) p
  ON p.channel_id = o.channel_id
WHERE (s.fingerprint <> o.fingerprint OR s.id IS NULL AND o.is_placed AND o.placed_at >= p.since)
  AND s.erased IS NOT TRUE AND (s.retry_at IS NULL OR s.retry_at <= %(now)s)
ORDER BY o.placed_at LIMIT %(limit)s
"""
_TOUCHED = f"{host.ORDER_STATES} WHERE o.id = ANY(ARRAY({host.TOUCHED_ORDERS}))"


class SweepMark(models.Model):
    """When the last sweep of every minute that was finished began. One row, or none before the first."""

    id = models.BigAutoField(primary_key=True)
    looked_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"


class Progress:
    """How many orders a sweep has settled, and how many have failed and are tried again later."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self.settled = self.failed = 0
        self.tried: set[str] = set()
        self._progress = progress

    def settle(self, order_ids: Iterable[str], *, again: bool = False) -> bool:
        """Settle those of these orders that this sweep has not tried yet. Returns whether there were any."""
        new = [order_id for order_id in order_ids if order_id not in self.tried]
        for order_id in new:
            self.tried.add(order_id)
            if settlement.settle_and_record(order_id, again=again):
                self.settled += 1
            else:
                self.failed += 1
            self._progress(self.settled)
        return bool(new)


def unsettled(touched_since: datetime | None = None, limit: int = BATCH) -> list[str]:
    """Orders to settle, the oldest first: all, or those of which something dated is as new as a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNSETTLED.format(orders=host.ORDER_STATES if touched_since is None else _TOUCHED),
            {"touched_since": touched_since, "now": now(), "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def sweep(progress: Callable[[int], None] = lambda settled: None) -> tuple[int, int]:
    """Settle every order that needs it, and freeze what became of the people who are followed.

    Returns how many orders were settled and how many failed, to be tried again later.
    """
    done = _sweep(None, progress)
    with keep_going(logger, "What became of the people who are followed could not be frozen"), host.allow_writer():
        following.freeze(now())
    return done


def sweep_recent(progress: Callable[[int], None] = lambda settled: None) -> tuple[int, int]:
    """The sweep of every minute: what is new since the last one, what time alone has changed, what had failed."""
    began = now()
    with host.allow_writer():
        mark = SweepMark.objects.first()
        since = min(mark.looked_at, began) - OVERLAP if mark else began - RECENT
        found = _sweep(since, progress)
        SweepMark.objects.update_or_create(pk=mark.pk if mark else 1, defaults={"looked_at": began})
    return found


def _sweep(touched_since: datetime | None, progress: Callable[[int], None]) -> tuple[int, int]:
    done = Progress(progress)
    with host.allow_writer():
        for channel in host.channels():
            with keep_going(logger, "The settings of channel %s could not be read", channel.slug):
                programmes.current(channel.id, now())
        with keep_going(logger, "The questions of the report could not be planned"):
            following.plan(now())
        done.settle(_maturing(now()), again=True)
        failed = SettledOrder.objects.filter(retry_at__lte=now(), erased=False).order_by("retry_at")
        done.settle(failed.values_list("order_id", flat=True))
        while done.settle(unsettled(touched_since)):
            pass
    return done.settled, done.failed


def _maturing(moment: datetime) -> list[str]:
    """What time alone has made available, but for the orders that failed and whose next try is still to come."""
    due = maturing(moment)
    waiting = set(SettledOrder.objects.filter(retry_at__gt=moment).values_list("order_id", flat=True)) if due else set()
    return [order_id for order_id in due if order_id not in waiting]
