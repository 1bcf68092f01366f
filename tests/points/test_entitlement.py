"""What an order is worth, as a pure function. Edge cases 3, 5 to 8, 29, 32, 33 and 35 of the engine's list."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_reciprocity.host.facts import Order, OrderState, Person
from saleor_reciprocity.points.earning.entitlement import Due, entitlement
from saleor_reciprocity.points.earning.terms import (
    EARNS,
    NO_EMAIL,
    PROGRAMME_OFF,
    REPLACEMENT,
    LineTerms,
    Terms,
    terms_for,
    verdict,
)

from .facts import NOW, amounts, line, order, orders


def points(of: Order, rate: str = "1") -> tuple[int, int]:
    due = entitlement(of, Terms(Decimal(rate)), NOW)
    return due.pending, due.earned


THREE = (line(1, "16.65"), line(2, "16.65"), line(3, "16.65"))


def test_fractions_are_dropped_once_per_order() -> None:
    assert points(order(line(1, "49.95"))) == (49, 0)
    assert points(order(*THREE)) == (49, 0)


def test_a_line_of_no_pieces_is_worth_nothing_and_holds_up_no_other() -> None:
    nothing, goods = line(1, "0", quantity=0), line(2, "40", quantity=2, fulfilled=1)
    assert points(order(nothing, goods)) == (20, 20)
    assert points(order(nothing)) == (0, 0)
    assert points(order(line(1, "10", quantity=0), goods)) == (20, 20), "money without pieces"
    due = entitlement(order(nothing, goods, refunded="40"), Terms(Decimal(1)), NOW)
    assert (due.pending, due.earned, [share.points for share in due.lines]) == (0, 0, [0, 0])


def test_the_shares_of_the_lines_add_up_to_the_order() -> None:
    assert [share.points for share in entitlement(order(*THREE), Terms(Decimal(1)), NOW).lines] == [16, 17, 16]


def test_three_lines_refunded_one_by_one_lose_16_17_and_16() -> None:
    left = [sum(points(order(*THREE, refunded=refunded))) for refunded in ("0", "16.65", "33.30", "49.95")]
    assert left == [49, 33, 16, 0]


def test_three_lines_returned_one_by_one_lose_16_17_and_16() -> None:
    returned = [tuple(replace(each, given_back=int(n < back)) for n, each in enumerate(THREE)) for back in range(4)]
    assert [sum(points(order(*lines))) for lines in returned] == [49, 33, 16, 0]


def test_a_return_that_is_also_refunded_counts_once() -> None:
    back = (replace(THREE[0], fulfilled=0, given_back=1), *THREE[1:])
    assert sum(points(order(*back, refunded="16.65"))) == 33


def test_an_order_discount_is_spread_over_the_lines() -> None:
    due = entitlement(order(line(1, "30"), line(2, "10"), goods="20"), Terms(Decimal(1)), NOW)
    assert [share.amount for share in due.lines] == [Decimal(15), Decimal(5)]


def test_gift_cards_earn_nothing_but_take_their_share_of_a_discount() -> None:
    lines = (line(1, "30", is_gift_card=True), line(2, "10"))
    placed = order(*lines, goods="20")
    terms = terms_for(placed, _programme("1"))
    assert entitlement(placed, terms, NOW).pending == 5


def test_an_order_paid_wholly_by_gift_card_earns_nothing() -> None:
    assert points(order(line(1, "30"), goods="0")) == (0, 0)


def test_refunded_shipping_and_small_goodwill_leave_the_points() -> None:
    assert sum(points(order(line(1, "50"), shipping="10", refunded="10"))) == 50
    assert sum(points(order(line(1, "50"), shipping="10", refunded="15"))) == 45


@pytest.mark.parametrize(
    ("total", "rate", "expected"), [("1500", "0.01", 15), ("4.995", "200", 999), ("0.001", "1000", 1)]
)
def test_currencies_without_or_with_three_decimals_are_exact(total: str, rate: str, expected: int) -> None:
    assert sum(points(order(line(1, total)), rate)) == expected


@pytest.mark.parametrize("state", [OrderState.NOT_YET, OrderState.VOID])
def test_what_is_not_an_order_is_due_nothing(state: OrderState) -> None:
    assert entitlement(order(*THREE, state=state), Terms(Decimal(1)), NOW) == Due(0, 0)


def test_the_rate_of_a_line_is_the_frozen_one() -> None:
    terms = Terms(Decimal(1), {"1": LineTerms(Decimal(3))})
    assert entitlement(order(line(1, "10"), line(2, "10")), terms, NOW).pending == 40


def test_a_replacement_and_an_order_without_address_earn_nothing_and_say_why() -> None:
    programme = _programme("1")
    assert verdict(order(*THREE, replaces_another=True), programme) == REPLACEMENT
    assert verdict(order(*THREE, person=Person(None, "", False)), programme) == NO_EMAIL
    assert verdict(order(*THREE), None) == PROGRAMME_OFF
    assert verdict(order(*THREE), programme) == EARNS


@given(orders(), st.decimals(min_value=0, max_value=100, places=2))
def test_points_are_never_negative_and_never_more_than_was_paid(placed: Order, rate: Decimal) -> None:
    due = entitlement(placed, Terms(rate), NOW)
    assert due.pending >= 0
    assert due.earned >= 0
    assert due.pending + due.earned <= rate * placed.goods
    assert due.pending + due.earned <= rate * max(placed.goods + placed.shipping - placed.refunded, Decimal(0))
    assert sum(share.points for share in due.lines) == due.pending + due.earned


@given(orders(), amounts)
def test_a_further_refund_never_gives_points(placed: Order, more: Decimal) -> None:
    assert sum(points(replace(placed, refunded=placed.refunded + more))) <= sum(points(placed))


def _programme(rate: str) -> Any:
    from saleor_reciprocity import inputs

    return inputs.parse({"points_per_unit": rate})
