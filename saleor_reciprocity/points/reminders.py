"""Reminders: asks for the mail that says in time which points are about to expire, and what it says.

A reminder speaks of all points that expire within the days that the shop set, so another one in these days would say
nothing new and is not asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Sum

from saleor_reciprocity import clock, host
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.mail.models import Mail

from . import recipients
from .models import Lot


def ask(now: datetime) -> None:
    """Ask for the reminders that are due where the shop wants them. Again changes nothing."""
    for channel_id, programme in recipients.channels():
        ahead = timedelta(days=programme.expiry_reminder_days)
        told = Mail.objects.filter(kind=kinds.EXPIRY, wanted_at__gt=now - ahead, user_id__isnull=False)
        due = recipients.customers_of(channel_id).filter(next_expiry_at__gt=now, next_expiry_at__lte=now + ahead)
        for account in due.exclude(user_id__in=told.values("user_id")).iterator():
            outbox.ask(
                kinds.EXPIRY,
                f"expiry:{account.pk}:{account.next_expiry_at.isoformat()}",
                host.person(account.user),
                channel_id,
                now,
                context={"account": account.pk, "days": ahead.days, "zone": programme.time_zone},
            )


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The points that are about to expire and the last day of the first of them; None when they are gone.

    The day is the last one that is whole, where the shop is: no reminder names a day on which points have ended.
    """
    until = mail.wanted_at + timedelta(days=mail.context["days"])
    lots = Lot.objects.filter(account_id=mail.context["account"], remaining__gt=0)
    soon = lots.filter(expires_at__gt=now, expires_at__lte=until).aggregate(
        points=Sum("remaining"), first=Min("expires_at")
    )
    if not soon["points"]:
        return None
    last_moment = soon["first"] - timedelta(microseconds=1)
    return {"points": soon["points"], "last_day": last_moment.astimezone(clock.zone(mail.context["zone"])).date()}
