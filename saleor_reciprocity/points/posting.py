"""Posting: how one entry, the account's figures and the lots are written together. Only the ledger calls it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from . import expiry, lots
from .models import Account, Entry, Kind, Lot, LotUse

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


def write(account: Account, posting: Posting, now: datetime) -> tuple[Entry, int]:
    """Write an entry and the account's new figures. Returns it with what goes into lots (negative: out of them)."""
    before = account.available
    balance = account.balance + posting.points
    account.available, account.debt = max(balance, 0), max(-balance, 0)
    account.pending += posting.pending
    account.version += 1
    entry = Entry.objects.create(
        account=account,
        version=account.version,
        kind=posting.kind,
        points=posting.points,
        pending=posting.pending,
        balance_after=balance,
        pending_after=account.pending,
        source=posting.source,
        order_id=posting.order_id,
        reason=posting.reason,
        actor=posting.actor,
        happened_at=posting.happened_at,
        written_at=now,
    )
    account.save(update_fields=["available", "debt", "pending", "version"])
    return entry, account.available - before


def add_lot(account: Account, entry: Entry, posting: Posting, points: int, remaining: int) -> None:
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
        expires_at=expiry.of_channel(posting.channel_id, posting.agreed_at or earned_at, earned_at),
    )
    if remaining:
        look_at(account, lot.expires_at)
    if remaining < points:
        use(entry, lot.pk, remaining - points)


def take_from_lots(entry: Entry, points: int, first_from_order: str | None = None) -> None:
    """Empty lots by what an entry takes, the soonest to expire first, an order's own before all others."""
    rows = Lot.objects.filter(account_id=entry.account_id, remaining__gt=0)
    open_lots = [
        lots.OpenLot(*row) for row in rows.values_list("id", "order_id", "remaining", "earned_at", "expires_at")
    ]
    for lot_id, amount in lots.take(open_lots, points, first_from_order=first_from_order).items():
        use(entry, lot_id, -amount)


def use(entry: Entry, lot_id: int, points: int) -> None:
    """Put points into a lot, or take them out of it (negative), and note which entry did so."""
    Lot.objects.filter(pk=lot_id).update(remaining=F("remaining") + points)
    LotUse.objects.create(entry=entry, lot_id=lot_id, points=points)
