"""Statements: asks once a month for the mail that tells customers how many points they have, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterator

from django.db.models import OuterRef, Subquery, Sum

from saleor_reciprocity import host, programme
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.mail.models import Mail

from .models import Account, Entry, OrderTerms

FIRST_DAYS = 7  # of a month, in which the statement of the month before is asked for


def ask(now: datetime) -> int:
    """Ask for the statements of last month where the shop wants them. Again changes nothing. Returns how many."""
    if now.day > FIRST_DAYS:
        return 0
    asked = 0
    month = _month_before(now)
    for channel_id in _channels():
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


def about(mail: Mail) -> dict[str, Any] | None:
    """The points as the mail shows them."""
    account = Account.objects.filter(pk=mail.context["account"]).first()
    if account is None:
        return None
    year, month = str(mail.context["month"]).split("-")
    entries = Entry.objects.filter(account=account, happened_at__year=year, happened_at__month=month)
    gained = entries.filter(points__gt=0).aggregate(total=Sum("points"))["total"] or 0
    spent = entries.filter(points__lt=0).aggregate(total=Sum("points"))["total"] or 0
    return {"available": account.available, "pending": account.pending, "gained": gained, "spent": -spent}


def _channels() -> Iterator[str]:
    for channel in host.channels():
        version = programme.current(channel.id)
        if version is not None and version.active and version.programme.mail_statements:
            yield channel.id


def _accounts_of(channel_id: str, month: datetime) -> Any:
    """Customers with points whose newest order is in a channel and who have no statement of the month yet."""
    newest = OrderTerms.objects.filter(account=OuterRef("pk")).order_by("-placed_at").values("channel_id")[:1]
    accounts = Account.objects.filter(user__isnull=False, version__gt=0).annotate(channel_id=Subquery(newest))
    done = Mail.objects.filter(kind=kinds.STATEMENT, source__endswith=f":{month:%Y-%m}").values("user_id")
    mine = accounts.filter(channel_id=channel_id).exclude(user_id__in=done.exclude(user_id=None))
    return mine.select_related("user").order_by("pk").iterator()


def _month_before(now: datetime) -> datetime:
    first = now.replace(day=1)
    return first.replace(year=first.year - 1, month=12) if first.month == 1 else first.replace(month=first.month - 1)
