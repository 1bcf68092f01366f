"""Upkeep: what time and orders do to codes. Used ones are noticed, unused ones expire."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import connection

from saleor_reciprocity import host

from . import closing, rounds
from .models import Redemption
from .states import RedemptionState


def look(now: datetime) -> tuple[int, int]:
    """Do all of it, each redemption in a transaction of its own. Returns how many expired and how many were used."""
    with host.allow_writer():
        used = rounds.one_by_one("redemption", _used(), partial(closing.note_use, now=now))
        due = Redemption.objects.filter(state=RedemptionState.UNUSED, expires_at__lte=now)
        ids = due.order_by("expires_at").values_list("pk", flat=True)
        return rounds.one_by_one("redemption", ids, partial(closing.expire, now=now)), used


def _used() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM reciprocity_redemption r"  # noqa: S608 - the host's own constant
            f" WHERE r.state = 'unused' AND {host.CODE_WAS_USED.format(code='r.code')} ORDER BY r.id"
        )
        return [row[0] for row in cursor.fetchall()]
