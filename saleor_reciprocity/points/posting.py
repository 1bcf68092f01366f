"""Posting: how one entry, the account's figures and the lots are written together. Only the ledger calls it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Tuple

from django.db import connection

from . import expiry
from .models import Account, Entry, Kind, Lot

QUALIFYING = {Kind.EARNED, Kind.BONUS}  # what counts towards a tier


@dataclass(frozen=True)
class Posting:
    """One change of an account: what it does to balance and pending points, and what it is about.

    Points that are given expire by the settings of the channel, as they stood at `agreed_at` or else when it happened;
    without a channel they never do.
    """

    kind: str
    source: str
    happened_at: datetime
    points: int = 0
    pending: int = 0
    order_id: str = ""
    reason: str = ""
    actor: str = ""
    channel_id: str = ""
    agreed_at: datetime | None = None


def look_at(account: Account, expires_at: datetime | None) -> None:
    """Note on a locked account that a lot which holds points expires then."""
    if expires_at is not None and (account.next_expiry_at is None or expires_at < account.next_expiry_at):
        account.next_expiry_at = expires_at
        account.save(update_fields=["next_expiry_at"])


# What has to hold for an entry to be written: a statement that returns a row if it does, and its values.
Claim = Tuple[str, Mapping[str, Any]]
ALWAYS: Claim = ("SELECT 1", {})

# All at once: this is done for every order and every redemption.
_WRITE = """
WITH claimed AS ({claim}),
account AS (
  UPDATE reciprocity_account SET available = %(available)s, debt = %(debt)s, pending = %(pending_after)s,
    version = %(version)s WHERE id = %(account_id)s AND EXISTS (SELECT 1 FROM claimed)),
entry AS (
  INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
    order_id, reason, actor, happened_at, written_at)
  SELECT %(account_id)s, %(version)s, %(kind)s, %(points)s, %(pending)s, %(balance_after)s, %(pending_after)s,
    %(source)s, %(order_id)s, %(reason)s, %(actor)s, %(happened_at)s, %(written_at)s FROM claimed
  RETURNING id)
{taking}
SELECT id FROM entry
"""
# Points put into lots, or taken out (negative), and that the statement's `entry` did so.
_USING = """
changed AS (UPDATE reciprocity_lot l SET remaining = l.remaining + used.points FROM used WHERE l.id = used.lot_id),
noted AS (INSERT INTO reciprocity_lotuse (entry_id, lot_id, points) SELECT entry_id, lot_id, points FROM used)
"""
# So many points out of the lots: the soonest to expire first, an order's own before all; ties by earning date, then id.
_TAKING = f"""
, open AS (
  SELECT id AS lot_id, remaining, (sum(remaining) OVER (
    ORDER BY order_id = nullif(%(order_id)s, '') DESC NULLS LAST, expires_at NULLS LAST, earned_at, id
  ) - remaining)::bigint AS before
  FROM reciprocity_lot WHERE account_id = %(account_id)s AND remaining > 0),
used AS (
  SELECT entry.id AS entry_id, lot_id, -least(remaining, %(taken)s - before) AS points
  FROM entry, open WHERE before < %(taken)s),
{_USING}
"""  # noqa: S608 - constants


class NotClaimed(Exception):
    """What has to hold for an entry does not: nothing was written, and the account is to be read again."""


def write(
    account: Account,
    posting: Posting,
    now: datetime,
    claim: Claim = ALWAYS,
    in_lots: int | None = None,
) -> tuple[Entry, int]:
    """Write an entry and the account's new figures. Returns it with the points that are left to put into lots.

    What the lots hold beyond what is available after it is taken out of them: `in_lots` says what they hold where that
    is not what was available. The `claim` is a part of the statement: without a row of it nothing is written, and the
    account stays as it is. Raises NotClaimed.
    """
    before = account.available if in_lots is None else in_lots
    balance = account.balance + posting.points
    available, debt = max(balance, 0), max(-balance, 0)
    pending = account.pending + posting.pending
    values = {
        "version": account.version + 1,
        "kind": str(posting.kind),
        "points": posting.points,
        "pending": posting.pending,
        "balance_after": balance,
        "pending_after": pending,
        "source": posting.source,
        "order_id": posting.order_id,
        "reason": posting.reason,
        "actor": posting.actor,
        "happened_at": posting.happened_at,
        "written_at": now,
    }
    figures = {"account_id": account.pk, "available": available, "debt": debt, "taken": before - available}
    condition, its_values = claim
    with connection.cursor() as cursor:
        sql = _WRITE.format(claim=condition, taking=_TAKING if before > available else "")
        cursor.execute(sql, {**its_values, **values, **figures})
        row = cursor.fetchone()
    if row is None:
        raise NotClaimed
    account.available, account.debt, account.pending, account.version = available, debt, pending, account.version + 1
    return Entry(pk=row[0], account=account, **values), max(available - before, 0)


def add_lot(account: Account, entry: Entry, posting: Posting, points: int, remaining: int, now: datetime) -> None:
    """A lot for the points of an entry. What repaid a debt is gone from it at once."""
    earned_at = entry.happened_at
    lot = Lot.objects.create(
        account_id=entry.account_id,
        order_id=entry.order_id,
        channel_id=posting.channel_id,
        points=points,
        remaining=points,
        earned_at=earned_at,
        qualifies=entry.kind in QUALIFYING,
        expires_at=expiry.of_channel(posting.channel_id, posting.agreed_at or earned_at, earned_at, now),
    )
    if remaining:
        look_at(account, lot.expires_at)
    if remaining < points:
        use(entry, {lot.pk: remaining - points})


_USE = f"""
WITH used AS (
  SELECT %(entry)s AS entry_id, u.* FROM unnest(%(lots)s::bigint[], %(points)s::bigint[]) u (lot_id, points)),
{_USING} SELECT count(*) FROM used
"""  # noqa: S608 - a constant


def use(entry: Entry, points: Mapping[int, int]) -> None:
    """Put points into lots, by the lots' ids, or take them out (negative), and note which entry did so."""
    with connection.cursor() as cursor:
        cursor.execute(_USE, {"entry": entry.pk, "lots": list(points), "points": list(points.values())})
