"""Upkeep: what time and other people do to gifts. Unused ones expire, used ones are noticed, missing notes written."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Callable

from saleor_reciprocity import host, programmes
from saleor_reciprocity.locking import locking
from saleor_reciprocity.rewards import rounds

from . import campaigns, gifts, notes
from .models import Draw, GiftState


def look(now: datetime) -> tuple[int, int]:
    """Do all of it. Returns how many gifts expired unused and how many were found used."""
    with host.allow_writer():
        keep = partial(_keep_standard_campaign, now=now)
        rounds.one_by_one("the standard campaign of channel", host.channels(), keep)
        used = _each(gifts.used(), lambda gift: gifts.note_use(gift, now))
        lapsed = Draw.objects.filter(state=GiftState.ISSUED, expires_at__lte=now).order_by("pk")
        expired = _each(
            list(lapsed.values_list("pk", flat=True)), lambda gift: gifts.take_back(gift, GiftState.EXPIRED, now)
        )
        notes.write_missing(now)
        return expired, used


def _keep_standard_campaign(channel: host.Channel, now: datetime) -> bool:
    version = programmes.current(channel.id, now)
    is_on = version is not None and version.active
    if version is not None and is_on:
        campaigns.keep_standard_campaign(channel, version.programme, now)
    return is_on


def _each(draw_ids: list[int], change: Callable[[Draw], bool]) -> int:
    """Change every gift that is still out, each in a transaction of its own."""

    def change_if_out(draw_id: int) -> bool:
        with locking():
            rows = Draw.objects.select_for_update(skip_locked=True).filter(pk=draw_id, state=GiftState.ISSUED)
            locked = rows.first()
            return locked is not None and change(locked)

    return rounds.one_by_one("gift", draw_ids, change_if_out)
