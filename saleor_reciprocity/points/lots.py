"""Lots: which earnings a spending takes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Iterable

NEVER = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class OpenLot:
    """An earning that still holds points."""

    id: int
    order_id: str
    remaining: int
    earned_at: datetime
    expires_at: datetime | None


def spending_order(lot: OpenLot) -> tuple[datetime, datetime, int]:
    """The soonest to expire first, never-expiring last; ties by earning date, then id."""
    return (lot.expires_at or NEVER, lot.earned_at, lot.id)


def take(lots: Iterable[OpenLot], points: int, *, first_from_order: str | None = None) -> dict[int, int]:
    """How many points to take from which lot, by lot id, until `points` are found or the lots are empty.

    With `first_from_order` that order's own lots are emptied before any other.
    """
    taken: dict[int, int] = {}
    missing = points
    for lot in sorted(lots, key=lambda lot: (lot.order_id != first_from_order, *spending_order(lot))):
        if missing == 0:
            break
        amount = min(missing, lot.remaining)
        if amount:
            taken[lot.id] = amount
            missing -= amount
    return taken
