"""Which lots a spending takes from. Edge case 36 of the engine's list."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Iterator

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_reciprocity.points import ledger
from saleor_reciprocity.points.models import Account, Kind, Lot, LotUse

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


@contextmanager
def an_account() -> Iterator[Account]:
    """An account whose lots no entry filled, so it is gone again before anybody looks at the books."""
    with transaction.atomic():
        yield Account.objects.create(created_at=START)
        transaction.set_rollback(True)


@pytest.fixture
def account(db: None) -> Iterator[Account]:
    with an_account() as made:
        yield made


def lot(
    account: Account, points: int, expires_in: int | None = None, earned: int = 0, order: str = "", pk: Any = None
) -> int:
    """A lot that holds so many points of an account."""
    expires_at = None if expires_in is None else START + timedelta(days=expires_in)
    earned_at = START + timedelta(days=earned)
    made = Lot.objects.create(
        pk=pk,
        account=account,
        points=max(points, 1),
        remaining=points,
        earned_at=earned_at,
        expires_at=expires_at,
        order_id=order,
    )
    account.available += points
    return made.pk


def take(account: Account, points: int, order: str = "") -> dict[int, int]:
    """What is taken out of which lots, in that order."""
    posting = ledger.Posting(Kind.CLAWBACK, f"take:{account.version}", START, -points, order_id=order)
    entry = ledger.take(account, posting, START)
    uses = LotUse.objects.filter(entry=entry).order_by("pk")
    return {use.lot_id: -use.points for use in uses}


def test_the_soonest_to_expire_is_spent_first_and_never_expiring_last(account: Account) -> None:
    first, never, third = lot(account, 10, expires_in=5), lot(account, 10), lot(account, 10, expires_in=50)
    assert take(account, 25) == {first: 10, third: 10, never: 5}
    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [0, 5, 0]


def test_ties_are_broken_by_earning_date_and_then_by_id(account: Account) -> None:
    last, first, second = lot(account, 1, pk=1003), lot(account, 1, earned=-1, pk=1002), lot(account, 1, pk=1001)
    assert [list(take(account, 1)) for _ in range(3)] == [[first], [second], [last]]


def test_a_clawback_empties_the_orders_own_lot_first(account: Account) -> None:
    others, own = lot(account, 10, expires_in=1), lot(account, 10, order="mine")
    assert take(account, 12, order="mine") == {own: 10, others: 2}


def test_a_spending_of_no_order_prefers_no_lot_of_no_order(account: Account) -> None:
    given, earned = lot(account, 10, expires_in=9), lot(account, 10, expires_in=1, order="mine")
    assert take(account, 12) == {earned: 10, given: 2}


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(1, 300))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_never_more_than_asked_and_never_more_than_there_is(db: None, amounts: list[int], points: int) -> None:
    with an_account() as account:
        held = {lot(account, amount): amount for amount in amounts}
        taken = take(account, points)
        assert sum(taken.values()) == min(points, sum(amounts))
        assert all(0 < amount <= held[number] for number, amount in taken.items())
        assert account.balance == sum(amounts) - points
