"""What the tests of surprises share: a campaign, and orders that take part in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Iterator

from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.surprises import campaigns, due
from saleor_reciprocity.surprises.models import Campaign, Draw, PrizeKind

from .. import hosts

VOUCHER = campaigns.Gift(PrizeKind.VOUCHER, "Five", Decimal(5))


def campaign(channel: host.Channel, *prizes: campaigns.Gift, limits: Any = None, **terms: Any) -> Campaign:
    """A campaign in which every order wins, from the first one on, with next to no limits."""
    terms = {"name": "Spring", "probability": Decimal(1), "from_order_number": 1, "cooling_off_days": 0, **terms}
    limits = limits or {"total": Decimal(1_000_000)}
    return campaigns.create(channel, limits, prizes or (VOUCHER,), timezone.now(), **terms)


def settled(buyer: Any, price: str = "40", **options: Any) -> Any:
    """An order that was placed and settled."""
    order = hosts.order(buyer, [(price, 1)], **options)
    settlement.settle(host.order_id(order))
    return order


def draw_of(order: Any) -> Draw:
    return Draw.objects.get(order_id=host.order_id(order))


def shipped_for_nothing(customer: Any) -> Any:
    """An order of 40, whose shipping of 10 a voucher paid for, shipped."""
    channel = host.channels()[0]
    host.issue_voucher(host.OFF_SHIPPING, "SHIPPING", "Free shipping", Decimal(10), channel)
    prices = {} if hosts.MULTI_CHANNEL else {"shipping": "10", "discount": "10"}  # Saleor 3 stores what was paid
    order = hosts.order(customer, [("40", 1)], **prices)
    hosts.put_voucher(order, "SHIPPING")
    settlement.settle(host.order_id(order))
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def on_occasion(channel: host.Channel, occasion: str, *prizes: campaigns.Gift, **terms: Any) -> Campaign:
    """A campaign in which every occasion of this kind wins."""
    return campaign(channel, *prizes, **{"occasion": occasion, **terms})


def night(number: int) -> datetime:
    """An hour after so many days from now."""
    return timezone.now() + timedelta(days=number, hours=1)


def nights(first: int, last: int) -> Iterator[datetime]:
    """From one of them to another."""
    return map(night, range(first, last + 1))


def drawn_in(*moments: datetime) -> list[str]:
    """What the draws came to that were made when somebody looked at these moments, one look after the other."""
    known = set(Draw.objects.values_list("pk", flat=True))
    for moment in moments:
        due.look(moment)
    return list(Draw.objects.exclude(pk__in=known).order_by("pk").values_list("outcome", flat=True))
