"""Eligibility: which orders a campaign is for, and which limits keep people from fishing for gifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_reciprocity import host

from .models import Campaign, Outcome

MOST_ORDERS_A_DAY = 3


@dataclass(frozen=True)
class Buyer:
    """Whoever placed an order, as campaigns ask about them."""

    earlier_orders: int  # as far as the campaigns count
    orders_today: int  # that something was drawn for, without this one, on this day of UTC
    won_at: datetime | None  # when they, or somebody at their postal address, got the newest gift
    won_at_address: datetime | None
    groups: frozenset[str]
    tiers: frozenset[str]


def reason_against(order: host.Order, campaign: Campaign, buyer: Buyer) -> Outcome | None:
    """Why a campaign is not for an order, or None when it is."""
    if order.state is host.OrderState.VOID:
        return Outcome.CANCELLED
    if order.replaces_another:
        return Outcome.REPLACEMENT
    if campaign.minimum_total is not None and order.goods + order.shipping < campaign.minimum_total:
        return Outcome.ORDER_TOTAL
    return reason_against_buyer(campaign, buyer)


def reason_against_buyer(campaign: Campaign, buyer: Buyer) -> Outcome | None:
    """Why a campaign is not for somebody, or None when it is."""
    if campaign.groups and not buyer.groups.intersection(campaign.groups):
        return Outcome.GROUP
    if campaign.tier and campaign.tier not in buyer.tiers:
        return Outcome.TIER
    if buyer.earlier_orders < campaign.from_order_number - 1:
        return Outcome.ORDER_NUMBER
    return None


def limit_reached(campaign: Campaign, buyer: Buyer, now: datetime) -> Outcome | None:
    """Which limit keeps a buyer, or the people at one address, from another gift; None without one.

    Gifts that were withdrawn count, so that ordering and cancelling gains nothing.
    """
    lately = now - timedelta(days=campaign.cooling_off_days)
    if buyer.orders_today >= MOST_ORDERS_A_DAY:
        return Outcome.TOO_MANY_ORDERS
    if buyer.won_at is not None and buyer.won_at > lately:
        return Outcome.COOLING_OFF
    if buyer.won_at_address is not None and buyer.won_at_address > lately:
        return Outcome.ADDRESS
    return None
