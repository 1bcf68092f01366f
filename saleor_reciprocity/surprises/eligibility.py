"""Eligibility: which orders a campaign is for, and which limits keep people from fishing for gifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from saleor_reciprocity import host
from saleor_reciprocity.points import tiers
from saleor_reciprocity.points.models import Account

from .models import Campaign, Draw, Outcome

MOST_ORDERS_A_DAY = 3


def reason_against(order: host.Order, campaign: Campaign, account: Account, now: datetime) -> Outcome | None:
    """Why a campaign is not for an order, or None when it is."""
    if order.replaces_another:
        return Outcome.REPLACEMENT
    if campaign.minimum_total is not None and order.goods + order.shipping < campaign.minimum_total:
        return Outcome.ORDER_TOTAL
    if campaign.groups and not host.in_groups(order.person.user_id, campaign.groups):
        return Outcome.GROUP
    if campaign.tier and not tiers.has_reached(account, campaign.tier, now):
        return Outcome.TIER
    earlier = campaign.from_order_number - 1
    if earlier and host.earlier_orders(order.person, order.placed_at, earlier, order.number) < earlier:
        return Outcome.ORDER_NUMBER
    return None


def limit_reached(draw: Draw, campaign: Campaign) -> Outcome | None:
    """Which limit keeps a person, or the people at one address, from another draw; None when none does.

    Gifts that were withdrawn count, so that ordering and cancelling gains nothing. Of people at one address, one at a
    time gets here; those of one person wait for its account already.
    """
    now = draw.drawn_at
    today = Draw.objects.filter(person=draw.person, drawn_at__gte=_midnight(now)).exclude(order_id=draw.order_id)
    if today.values("order_id").distinct().count() >= MOST_ORDERS_A_DAY:
        return Outcome.TOO_MANY_ORDERS
    wins = Draw.objects.filter(outcome=Outcome.WON, drawn_at__gt=now - timedelta(days=campaign.cooling_off_days))
    if wins.filter(person=draw.person).exists():
        return Outcome.COOLING_OFF
    if draw.address:
        _lock_address(draw.address)
        if wins.filter(address=draw.address).exists():
            return Outcome.ADDRESS
    return None


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _lock_address(address: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(address[:15], 16)])
