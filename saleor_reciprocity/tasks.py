"""Celery tasks: each only says "look"; what there is to do is in the database. What one returns is for the log."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from . import host, messages, people, sweep
from .points import expiry
from .points import upkeep as points_upkeep
from .recommendations import training
from .rewards import upkeep as codes
from .surprises import upkeep
from .surveys import upkeep as surveys_upkeep


@shared_task(name="reciprocity.sweep_recent", ignore_result=True)
def sweep_recent() -> str:
    """Settle the recent orders that need it."""
    return _settled(*sweep.sweep_recent())


@shared_task(name="reciprocity.sweep_all", ignore_result=True)
def sweep_all() -> str:
    """Settle every order that needs it, however old."""
    return _settled(*sweep.sweep())


def _settled(settled: int, failed: int) -> str:
    return f"{settled} orders settled, {failed} to be tried again"


@shared_task(name="reciprocity.look_after_points", ignore_result=True)
def look_after_points() -> str:
    """Give the bonuses that are due, and store the tiers that time has changed."""
    given, looked_at = points_upkeep.look(timezone.now())
    return f"{given} bonuses given, the tiers of {looked_at} accounts looked at"


@shared_task(name="reciprocity.look_after_gifts", ignore_result=True)
def look_after_gifts() -> str:
    """Take back the gifts that expired unused, and note the used ones."""
    expired, used = upkeep.look(timezone.now())
    return f"{expired} gifts expired, {used} used"


@shared_task(name="reciprocity.look_after_surveys", ignore_result=True)
def look_after_surveys() -> str:
    """Hand over the invitations that are due, and call the shop's function about unhappy answers."""
    return f"{surveys_upkeep.look(timezone.now())} invitations handed over"


@shared_task(name="reciprocity.expire_points", ignore_result=True)
def expire_points() -> str:
    """Write off the points that have expired."""
    with host.allow_writer():
        lots, points = expiry.run(timezone.now())
    return f"{points} points of {lots} lots written off"


@shared_task(name="reciprocity.look_after_people", ignore_result=True)
def look_after_people(thoroughly: bool = False) -> None:
    """Give people what belongs to the addresses that they have confirmed since."""
    people.look(timezone.now(), thoroughly=thoroughly)


@shared_task(name="reciprocity.look_after_codes", ignore_result=True)
def look_after_codes() -> str:
    """Note which codes were used, and end those that expired unused."""
    expired, used = codes.look(timezone.now())
    return f"{expired} codes expired, {used} used"


@shared_task(name="reciprocity.train", ignore_result=True)
def train() -> None:
    """Train the recommendations, unless the last training was today."""
    with host.allow_writer():
        training.look(timezone.now())


@shared_task(name="reciprocity.send_messages", ignore_result=True)
def send_messages() -> str:
    """Ask for the monthly statements, and send what is due."""
    done = messages.send(timezone.now())
    return f"{done.sent} messages sent, {done.not_sent} not sent, {done.later} to be tried again"


SCHEDULE: dict[str, dict[str, Any]] = {
    "reciprocity-sweep-recent": {"task": sweep_recent.name, "schedule": 60.0, "options": {"expires": 60}},
    "reciprocity-sweep-all": {"task": sweep_all.name, "schedule": crontab(hour=3, minute=17)},
    "reciprocity-look-after-points": {"task": look_after_points.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-expire-points": {"task": expire_points.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-look-after-people": {"task": look_after_people.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-look-after-all-people": {
        "task": look_after_people.name,
        "schedule": crontab(hour=4, minute=17),
        "kwargs": {"thoroughly": True},
    },
    "reciprocity-look-after-gifts": {"task": look_after_gifts.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-look-after-surveys": {"task": look_after_surveys.name, "schedule": 60.0, "options": {"expires": 60}},
    "reciprocity-send-messages": {"task": send_messages.name, "schedule": 60.0, "options": {"expires": 60}},
    "reciprocity-look-after-codes": {"task": look_after_codes.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-train": {"task": train.name, "schedule": crontab(hour=2, minute=41)},
}
