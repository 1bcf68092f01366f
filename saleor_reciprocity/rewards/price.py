"""Price: how many points a redemption costs and what its code is worth. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil


@dataclass(frozen=True)
class Offer:
    """What a reward asks and gives: `points` buy `value`, or any number of points within the ends of a slider."""

    points: int
    value: Decimal
    least_points: int | None = None
    most_points: int | None = None


@dataclass(frozen=True)
class Price:
    """Points to pay and the value of the code. A value of 0 buys nothing and must not be sold."""

    points: int
    value: Decimal


class OutOfBounds(ValueError):
    """The points that were asked for are not within the reward's bounds."""


def points_wanted(offer: Offer, asked: int | None, available: int) -> int:
    """How many points to exchange at most. Without a wish, a slider goes as far as the account and its end allow.

    Raises OutOfBounds for a wish that the reward does not allow.
    """
    low, high = (offer.least_points or offer.points), (offer.most_points or offer.points)
    if asked is None:
        return max(low, min(high, available))
    if not low <= asked <= high:
        raise OutOfBounds
    return asked


def price(offer: Offer, wanted: int, decimals: int, payable: Decimal | None = None) -> Price:
    """The value of so many points, never more than is payable, and the points that this very value costs.

    The value is rounded down to the currency's coins, the points up to whole ones: points that buy no coin, or that
    are not needed because there is less to pay, are not taken.
    """
    rate = Fraction(offer.value) / offer.points
    value = rounded_down(rate * wanted, decimals)
    if payable is not None:
        value = min(value, payable)
    return Price(ceil(Fraction(value) / rate), value)


def percentage(percent: Decimal, goods: Decimal, most: Decimal, decimals: int) -> Decimal:
    """A percentage of what goods cost, rounded down to the currency's coins, at most `most`."""
    return min(rounded_down(Fraction(goods) * Fraction(percent) / 100, decimals), most)


def rounded_down(amount: Fraction, decimals: int) -> Decimal:
    """An amount without what the currency has no coins for."""
    return Decimal(int(amount * 10**decimals)).scaleb(-decimals)
