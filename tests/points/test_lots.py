"""Which lots a spending takes from. Edge case 36 of the engine's list."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from saleor_reciprocity.points.lots import OpenLot, take

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def lot(number: int, remaining: int, expires_in: int | None = None, earned: int = 0, order: str = "") -> OpenLot:
    expires_at = None if expires_in is None else START + timedelta(days=expires_in)
    return OpenLot(number, order, remaining, START + timedelta(days=earned), expires_at)


def test_the_soonest_to_expire_is_spent_first_and_never_expiring_last() -> None:
    lots = [lot(1, 10, expires_in=5), lot(2, 10), lot(3, 10, expires_in=50)]
    assert take(lots, 25) == {1: 10, 3: 10, 2: 5}


def test_ties_are_broken_by_earning_date_and_then_by_id() -> None:
    assert list(take([lot(3, 1), lot(2, 1, earned=-1), lot(1, 1)], 3)) == [2, 1, 3]


def test_a_clawback_empties_the_orders_own_lot_first() -> None:
    lots = [lot(1, 10, expires_in=1), lot(2, 10, order="mine")]
    assert take(lots, 12, first_from_order="mine") == {2: 10, 1: 2}


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 300))
def test_never_more_than_asked_and_never_more_than_there_is(amounts: list[int], points: int) -> None:
    lots = [lot(number, remaining) for number, remaining in enumerate(amounts)]
    taken = take(lots, points)
    assert sum(taken.values()) == min(points, sum(amounts))
    assert all(0 < amount <= amounts[number] for number, amount in taken.items())
