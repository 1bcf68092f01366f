"""Entitlement: what an order is worth in points, as a function of its state, its terms and the time alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from saleor_reciprocity.host.facts import Line, Order, OrderState

from .terms import Bonus, Terms

NONE, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class LineDue:
    """One line's share of an order's points, or the shipping's; all shares and bonuses add up to the order's points."""

    line_id: str  # "" for the shipping
    paid: Fraction  # money, gross, that was paid for it when the order was placed
    base: Fraction  # money that still counts, gross or net as the terms say
    points: int
    exact: Fraction = NONE  # the points before fractions are dropped

    @property
    def amount(self) -> Decimal:
        """The base, to a thousandth of the unit of currency."""
        return Decimal(round(self.base * 1000)) / 1000

    @property
    def paid_amount(self) -> Decimal:
        """What was paid, to a thousandth of the unit of currency."""
        return Decimal(round(self.paid * 1000)) / 1000


@dataclass(frozen=True)
class BonusDue:
    """A bonus of the order and what is left of it: all or nothing."""

    bonus: Bonus
    points: int


@dataclass(frozen=True)
class Due:
    """The points that an order should have posted: those of shipped goods are earned, the others pending.

    `matures_at` is when the next pending points become earned because time passes; None when none will.
    """

    pending: int
    earned: int
    lines: tuple[LineDue, ...] = ()
    shipping: LineDue | None = None
    bonuses: tuple[BonusDue, ...] = ()
    matures_at: datetime | None = None


@dataclass(frozen=True)
class _Kept:
    """What is left of an order: the gross money of each line, by position, and of the shipping."""

    paid: list[Fraction]
    lines: list[Fraction]
    shipping: Fraction
    scale: Fraction  # by which money that was refunded without goods lowered all lines

    @property
    def total(self) -> Fraction:
        return sum(self.lines, NONE) + self.shipping


def entitlement(order: Order, terms: Terms, now: datetime) -> Due:
    """What is due at a moment for an order in this state under these terms.

    Each line counts with its share of what was paid for goods, for the quantity that was not given back. Money that
    was refunded without goods coming back counts as shipping first, then as goods: points never exceed what the
    customer has left paid. Fractions are dropped once, from the order's sum, so partial shipments and partial
    refunds add up to the same as one. Shipping and bonuses become available with the last piece.
    """
    if order.state is not OrderState.PLACED:
        return Due(pending=0, earned=0)
    order = _as_it_was_paid(order, terms)
    kept = _kept(order)
    worth = [_worth(line, base, _kept_pieces(line), terms, kept.scale) for line, base in zip(order.lines, kept.lines)]
    bonuses = tuple(BonusDue(bonus, _bonus_points(bonus, order, kept)) for bonus in terms.bonuses)
    for_shipping = _net(kept.shipping, order.shipping, order.shipping_net, terms) * Fraction(terms.shipping_rate)
    at_the_end = for_shipping + sum(bonus.points for bonus in bonuses)
    total = floor(sum(worth, NONE) + at_the_end)
    earned = floor(_matured_worth(order, terms, kept, now) + (at_the_end if _all_matured(order, terms, now) else 0))
    lines = _shares(order, terms, kept, worth, for_shipping)
    return Due(
        pending=total - earned,
        earned=earned,
        lines=lines[:-1],
        shipping=lines[-1] if terms.shipping_rate else None,
        bonuses=bonuses,
        matures_at=_matures_at(order, terms, now) if total > earned else None,
    )


def _as_it_was_paid(order: Order, terms: Terms) -> Order:
    """The order with what was paid for goods and for shipping as it was before its voucher was deleted or changed."""
    forgotten = terms.off_shipping - order.off_shipping
    if not terms.off_shipping or not forgotten or not order.shipping + order.off_shipping:
        return order
    whole, shipping = order.shipping + order.off_shipping, max(order.shipping - forgotten, Decimal(0))
    net = order.shipping_net
    return replace(
        order,
        goods=min(order.goods + forgotten, sum((line.total for line in order.lines), Decimal(0))),
        shipping=shipping,
        shipping_net=net if net is None or not order.shipping else net * shipping / order.shipping,
        off_shipping=whole - shipping,
    )


def _kept(order: Order) -> _Kept:
    paid = [_share(order, line) for line in order.lines]
    left = [base * _part(line, _kept_pieces(line)) for base, line in zip(paid, order.lines)]
    goods, shipping = sum(left, NONE), Fraction(order.shipping)
    left_paid = max(Fraction(order.goods) + shipping - Fraction(order.refunded), NONE)
    scale = min(ONE, left_paid / goods) if goods else NONE
    return _Kept(paid, [base * scale for base in left], max(min(shipping, left_paid - goods), NONE), scale)


def _share(order: Order, line: Line) -> Fraction:
    total = sum((Fraction(other.total) for other in order.lines), NONE)
    return Fraction(order.goods) * Fraction(line.total) / total if total else NONE


def _part(line: Line, pieces: int) -> Fraction:
    """What part of a line so many pieces are; nothing of a line without any, such as imports leave behind."""
    return Fraction(pieces, line.quantity) if line.quantity else NONE


def _kept_pieces(line: Line) -> int:
    return line.quantity - line.given_back


def _worth(line: Line, base: Fraction, pieces: int, terms: Terms, scale: Fraction) -> Fraction:
    """The points of so many pieces of a line, for which `base` was paid."""
    agreed = terms.of(line.id)
    for_pieces = agreed.per_piece * pieces if scale else 0
    return _net(base, line.total, line.total_net, terms) * Fraction(agreed.rate) + for_pieces


def _net(gross: Fraction, of_gross: Decimal, of_net: Decimal | None, terms: Terms) -> Fraction:
    """The part of an amount that counts: all of it, or what is left of it without tax."""
    if not terms.net or of_net is None or not of_gross:
        return gross
    return gross * Fraction(of_net) / Fraction(of_gross)


def _bonus_points(bonus: Bonus, order: Order, kept: _Kept) -> int:
    """A bonus stays as a whole while anything of its lines is kept and paid, and the order is not below its minimum."""
    wanted = set(bonus.line_ids)
    bases = (
        base
        for line, base in zip(order.lines, kept.lines)
        if not line.is_gift_card and (not wanted or line.id in wanted)
    )
    enough = bonus.minimum_total is None or kept.total >= Fraction(bonus.minimum_total)
    return bonus.points if enough and any(bases) else 0


def _matured_worth(order: Order, terms: Terms, kept: _Kept, now: datetime) -> Fraction:
    worth = NONE
    for line, paid in zip(order.lines, kept.paid):
        pieces = _matured_pieces(line, terms, now)
        worth += _worth(line, paid * kept.scale * _part(line, pieces), pieces, terms, kept.scale)
    return worth


def _matured_pieces(line: Line, terms: Terms, now: datetime) -> int:
    """The pieces that were shipped, are kept, and can no longer be returned in time."""
    shipped = line.fulfilled
    if terms.return_days:
        shipped = min(shipped, sum(quantity for at, quantity in line.shipments if at + terms.return_window <= now))
    return min(shipped, _kept_pieces(line))


def _all_matured(order: Order, terms: Terms, now: datetime) -> bool:
    return all(_matured_pieces(line, terms, now) == _kept_pieces(line) for line in order.lines)


def _matures_at(order: Order, terms: Terms, now: datetime) -> datetime | None:
    if not terms.return_days:
        return None
    ends = (at + terms.return_window for line in order.lines for at, _quantity in line.shipments)
    return min((end for end in ends if end > now), default=None)


def _shares(
    order: Order, terms: Terms, kept: _Kept, worth: list[Fraction], for_shipping: Fraction
) -> tuple[LineDue, ...]:
    """Each line's whole points, and the shipping's last, so that they add up to the whole points of all of them."""
    shares, sum_so_far = [], NONE
    rows = [
        (line.id, paid, _net(base, line.total, line.total_net, terms), points)
        for line, paid, base, points in zip(order.lines, kept.paid, kept.lines, worth)
    ]
    shipping_base = _net(kept.shipping, order.shipping, order.shipping_net, terms)
    for line_id, paid, base, points in [*rows, ("", Fraction(order.shipping), shipping_base, for_shipping)]:
        before = floor(sum_so_far)
        sum_so_far += points
        shares.append(LineDue(line_id, paid, base, floor(sum_so_far) - before, points))
    return tuple(shares)
