"""The ladder of tiers: which step so many points reach, and when a customer steps down again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum


class Downgrade(Enum):
    """What happens to a tier when the points of the window are no longer enough for it."""

    AT_ONCE = "at once"
    AFTER_GRACE = "after grace"
    NEVER = "never"


@dataclass(frozen=True)
class Step:
    """One tier: from so many points in the window on, and what it multiplies them by."""

    code: str
    name: str
    threshold: int
    multiplier: Decimal


@dataclass(frozen=True)
class Standing:
    """The tier that a customer had when an order was placed."""

    code: str
    name: str
    multiplier: Decimal


@dataclass(frozen=True)
class Ladder:
    """The tiers of a shop, the lowest first, and the policy for stepping down."""

    steps: tuple[Step, ...]
    window_days: int
    downgrade: Downgrade
    grace_days: int = 0

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)

    def rank(self, code: str) -> int:
        """How high a tier is: 1 for the lowest, 0 for none and for one that this ladder does not have."""
        return next((rank for rank, step in enumerate(self.steps, 1) if step.code == code), 0)

    def step(self, code: str) -> Step | None:
        """The tier of this code, or None."""
        return next((step for step in self.steps if step.code == code), None)

    def reached(self, points: int) -> Step | None:
        """The highest tier for so many points, or None below the first."""
        return next((step for step in reversed(self.steps) if step.threshold <= points), None)

    def above(self, code: str) -> Step | None:
        """The tier after this one; after none, the first; None at the top."""
        rank = self.rank(code)
        return self.steps[rank] if rank < len(self.steps) else None


@dataclass(frozen=True)
class Place:
    """Where a customer stands: the code of a tier, "" for none. With `falls_at` it is only kept until then."""

    code: str = ""
    falls_at: datetime | None = None


def move(ladder: Ladder, place: Place, points: int, now: datetime) -> Place:
    """Where a customer stands with so many points in the window, after standing at `place`.

    Up at once, over as many tiers as the points reach. Down by the policy; a tier that the ladder no longer has is
    left at once.
    """
    reached = ladder.reached(points)
    code = reached.code if reached else ""
    if ladder.rank(code) >= ladder.rank(place.code):
        return Place(code)
    if ladder.downgrade is Downgrade.NEVER:
        return replace(place, falls_at=None)
    if ladder.downgrade is Downgrade.AT_ONCE:
        return Place(code)
    falls_at = place.falls_at or now + timedelta(days=ladder.grace_days)
    return Place(code) if falls_at <= now else replace(place, falls_at=falls_at)
