"""Recipients: who in a channel can be written to about points."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterator

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from saleor_reciprocity import host, programmes
from saleor_reciprocity.mail import outbox
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.settings import Programme

from ..models import Account, Lot, OrderTerms


def channels(now: datetime) -> Iterator[tuple[str, Programme]]:
    """The channels where the programme is on, with what is set there."""
    for channel in host.channels():
        version = programmes.current(channel.id, now)
        if version is not None and version.active:
            yield channel.id, version.programme


def ask(kind: str, source: str, account: Account, channel_id: str, now: datetime, context: dict[str, Any]) -> bool:
    """Ask for a message to an account's user, unless the user was erased or deleted since the account was read."""
    with transaction.atomic():
        still = Account.objects.select_for_update().filter(pk=account.pk, user_id=account.user_id)
        if not host.hold_user(account.user_id) or not still:
            return False
        outbox.ask(kind, source, host.person(account.user), channel_id, now, context=context)
        return True


def to_tell(channel_id: str, what: str, *, of_no_channel: bool) -> QuerySet:
    """The accounts of users whose points are a channel's and who were not told: `statement:ID` and what follows.

    That is the `source` that they are given. The channel is that of the newest points, or of the newest order that
    may bring some; points that staff gave without one are `of_no_channel`.
    """
    lots = Lot.objects.filter(account=OuterRef("pk")).exclude(channel_id="").order_by("-earned_at", "-pk")
    orders = OrderTerms.objects.filter(account=OuterRef("pk")).order_by("-placed_at", "-pk")
    newest = (Subquery(rows.values("channel_id")[:1]) for rows in (lots, orders))
    source = Concat(Value("statement:"), Cast("pk", CharField()), Value(what), output_field=CharField())
    accounts = Account.objects.filter(user__isnull=False, version__gt=0).annotate(
        source=source, channel_id=Coalesce(*newest, Value(""), output_field=CharField())
    )
    told = Mail.objects.filter(source=OuterRef("source"))
    home = [channel_id, ""] if of_no_channel else [channel_id]
    return accounts.filter(~Exists(told), channel_id__in=home).select_related("user").order_by("pk")
