"""The demo's clock: the time as it is, and so many days more. Install it before anything else imports Django's."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

FILE = Path(__file__).resolve().parent.parent / ".cache" / "demo" / "days-ahead"
_real = timezone.now
_ahead = timedelta(0)


def install() -> None:
    """Let everything in this process that asks Django for the time get the demo's."""
    timezone.now = now
    go_to(days_ahead(), keep=False)


def now() -> datetime:
    """What time it is in the demo."""
    return _real() + _ahead


def days_ahead() -> int:
    """How many days the demo is ahead of the world; it may be behind."""
    return int(FILE.read_text()) if FILE.exists() else 0


def go_to(days: int, keep: bool = True) -> None:
    """Be so many days ahead, also after the next start if this is to be kept."""
    global _ahead
    _ahead = timedelta(days=days)
    if keep:
        FILE.write_text(str(days))
