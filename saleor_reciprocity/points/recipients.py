"""Recipients: who in a channel can be written to about points."""

from __future__ import annotations

from typing import Any, Iterator

from django.db.models import OuterRef, Subquery

from saleor_reciprocity import host, programme
from saleor_reciprocity.settings import Programme

from .models import Account, OrderTerms


def channels() -> Iterator[tuple[str, Programme]]:
    """The channels where the programme is on, with what is set there."""
    for channel in host.channels():
        version = programme.current(channel.id)
        if version is not None and version.active:
            yield channel.id, version.programme


def customers_of(channel_id: str) -> Any:
    """The accounts of users with points whose newest order is in a channel."""
    newest = OrderTerms.objects.filter(account=OuterRef("pk")).order_by("-placed_at").values("channel_id")[:1]
    accounts = Account.objects.filter(user__isnull=False, version__gt=0).annotate(channel_id=Subquery(newest))
    return accounts.filter(channel_id=channel_id).select_related("user").order_by("pk")
