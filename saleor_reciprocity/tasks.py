"""Celery tasks: each only says "look"; what there is to do is in the database."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from . import sweep


@shared_task(name="reciprocity.sweep_recent", ignore_result=True)
def sweep_recent() -> None:
    """Settle the recent orders that need it."""
    sweep.sweep_recent()


@shared_task(name="reciprocity.sweep_all", ignore_result=True)
def sweep_all() -> None:
    """Settle every order that needs it, however old."""
    sweep.sweep()


SCHEDULE: dict[str, dict[str, Any]] = {
    "reciprocity-sweep-recent": {"task": sweep_recent.name, "schedule": 60.0, "options": {"expires": 60}},
    "reciprocity-sweep-all": {"task": sweep_all.name, "schedule": crontab(hour=3, minute=17)},
}
