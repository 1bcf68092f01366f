"""Alerts: tells the shop about an unhappy answer, by a message to an address and by a call of a function of its own.

The message is asked for with the answer, in one transaction. The function is called by the next look at the work to do,
so that no customer waits for it. Both happen at least once: where the function raised or never returned, it is called
again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.utils.module_loading import import_string

from saleor_reciprocity import clock, deployment, host, settings
from saleor_reciprocity.errors import told
from saleor_reciprocity.mail import kinds, outbox

from .models import Answer

logger = logging.getLogger(__name__)

PAUSE = timedelta(minutes=10)  # between two calls about one answer


def prepare(answer: Answer, programme: settings.Programme | None, now: datetime) -> None:
    """Note on a finished answer whether it is unhappy, and see to it that the shop hears of it."""
    answer.is_unhappy = (
        programme is not None and answer.score is not None and answer.score < programme.survey_alert_below
    )
    if not answer.is_unhappy or programme is None:
        return
    if deployment.survey_alert_function():
        answer.alert_due_at = now


def tell(answer: Answer, programme: settings.Programme | None, now: datetime) -> None:
    """Ask for the message about a stored answer, if it is unhappy and the shop has named an address."""
    if not answer.is_unhappy or programme is None or not programme.survey_alert_address:
        return
    invitation = answer.invitation
    outbox.ask(
        kinds.ALERT,
        f"alert:{answer.pk}",
        host.Person(None, "", confirmed=False),
        invitation.channel_id,
        now,
        order_id=invitation.order_id,
        context={"answer": answer.pk},
    )


def call_due(now: datetime) -> int:
    """Call the shop's function about every answer for which it has not returned yet. Returns how many did now."""
    due = Answer.objects.filter(alert_due_at__lte=now).order_by("alert_due_at", "pk")
    time = clock.running(now)  # a call may take long
    return sum(_call(answer_id, time()) for answer_id in due.values_list("pk", flat=True))


def _call(answer_id: int, now: datetime) -> bool:
    function = deployment.survey_alert_function()
    claimed = Answer.objects.filter(pk=answer_id, alert_due_at__lte=now).update(alert_due_at=now + PAUSE)
    if not claimed or not function:
        return False
    try:
        import_string(function)(event_of(Answer.objects.select_related("invitation").get(pk=answer_id)))
    except Exception as error:
        logger.error("%s failed for answer %s; it is called again", function, answer_id, exc_info=told(error))
        return False
    Answer.objects.filter(pk=answer_id).update(alert_due_at=None)
    return True


def event_of(answer: Answer) -> dict[str, Any]:
    """What the shop is told about an answer, in types that JSON has."""
    invitation = answer.invitation
    channel = host.channel(invitation.channel_id)
    return {
        "order": invitation.order_id,
        "orderNumber": invitation.order_number,
        "channel": channel.slug if channel else "",
        "question": answer.question,
        "score": answer.score,
        "comment": answer.comment,
        "answeredAt": answer.answered_at.isoformat(),
        "products": [
            {"id": product.product_id, "name": product.name} for product in invitation.products.order_by("pk")
        ],
        "ratings": {str(rating.product_id): rating.stars for rating in answer.ratings.order_by("pk")},
    }
