"""Eligibility: which orders a campaign is for, and which limits keep people from fishing for gifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from saleor_reciprocity import host, identity
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.tiers import standing

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
    if campaign.tier and not standing.has_reached(account, campaign.tier, now):
        return Outcome.TIER
    earlier = campaign.from_order_number - 1
    if earlier and host.earlier_orders(order.person, order.placed_at, earlier, order.number) < earlier:
        return Outcome.ORDER_NUMBER
    return None


def draws_of_person(draw: Draw, account: Account) -> QuerySet:
    """All draws of whoever a draw is for: under the same e-mail address, by the same user, or of the same account.

    A user may change the address, and an account knows the orders from before people were merged.
    """
    orders = list(account.orders.values_list("order_id", flat=True))  # as a list, which an index serves
    same = Q(person=draw.person) | Q(order_id__in=orders)
    return Draw.objects.filter(same | Q(user_id=draw.user_id) if draw.user_id is not None else same)


def limit_reached(draw: Draw, campaign: Campaign, mine: QuerySet) -> Outcome | None:
    """Which limit keeps whoever has the draws `mine`, or the people at one address, from another; None without one.

    Gifts that were withdrawn count, so that ordering and cancelling gains nothing. Of people with one e-mail address,
    and of those at one postal address, one at a time gets here; those of one account wait for it already.
    """
    now = draw.drawn_at
    identity.let_one_in(draw.person)
    today = mine.filter(drawn_at__gte=_midnight(now)).exclude(order_id=draw.order_id)
    if today.values("order_id").distinct().count() >= MOST_ORDERS_A_DAY:
        return Outcome.TOO_MANY_ORDERS
    lately = Q(outcome=Outcome.WON, drawn_at__gt=now - timedelta(days=campaign.cooling_off_days))
    if mine.filter(lately).exists():
        return Outcome.COOLING_OFF
    if draw.address:
        identity.let_one_in(draw.address)
        if Draw.objects.filter(lately, address=draw.address).exists():
            return Outcome.ADDRESS
    return None


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
