"""Cells are what was frozen, counted; figures here were counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saleor_reciprocity import following
from saleor_reciprocity.experiments import cells
from saleor_reciprocity.experiments.evidence import Arms, Cell, MoneyCell, OrdersOfDay

from .followed import DAY, a_plan, addresses_of, an_outcome, buy, day

HALF, FIFTH = Decimal("0.5"), Decimal("0.2")


def some_outcomes() -> None:
    an_outcome(1, False, 0, money=Decimal("49.99"))
    an_outcome(2, False, 89, money=Decimal("50"))
    an_outcome(3, False, money=Decimal("0"))
    an_outcome(4, True, money=Decimal("-10"), channel_id="2")
    an_outcome(5, True, 3, stratum=4, money=Decimal("10000"))
    an_outcome(6, False, 5, share=HALF, day=DAY + timedelta(days=1))
    an_outcome(7, True, 5, share=Decimal(0))  # nobody could be held out: says nothing
    an_outcome(8, True, 5, share=Decimal(1))
    an_outcome(9, True, 5, question="gift")


def test_cells_are_people_by_day_arm_share_and_stratum(db: Any) -> None:
    some_outcomes()
    first = [
        Cell(DAY, False, FIFTH, 0, 3, 2),
        Cell(DAY, True, FIFTH, 0, 1, 0),
        Cell(DAY, True, FIFTH, 4, 1, 1),
    ]
    assert cells.cells("programme", DAY) == first
    assert cells.cells("programme", DAY + timedelta(days=1)) == [
        *first,
        Cell(DAY + timedelta(days=1), False, HALF, 0, 1, 1),
    ]
    assert cells.cells("survey", DAY) == []


def test_money_falls_into_sixty_buckets_and_what_is_outside_into_the_last_on_its_side(db: Any) -> None:
    """From -100 to 500 a bucket is ten wide: 0 is in the eleventh, 49.99 in the fifteenth, 50 in the sixteenth."""
    a_plan(largest_gift=Decimal(100), cap=Decimal(500))
    some_outcomes()
    an_outcome(10, False, money=Decimal("-5000"))
    assert cells.money_cells("programme", DAY) == [
        MoneyCell(DAY, False, FIFTH, 0, 1),
        MoneyCell(DAY, False, FIFTH, 10, 1),
        MoneyCell(DAY, False, FIFTH, 14, 1),
        MoneyCell(DAY, False, FIFTH, 15, 1),
        MoneyCell(DAY, True, FIFTH, 9, 1),
        MoneyCell(DAY, True, FIFTH, 59, 1),
    ]
    assert cells.at_cap("programme", DAY) == 1


def test_arms_by_channel_and_by_how_often_people_had_ordered_before(db: Any) -> None:
    some_outcomes()
    assert cells.by_channel("programme", DAY) == {"1": Arms(1, 1, 3, 2), "2": Arms(1, 0, 0, 0)}
    assert cells.by_stratum("programme", DAY) == {0: Arms(1, 0, 3, 2), 4: Arms(1, 1, 0, 0)}
    assert cells.returns_after("programme", DAY) == {True: (2, {3: 1}), False: (3, {0: 1, 89: 1})}


def test_orders_by_day_count_who_is_still_followed(db: Any) -> None:
    """Two people from 3 March on, one of whom orders on the fifth; a third of the other arm begins a day later."""
    an_outcome(1, False, 2)
    an_outcome(2, False)
    an_outcome(3, True, 1, day=DAY + timedelta(days=1))
    days = cells.orders_by_day("programme", DAY + timedelta(days=1))
    assert days[:4] == [
        OrdersOfDay(date(2026, 3, 3), 0, 0, 0, 2),
        OrdersOfDay(date(2026, 3, 4), 0, 0, 1, 2),
        OrdersOfDay(date(2026, 3, 5), 1, 1, 1, 2),
        OrdersOfDay(date(2026, 3, 6), 0, 0, 0, 1),
    ]
    assert days[-1] == OrdersOfDay(DAY, 0, 0, 0, 1)


def test_a_day_is_complete_when_everybody_of_it_and_of_all_days_before_is_frozen(clock: Any, shop: Any) -> None:
    people = addresses_of(True)
    assert cells.complete_until("programme", day(0)) is None
    buy(clock, 0, next(people))
    buy(clock, 2, next(people))
    assert cells.complete_until("programme", day(97.9)) is None
    following.freeze(day(97.5))
    assert cells.complete_until("programme", day(97.9)) == date(2026, 4, 1)  # the whole of 1 January was due
    assert cells.complete_until("programme", day(120)) == date(2026, 4, 2)  # who ordered on 3 January is not frozen
    following.freeze(day(99))
    assert cells.complete_until("programme", day(99.4)) == date(2026, 4, 2)
    assert cells.complete_until("programme", day(99.6)) == date(2026, 4, 3)
