"""Upkeep: what time does to surveys. Due invitations go out, the shop's function hears of the unhappy, leftovers go."""

from __future__ import annotations

from datetime import datetime
from typing import Callable

from saleor_reciprocity import host

from . import alerts, open_surveys, queue, responses
from .pages import LINK_AGE


def look(now: datetime, progress: Callable[[int], None] = lambda invited: None) -> int:
    """Do all of it. Returns how many invitations were handed over."""
    with host.allow_writer():
        invited = queue.invite_due(now, progress)
        alerts.call_due(now)
        responses.forget_unfinished(now - LINK_AGE)
        open_surveys.forget_counts(now)
    return invited
