"""The sweep: finds the orders whose state is not the one that was settled, and settles them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Callable

from django.db import connection
from django.utils.timezone import now

from . import host, programme, settlement
from .points.orders import maturing

EVER = datetime(1900, 1, 1, tzinfo=timezone.utc)
RECENT = timedelta(days=45)
BATCH = 100_000  # finding them reads every order, so rather many at once

# Orders placed since the programme was first switched on in their channel, and all that were ever settled.
_UNSETTLED = """
SELECT o.order_id FROM ({orders}) o
LEFT JOIN reciprocity_settledorder s ON s.order_id = o.order_id
LEFT JOIN (SELECT channel_id, min(since) AS since FROM reciprocity_settingsversion WHERE active GROUP BY channel_id) p
  ON p.channel_id = o.channel_id
WHERE (s.fingerprint <> o.fingerprint OR s.id IS NULL AND o.is_placed AND o.placed_at >= p.since)
  AND o.placed_at >= %(placed_since)s AND s.erased IS NOT TRUE AND (s.retry_at IS NULL OR s.retry_at <= %(now)s)
ORDER BY o.placed_at LIMIT %(limit)s
"""


def unsettled(placed_since: datetime = EVER, limit: int = BATCH) -> list[str]:
    """Orders to settle that were placed since a moment, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNSETTLED.format(orders=host.ORDER_STATES),
            {"placed_since": placed_since, "now": now(), "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def sweep(placed_since: datetime = EVER, progress: Callable[[int], None] = lambda settled: None) -> tuple[int, int]:
    """Settle every order that needs it. Returns how many were settled and how many failed, to be tried again later."""
    settled = failed = 0
    with host.allow_writer():
        for channel in host.channels():
            programme.current(channel.id)
        for order_id in maturing(now()):
            if settlement.settle_and_record(order_id, again=True):
                settled += 1
            else:
                failed += 1
            progress(settled)
        while batch := unsettled(placed_since):
            for order_id in batch:
                if settlement.settle_and_record(order_id):
                    settled += 1
                else:
                    failed += 1
                progress(settled)
    return settled, failed


def sweep_recent(progress: Callable[[int], None] = lambda settled: None) -> tuple[int, int]:
    """The sweep of every minute: orders placed in the last weeks. The sweep of every night looks at all."""
    return sweep(now() - RECENT, progress)
