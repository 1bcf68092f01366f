"""Upkeep: what time and orders do to codes. Used ones are noticed, unused ones expire."""

from __future__ import annotations

from datetime import datetime
from typing import Callable, Iterable

from django.db import connection

from saleor_reciprocity import errors, host

from . import redemption
from .models import Redemption, RedemptionState


def look(now: datetime) -> tuple[int, int]:
    """Do all of it, each redemption in a transaction of its own. Returns how many were due and how many were used."""
    with host.allow_writer():
        used = _each(_used(), redemption.note_use, now)
        due = Redemption.objects.filter(state=RedemptionState.UNUSED, expires_at__lte=now)
        return _each(due.order_by("expires_at").values_list("pk", flat=True), redemption.expire, now), used


def _used() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM reciprocity_redemption r"  # noqa: S608 - the host's own constant
            f" WHERE r.state = 'unused' AND r.code IN ({host.USED_CODES}) ORDER BY r.id"
        )
        return [row[0] for row in cursor.fetchall()]


def _each(ids: Iterable[int], change: Callable[[int, datetime], None], now: datetime) -> int:
    done = 0
    for redemption_id in list(ids):
        try:
            change(redemption_id, now)
        except errors.Busy:  # the next look does it
            continue
        done += 1
    return done
