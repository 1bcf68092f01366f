"""Upkeep: what time does to surveys. Due invitations go out, the shop's function hears of the unhappy, leftovers go."""

from __future__ import annotations

from typing import Callable

from django.utils import timezone

from saleor_reciprocity import host

from . import alerts, queue, responses
from .pages import LINK_AGE


def look(progress: Callable[[int], None] = lambda invited: None) -> int:
    """Do all of it. Returns how many invitations were handed over."""
    with host.allow_writer():
        invited = queue.invite_due(progress)
        alerts.call_due()
        responses.forget_unfinished(timezone.now() - LINK_AGE)
    return invited
