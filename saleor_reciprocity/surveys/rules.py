"""Rules: when an order has arrived, when it went back, and when its customer is asked. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from saleor_reciprocity.host.facts import Order

QUIET = timedelta(days=90)  # at most one question a person in so much time


def has_arrived(order: Order) -> bool:
    """Whether every piece of an order was shipped, or went back, and the customer still has some."""
    complete = all(line.fulfilled + line.given_back >= line.quantity for line in order.lines)
    return complete and any(line.fulfilled for line in order.lines)


def went_back(order: Order) -> bool:
    """Whether a customer gave all goods back, or got all the money back."""
    all_goods = any(line.given_back for line in order.lines) and not any(line.fulfilled for line in order.lines)
    return all_goods or (order.refunded > 0 and order.refunded >= order.goods + order.shipping)


def shipped_at(order: Order) -> datetime | None:
    """When the newest shipment of an order was made that the customer still has; None without any."""
    return max((moment for line in order.lines for moment, _pieces in line.shipments), default=None)


def due_at(shipped_at: datetime, days: int) -> datetime:
    """When the customer of an order is asked."""
    return shipped_at + timedelta(days=days)


def is_too_late(due: datetime, now: datetime, days: int) -> bool:
    """Whether the time of a question passed more than so many days ago."""
    return now > due + timedelta(days=days)
