"""Entitlement: what an order is worth in points, as a function of its state and its terms alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from saleor_reciprocity.host.facts import Line, Order, OrderState

from .earning import Terms


@dataclass(frozen=True)
class LineDue:
    """One line's share of an order's points; the shares add up to the order's points."""

    line_id: str
    base: Fraction  # money, gross, that still counts
    points: int

    @property
    def amount(self) -> Decimal:
        """The base, to a thousandth of the unit of currency."""
        return Decimal(round(self.base * 1000)) / 1000


@dataclass(frozen=True)
class Due:
    """The points that an order should have posted: those of shipped goods are earned, the others pending."""

    pending: int
    earned: int
    lines: tuple[LineDue, ...] = ()


def entitlement(order: Order, terms: Terms) -> Due:
    """What is due for an order in this state under these terms.

    Each line counts with its share of what was paid for goods, for the quantity that was not given back. Money that
    was refunded without goods coming back counts as shipping first, then as goods: points never exceed what the
    customer has left paid. Fractions are dropped once, from the order's sum, so partial shipments and partial
    refunds add up to the same as one.
    """
    if order.state is not OrderState.PLACED:
        return Due(pending=0, earned=0)
    bases = {line.id: _share(order, line) for line in order.lines}
    kept = {line.id: bases[line.id] * (line.quantity - line.given_back) / line.quantity for line in order.lines}
    left_paid = max(Fraction(order.goods) + Fraction(order.shipping) - Fraction(order.refunded), Fraction(0))
    scale = min(Fraction(1), left_paid / total) if (total := sum(kept.values(), Fraction(0))) else Fraction(0)
    worth, shipped = Fraction(0), Fraction(0)
    lines = []
    for line in order.lines:
        rate = Fraction(terms.rate_of(line.id))
        base = kept[line.id] * scale
        before = floor(worth)
        worth += base * rate
        shipped += bases[line.id] * _shipped(line) / line.quantity * scale * rate
        lines.append(LineDue(line.id, base, floor(worth) - before))
    earned = floor(shipped)
    return Due(pending=floor(worth) - earned, earned=earned, lines=tuple(lines))


def _share(order: Order, line: Line) -> Fraction:
    total = sum((Fraction(other.total) for other in order.lines), Fraction(0))
    return Fraction(order.goods) * Fraction(line.total) / total if total else Fraction(0)


def _shipped(line: Line) -> int:
    return min(line.fulfilled, line.quantity - line.given_back)
