"""Pausing: staff stop what is sent in a channel, and let it go on."""

from __future__ import annotations

from datetime import datetime

from .models import Pause


def pause(channel_id: str, actor: str, now: datetime) -> None:
    """Send nothing in a channel from now on. A second call changes nothing."""
    Pause.objects.get_or_create(channel_id=channel_id, defaults={"actor": actor, "since": now})


def go_on(channel_id: str) -> None:
    """Send again what is due in a channel."""
    Pause.objects.filter(channel_id=channel_id).delete()


def paused() -> dict[str, Pause]:
    """The pauses that there are, by channel."""
    return {one.channel_id: one for one in Pause.objects.all()}
