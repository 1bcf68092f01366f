"""Upkeep: what time alone does to points. Bonuses fall due, and tiers are reached and left."""

from __future__ import annotations

from datetime import datetime

from saleor_reciprocity import host

from . import bonuses
from .tiers import standing


def look(now: datetime) -> tuple[int, int]:
    """Do all of it. Returns how many bonuses were given and how many accounts were looked at for their tier."""
    with host.allow_writer():
        return bonuses.look(now), standing.look(now)
