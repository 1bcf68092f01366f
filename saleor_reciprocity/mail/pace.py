"""Pace: how many messages may leave by one way now, by all workers together, and the pause while a server is down."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Func, Value

from saleor_reciprocity import clock, deployment

from .models import MailPace

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)


def take(channel_id: str, route: str, wanted: int, now: datetime) -> int:
    """Take up to `wanted` sendings out of this minute's. Returns how many there were; 0 while the way is paused."""
    MailPace.objects.bulk_create([MailPace(channel_id=channel_id, route=route)], ignore_conflicts=True)
    minute, limit = now.replace(second=0, microsecond=0), deployment.mails_per_minute()
    with transaction.atomic():
        pace = MailPace.objects.select_for_update().get(channel_id=channel_id, route=route)
        if pace.paused_until is not None and pace.paused_until > now:
            return 0
        if pace.minute is None or pace.minute < minute:
            pace.minute, pace.taken = minute, 0
        granted = min(wanted, limit - pace.taken) if limit else wanted
        pace.taken += max(0, granted)
        pace.save(update_fields=["minute", "taken"])
    return max(0, granted)


def give_back(channel_id: str, route: str, unused: int) -> None:
    """Put back what was taken for messages that there were not."""
    left = Func(F("taken") - unused, Value(0), function="greatest")
    MailPace.objects.filter(channel_id=channel_id, route=route).update(taken=left)


def pause(channel_id: str, route: str, problem: str, now: datetime) -> None:
    """Leave a server alone that does not answer: a minute at first, twice as long each time, half an hour at most."""
    with transaction.atomic():
        pace = MailPace.objects.select_for_update().get(channel_id=channel_id, route=route)
        pace.failures += 1
        pace.paused_until = now + clock.wait_after(pace.failures, FIRST_PAUSE, LONGEST_PAUSE)
        pace.problem = problem[:200]
        pace.save(update_fields=["failures", "paused_until", "problem"])


def well(channel_id: str, route: str) -> None:
    """Note that the way out works."""
    troubled = MailPace.objects.filter(channel_id=channel_id, route=route, failures__gt=0)
    troubled.update(failures=0, paused_until=None, problem="")
