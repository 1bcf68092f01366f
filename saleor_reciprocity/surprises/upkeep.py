"""Upkeep: what time and other people do to gifts. Unused ones expire, used ones are noticed, missing notes written."""

from __future__ import annotations

from datetime import datetime
from typing import Callable

from django.db import transaction
from django.db.models import QuerySet

from saleor_reciprocity import host, programme

from . import campaigns, gifts, notes
from .models import Draw, GiftState


def look(now: datetime) -> tuple[int, int]:
    """Do all of it. Returns how many gifts expired unused and how many were found used."""
    with host.allow_writer():
        for channel in host.channels():
            version = programme.current(channel.id)
            if version is not None and version.active:
                campaigns.keep_standard_campaign(channel, version.programme)
        used = _each(
            Draw.objects.filter(code__in=gifts.used_codes()), lambda gift: gifts.close(gift, GiftState.USED, now)
        )
        lapsed = Draw.objects.filter(expires_at__lte=now)
        expired = _each(lapsed, lambda gift: gifts.take_back(gift, GiftState.EXPIRED, now))
        notes.write_missing()
        return expired, used


def _each(rows: QuerySet, change: Callable[[Draw], None]) -> int:
    """Change every gift of `rows` that is out, each in a transaction of its own."""
    changed = 0
    for draw_id in rows.filter(state=GiftState.ISSUED).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            locked = Draw.objects.select_for_update(skip_locked=True).filter(pk=draw_id, state=GiftState.ISSUED).first()
            if locked is not None:
                change(locked)
                changed += 1
    return changed
