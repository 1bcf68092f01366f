"""Celery tasks: each only says "look"; what there is to do is in the database. What one returns is for the log."""

from __future__ import annotations

import logging
from functools import wraps
from typing import Any, Callable

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from . import clock, host, messages, people, sweep
from .errors import keep_going
from .feed import delivery, events
from .feedback import FEEDBACK
from .health import books, running
from .points import expiry
from .points import upkeep as points_upkeep
from .recommendations import training
from .rewards import upkeep as codes
from .surprises import due, upkeep
from .surveys import upkeep as surveys_upkeep

logger = logging.getLogger(__name__)


def _scheduled(name: str) -> Callable[[Callable[..., Any]], Any]:
    """A task of the schedule, which leaves behind when it last ran."""

    def declare(work: Callable[..., Any]) -> Any:
        @shared_task(name=name, ignore_result=True)
        @wraps(work)
        def task(*args: Any, **kwargs: Any) -> Any:
            failed = True
            _note(running.began, name)
            try:
                said = work(*args, **kwargs)
                failed = False
                return said
            finally:
                _note(running.ended, name, failed=failed)

        return task

    return declare


def _note(write: Callable[..., None], name: str, **values: Any) -> None:
    with keep_going(logger, "When %s ran could not be noted", name), host.allow_writer():
        write(name, timezone.now(), **values)


@_scheduled("reciprocity.sweep_recent")
def sweep_recent() -> str:
    """Settle the recent orders that need it."""
    return _settled(*sweep.sweep_recent())


@_scheduled("reciprocity.sweep_all")
def sweep_all() -> str:
    """Settle every order that needs it, however old."""
    return _settled(*sweep.sweep())


def _settled(settled: int, failed: int) -> str:
    return f"{settled} orders settled, {failed} to be tried again"


@_scheduled("reciprocity.look_after_points")
def look_after_points() -> str:
    """Give the bonuses that are due, and store the tiers that time has changed."""
    given, looked_at = points_upkeep.look(timezone.now())
    return f"{given} bonuses given, the tiers of {looked_at} accounts looked at"


@_scheduled("reciprocity.look_after_gifts")
def look_after_gifts() -> str:
    """Take back the gifts that expired unused, and note the used ones."""
    expired, used = upkeep.look(timezone.now())
    return f"{expired} gifts expired, {used} used"


@_scheduled("reciprocity.draw_for_occasions")
def draw_for_occasions() -> str:
    """Draw for the people whose occasion has come."""
    return f"{due.look(timezone.now())} draws made for occasions"


@_scheduled("reciprocity.look_after_surveys")
def look_after_surveys() -> str:
    """Hand over the invitations that are due, and call the shop's function about unhappy answers."""
    return f"{surveys_upkeep.look(timezone.now())} invitations handed over"


@_scheduled("reciprocity.expire_points")
def expire_points() -> str:
    """Write off the points that have expired."""
    with host.allow_writer():
        lots, points = expiry.run(timezone.now())
    return f"{points} points of {lots} lots written off"


@_scheduled("reciprocity.look_after_people")
def look_after_people(thoroughly: bool = False) -> None:
    """Give people what belongs to the addresses that they have confirmed since."""
    people.look(timezone.now(), thoroughly=thoroughly)


@_scheduled("reciprocity.look_after_codes")
def look_after_codes() -> str:
    """Note which codes were used, and end those that expired unused."""
    expired, used = codes.look(timezone.now())
    return f"{expired} codes expired, {used} used"


@_scheduled("reciprocity.train")
def train() -> None:
    """Train the recommendations, unless the last training was today."""
    with host.allow_writer():
        training.look(timezone.now(), FEEDBACK)


@_scheduled("reciprocity.send_messages")
def send_messages() -> str:
    """Ask for the monthly statements, and send what is due."""
    done = messages.send(timezone.now())
    return f"{done.sent} messages sent, {done.not_sent} not sent, {done.later} to be tried again"


@_scheduled("reciprocity.feed_others")
def feed_others() -> str:
    """Post the events that are waiting to the shop's other systems, and delete those that are old."""
    now = timezone.now()
    with host.allow_writer():
        taken = delivery.deliver(clock.running(now))
        events.delete_old(now)
    return f"{taken} events delivered"


@_scheduled("reciprocity.check_books")
def check_books() -> str:
    """Prove that the books are right, and keep what was found for whoever asks."""
    with host.allow_writer():
        wrong = [title for title, rows in books.proved(timezone.now()) if rows]
    return f"{len(wrong)} rules of the books are broken"


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
    "reciprocity-feed-others": {"task": feed_others.name, "schedule": 60.0, "options": {"expires": 60}},
    "reciprocity-look-after-codes": {"task": look_after_codes.name, "schedule": 600.0, "options": {"expires": 600}},
    "reciprocity-draw-for-occasions": {"task": draw_for_occasions.name, "schedule": crontab(hour=6, minute=17)},
    "reciprocity-check-books": {"task": check_books.name, "schedule": crontab(hour=5, minute=17)},
    "reciprocity-train": {"task": train.name, "schedule": crontab(hour=2, minute=41)},
}
