"""Reminders: asks for the mail that says in time which points are about to expire, and what it says.

Points are spoken of once, so many days before they end as is set in their channel: a reminder speaks of all points of
the channel that end within these days and that no reminder has spoken of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from saleor_reciprocity import clock
from saleor_reciprocity.mail import kinds
from saleor_reciprocity.mail.models import Mail

from ..models import Account
from . import recipients

# The lots of users that end in a channel until a moment and that no reminder asked for before another has spoken of.
_ENDING = """
FROM reciprocity_account a JOIN reciprocity_lot l ON l.account_id = a.id
WHERE a.user_id IS NOT NULL AND a.next_expiry_at <= %(until)s AND l.remaining > 0 AND l.channel_id = %(channel)s
  AND l.expires_at > %(now)s AND l.expires_at <= %(until)s AND NOT EXISTS (
    SELECT FROM reciprocity_mail m WHERE m.user_id = a.user_id AND m.kind = 'expiry' AND m.channel_id = l.channel_id
      AND m.wanted_at < %(before)s AND m.wanted_at >= l.earned_at
      AND m.wanted_at + make_interval(days => (m.context ->> 'days')::int) >= l.expires_at)
"""


def ask(now: datetime) -> None:
    """Ask for the reminders that are due where the shop wants them. Again changes nothing."""
    for channel_id, programme in recipients.channels(now):
        days = programme.expiry_reminder_days
        ending = {"channel": channel_id, "now": now, "before": now, "until": now + timedelta(days=days)}
        due = dict(_rows("SELECT a.id, max(l.id)" + _ENDING + "GROUP BY a.id", ending) if days else ())
        for account in Account.objects.filter(pk__in=due).select_related("user").order_by("pk").iterator():
            context = {"account": account.pk, "days": days, "zone": programme.time_zone}
            recipients.ask(
                kinds.EXPIRY, f"expiry:{account.pk}:lot {due[account.pk]}", account, channel_id, now, context
            )


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The points that are about to expire and the last day of the first of them; None when they are gone.

    The day is the last one that is whole, where the shop is: no reminder names a day on which points have ended.
    """
    account = Account.objects.select_related("merged_into").get(pk=mail.context["account"]).holder
    until = mail.wanted_at + timedelta(days=mail.context["days"])
    ending = {"channel": mail.channel_id, "now": now, "before": mail.wanted_at, "until": until, "account": account.pk}
    sums = "SELECT sum(l.remaining), min(l.expires_at)" + _ENDING + "AND a.id = %(account)s"
    ((points, first),) = _rows(sums, ending)
    if not points:
        return None
    return {"points": int(points), "last_day": clock.last_whole_day(first, mail.context["zone"])}


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
