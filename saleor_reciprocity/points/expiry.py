"""Expiry: when points end, and their write-off, set by set in SQL. The rule:

Points can be used until the end of the day, in the channel's time zone, that is so many months after the day on which
they became available; where that month has no such day, its last day counts. So 31 January and one month is the end of
28 February. Where the clocks skip midnight or show it twice, the later reading counts. Months and time zone are those
of the settings version that counts for the order or the gift. The moment is computed once, when the lot is made, and
stored: nothing that is changed later moves it.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Callable, Sequence

from django.db import DatabaseError, connection, transaction

from saleor_reciprocity import programmes
from saleor_reciprocity.errors import keep_going

logger = logging.getLogger(__name__)

# The first moment at which points are no longer valid, from a moment, a number of months and a time zone.
ENDS_AT = (
    "((date_trunc('day', {earned_at} AT TIME ZONE {zone}) + make_interval(months => {months}))::date + 1)::timestamp"
    " AT TIME ZONE {zone}"
)

BATCH = 5000  # accounts in one transaction


def ends_at(earned_at: datetime, months: int, zone: str) -> datetime:
    """The first moment at which points that became available at `earned_at` are no longer valid."""
    sql = ENDS_AT.format(earned_at="%(earned_at)s::timestamptz", months="%(months)s", zone="%(zone)s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", {"earned_at": earned_at, "months": months, "zone": zone})
        return cursor.fetchone()[0]


def of_channel(channel_id: str, agreed_at: datetime, earned_at: datetime, now: datetime) -> datetime | None:
    """When points of a channel end that were agreed at one moment and became available at another; None for never."""
    version = programmes.agreed(channel_id, agreed_at, now) if channel_id else None
    if version is None or version.programme.points_valid_months == 0:
        return None
    return ends_at(earned_at, version.programme.points_valid_months, version.programme.time_zone)


# One entry for all lots of an account that ended at the same moment.
_WRITE_OFF = """
WITH due AS (
  SELECT id, account_id, remaining, expires_at FROM reciprocity_lot
  WHERE account_id = ANY(%(accounts)s) AND remaining > 0 AND expires_at <= %(now)s),
ended AS (
  SELECT account_id, expires_at, sum(remaining)::bigint AS points,
    row_number() OVER past AS number, (sum(sum(remaining)) OVER past)::bigint AS so_far
  FROM due GROUP BY account_id, expires_at WINDOW past AS (PARTITION BY account_id ORDER BY expires_at)),
emptied AS (UPDATE reciprocity_lot l SET remaining = 0 FROM due WHERE l.id = due.id),
entries AS (
  INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
    order_id, reason, actor, happened_at, written_at)
  SELECT a.id, a.version + e.number, 'expired', -e.points, 0, a.available - a.debt - e.so_far, a.pending,
    format('expired:%%s:%%s', a.id, a.version + e.number), '', '', '', e.expires_at, %(now)s
  FROM ended e JOIN reciprocity_account a ON a.id = e.account_id
  RETURNING id, account_id, happened_at),
uses AS (
  INSERT INTO reciprocity_lotuse (entry_id, lot_id, points)
  SELECT e.id, d.id, -d.remaining FROM due d
  JOIN entries e ON e.account_id = d.account_id AND e.happened_at = d.expires_at),
written AS (
  UPDATE reciprocity_account a SET available = a.available - coalesce(t.points, 0),
    version = a.version + coalesce(t.entries, 0), next_expiry_at = n.expires_at
  FROM unnest(%(accounts)s) AS chosen (id)
  LEFT JOIN (SELECT account_id, sum(points) AS points, count(*) AS entries FROM ended GROUP BY account_id) t
    ON t.account_id = chosen.id
  LEFT JOIN (SELECT account_id, min(expires_at) AS expires_at FROM reciprocity_lot
    WHERE account_id = ANY(%(accounts)s) AND remaining > 0 AND expires_at > %(now)s GROUP BY account_id) n
    ON n.account_id = chosen.id
  WHERE a.id = chosen.id)
SELECT count(*), coalesce(sum(remaining), 0)::bigint FROM due
"""


def write_off(account_ids: Sequence[int], now: datetime) -> tuple[int, int]:
    """Write off the lots of locked accounts that have ended. Returns how many lots and points."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_OFF, {"accounts": list(account_ids), "now": now})
        lots, points = cursor.fetchone()
    return lots, points


# Accounts that somebody else is changing are left out: whoever holds them writes off what has ended there.
_DUE = "SELECT id FROM reciprocity_account WHERE next_expiry_at <= %(now)s AND id <> ALL(%(failed)s::bigint[])"
_CLAIM_SOME = f"{_DUE} ORDER BY next_expiry_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED"
_CLAIM_ONE = f"{_DUE} AND id = %(account)s FOR UPDATE SKIP LOCKED"


def run(
    now: datetime, batch: int = BATCH, progress: Callable[[int, int], None] = lambda lots, points: None
) -> tuple[int, int]:
    """Write off all that has ended, batch by batch, each in a transaction of its own: it may be killed at any point.

    Returns how many lots and points; `progress` is told the same after each batch. When a batch fails, each account is
    tried by itself; what fails then is left for the next run.
    """
    lots, points = 0, 0
    due: dict[str, Any] = {"now": now, "batch": batch, "failed": []}
    while True:
        try:
            written = _write_off_next(_CLAIM_SOME, due)
        except DatabaseError:  # told when it is known of which account
            written = _one_by_one(due)
        if written is None:
            return lots, points
        lots, points = lots + written[0], points + written[1]
        progress(lots, points)


def _write_off_next(claim: str, due: dict[str, Any]) -> tuple[int, int] | None:
    """Write off what has ended in the accounts that a statement claims; None when there are none."""
    with transaction.atomic():
        claimed = _ids(claim, due)
        return write_off(claimed, due["now"]) if claimed else None


def _one_by_one(due: dict[str, Any]) -> tuple[int, int]:
    """Write off account by account, and note which of them failed."""
    lots = points = 0
    for account_id in _ids(_DUE, due):
        failed = True
        with keep_going(logger, "The points of account %s could not be written off", account_id):
            written = _write_off_next(_CLAIM_ONE, {**due, "account": account_id}) or (0, 0)
            lots, points, failed = lots + written[0], points + written[1], False
        due["failed"] += [account_id] if failed else []
    return lots, points


def _ids(sql: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [account_id for (account_id,) in cursor.fetchall()]


def due_lots(now: datetime) -> tuple[int, int]:
    """How many lots have ended and were not written off yet, and their points."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(l.remaining), 0)::bigint"
            " FROM reciprocity_account a JOIN reciprocity_lot l ON l.account_id = a.id"
            " WHERE a.next_expiry_at <= %(now)s AND l.remaining > 0 AND l.expires_at <= %(now)s",
            {"now": now},
        )
        lots, points = cursor.fetchone()
    return lots, points
