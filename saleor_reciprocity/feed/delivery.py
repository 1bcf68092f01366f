"""Delivery: the events as signed POSTs to the endpoint that whoever runs the shop has set, in order, at least once.

The body is `{"events": [...]}`, up to a hundred events with ascending numbers. An endpoint that does not answer with a
status of success gets the same events again later, and no others before: so the events of a person never overtake each
other. Headers and signature are those of messages (`mail.endpoint`).
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from saleor_reciprocity import clock, deployment, errors
from saleor_reciprocity.mail.answers import Outcome
from saleor_reciprocity.mail.endpoint import Endpoint
from saleor_reciprocity.mail.transports import NoTransport

from . import events
from .models import Feed

logger = logging.getLogger(__name__)

IN_ONE_POST = 100
POSTS_AT_ONCE = 100  # of one look; the next goes on
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('reciprocity_feed'))"


def deliver(time: clock.Clock) -> int:
    """Post what is waiting, unless another worker does or it is to wait. Returns how many events were taken."""
    if not deployment.events_endpoint():
        return 0
    taken = 0
    for _post in range(POSTS_AT_ONCE):
        events.number(time())
        with transaction.atomic():
            posted = _deliver(time()) if _is_alone() else 0
        taken += posted
        if posted < IN_ONE_POST:
            break
    return taken


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        return bool(cursor.fetchone()[0])


def _deliver(now: datetime) -> int:
    feed = Feed.objects.get(pk=1)
    if feed.next_at is not None and feed.next_at > now:
        return 0
    try:
        told = events.read(IN_ONE_POST, feed.numbered if feed.delivered is None else feed.delivered)
    except errors.NotFound:
        logger.error("Events %s to %s were never delivered: they are too old", (feed.delivered or 0) + 1, feed.gone)
        told = events.read(IN_ONE_POST, None)
    problem = _post(told, now) if told else ""
    last = told[-1].sequence if told else feed.delivered
    after = _taken(feed, last) if not problem else _refused(feed, problem, now)
    Feed.objects.filter(pk=1).update(**after)
    return 0 if problem else len(told)


def _taken(feed: Feed, last: int | None) -> dict[str, Any]:
    return {"delivered": feed.numbered if last is None else last, "attempts": 0, "next_at": None, "problem": ""}


def _refused(feed: Feed, problem: str, now: datetime) -> dict[str, Any]:
    """Again after a minute, two, four and so on."""
    attempts = feed.attempts + 1
    wait = clock.wait_after(attempts, FIRST_WAIT, LONGEST_WAIT)
    return {"attempts": attempts, "next_at": now + wait, "problem": problem[:200]}


def _post(told: list[events.Told], now: datetime) -> str:
    """What went wrong; "" when they were taken."""
    body = json.dumps({"events": [payload_of(event) for event in told]}, ensure_ascii=False).encode()
    try:
        endpoint = Endpoint(deployment.events_endpoint(), deployment.events_secret())
    except NoTransport as unavailable:
        return str(unavailable)
    outcome, word = endpoint.post(body, f"events-{told[0].sequence}-{told[-1].sequence}", now)
    return "" if outcome is Outcome.ACCEPTED else word


def payload_of(event: events.Told) -> dict[str, Any]:
    """What is posted of an event. Of somebody who was erased: that something happened, and nothing else."""
    said = event.said
    return {
        "sequence": event.sequence,
        "kind": event.kind_name,
        "happenedAt": event.told_at.isoformat(),
        "subject": said.subject_id if said else None,
        "customer": said.customer_id if said else None,
        "order": said.order_id if said else None,
        "orderNumber": said.order_number if said else None,
        "channel": said.channel if said else None,
        "data": said.data if said else None,
    }
