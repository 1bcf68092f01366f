"""Price: points for money and money for points, to the coin, never more than is payable."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_reciprocity.rewards.price import Offer, OutOfBounds, Price, percentage, points_wanted, price

FIVE = Offer(50, Decimal(5))
SLIDER = Offer(300, Decimal(1), least_points=100, most_points=3000)


def test_a_fixed_price_is_what_it_says() -> None:
    assert price(FIVE, 50, 2) == Price(50, Decimal(5))


@pytest.mark.parametrize(
    ("payable", "expected"),
    [("5", Price(50, Decimal(5))), ("100", Price(50, Decimal(5))), ("3", Price(30, Decimal(3))),
     ("4.99", Price(50, Decimal("4.99"))), ("0.01", Price(1, Decimal("0.01")))],
)  # fmt: skip
def test_never_more_than_is_payable_and_never_more_points_than_that_costs(payable: str, expected: Price) -> None:
    assert price(FIVE, 50, 2, Decimal(payable)) == expected


def test_points_that_buy_no_coin_are_not_taken() -> None:
    assert price(SLIDER, 301, 2) == Price(300, Decimal("1.00"))
    assert price(SLIDER, 100, 0) == Price(0, Decimal(0))
    assert price(Offer(300, Decimal("0.005")), 300, 3) == Price(300, Decimal("0.005"))


def test_a_slider_goes_as_far_as_points_and_bounds_allow() -> None:
    assert points_wanted(SLIDER, None, 10_000) == 3000
    assert points_wanted(SLIDER, None, 250) == 250
    assert points_wanted(SLIDER, None, 7) == 100
    assert points_wanted(SLIDER, 100, 0) == 100


@pytest.mark.parametrize("asked", [99, 3001, 0, -100])
def test_a_wish_out_of_bounds_is_refused(asked: int) -> None:
    with pytest.raises(OutOfBounds):
        points_wanted(SLIDER, asked, 10_000)


def test_a_fixed_price_takes_no_other_wish() -> None:
    with pytest.raises(OutOfBounds):
        points_wanted(FIVE, 49, 10_000)


def test_a_percentage_is_rounded_down_and_capped() -> None:
    assert percentage(Decimal("12.5"), Decimal("49.95"), Decimal(100), 2) == Decimal("6.24")
    assert percentage(Decimal(50), Decimal(1000), Decimal(20), 2) == Decimal(20)
    assert percentage(Decimal(10), Decimal(1999), Decimal(500), 0) == Decimal(199)


@given(
    points=st.integers(1, 10**6),
    cents=st.integers(1, 10**6),
    wanted=st.integers(1, 10**7),
    payable=st.none() | st.integers(0, 10**7),
    places=st.sampled_from([0, 2, 3]),
)
def test_a_price_is_fair_to_both(points: int, cents: int, wanted: int, payable: int | None, places: int) -> None:
    offer = Offer(points, Decimal(cents).scaleb(-places))
    left = None if payable is None else Decimal(payable).scaleb(-places)
    bought = price(offer, wanted, places, left)
    rate, coin = Fraction(offer.value) / points, Fraction(1, 10**places)
    assert 0 <= bought.points <= wanted
    assert left is None or bought.value <= left
    assert Fraction(bought.value) <= rate * bought.points, "the shop gives no more than was paid for"
    assert bought.points == 0 or rate * (bought.points - 1) < Fraction(bought.value), "one point less buys less"
    assert left == bought.value or rate * wanted - Fraction(bought.value) < coin, "nothing is held back"
