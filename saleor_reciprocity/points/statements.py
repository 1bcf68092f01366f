"""Statements: asks once a month for the mail that tells customers how many points they have, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Sum

from saleor_reciprocity import host
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.mail.models import Mail

from . import recipients
from .models import Account, Entry

FIRST_DAYS = 7  # of a month, in which the statement of the month before is asked for


def ask(now: datetime) -> int:
    """Ask for the statements of last month where the shop wants them. Again changes nothing. Returns how many."""
    if now.day > FIRST_DAYS:
        return 0
    asked = 0
    month = _month_before(now)
    wanted = [channel_id for channel_id, programme in recipients.channels() if programme.mail_statements]
    for channel_id in wanted:
        for account in _accounts_of(channel_id, month):
            outbox.ask(
                kinds.STATEMENT,
                f"statement:{account.pk}:{month:%Y-%m}",
                host.person(account.user),
                channel_id,
                now,
                context={"account": account.pk, "month": f"{month:%Y-%m}"},
            )
            asked += 1
    return asked


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The points as the mail shows them."""
    account = Account.objects.filter(pk=mail.context["account"]).first()
    if account is None:
        return None
    year, month = str(mail.context["month"]).split("-")
    entries = Entry.objects.filter(account=account, happened_at__year=year, happened_at__month=month)
    gained = entries.filter(points__gt=0).aggregate(total=Sum("points"))["total"] or 0
    spent = entries.filter(points__lt=0).aggregate(total=Sum("points"))["total"] or 0
    return {"available": account.available, "pending": account.pending, "gained": gained, "spent": -spent}


def _accounts_of(channel_id: str, month: datetime) -> Any:
    """Customers with points whose newest order is in a channel and who have no statement of the month yet."""
    done = Mail.objects.filter(kind=kinds.STATEMENT, source__endswith=f":{month:%Y-%m}").values("user_id")
    return recipients.customers_of(channel_id).exclude(user_id__in=done.exclude(user_id=None)).iterator()


def _month_before(now: datetime) -> datetime:
    first = now.replace(day=1)
    return first.replace(year=first.year - 1, month=12) if first.month == 1 else first.replace(month=first.month - 1)
