"""The ledger against a plain model: any sequence of operations, in any order, repeated, leaves the books right."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from saleor_reciprocity import errors, invariants
from saleor_reciprocity.points import ledger
from saleor_reciprocity.points.entitlement import Due
from saleor_reciprocity.points.models import Account, Entry, Kind, Lot, OrderTerms

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
numbers = itertools.count()


class Books(RuleBasedStateMachine):
    """Earn, ship, redeem, refund in parts, cancel, reverse, repeat, reorder; beside a dictionary that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.account = Account.objects.create(created_at=NOW)
        self.due: dict[str, tuple[int, int]] = {}  # order: pending, earned
        self.spent: dict[int, int] = {}  # entry: points that a redemption took and nobody returned

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    orders = Bundle("orders")
    redemptions = Bundle("redemptions")

    @rule(target=orders)
    def order(self) -> str:
        order_id = f"order {next(numbers)}"
        OrderTerms.objects.create(
            order_id=order_id, order_number="1", account=self.account, channel_id="1", currency="USD", placed_at=NOW,
            verdict="earns", terms={},
        )  # fmt: skip
        self.due[order_id] = (0, 0)
        return order_id

    @rule(order_id=orders, pending=st.integers(0, 100), earned=st.integers(0, 100))
    def becomes_due(self, order_id: str, pending: int, earned: int) -> None:
        terms = OrderTerms.objects.get(order_id=order_id)
        entry = ledger.post_order(self.locked(), terms, Due(pending, earned), NOW, NOW)
        assert (entry is None) == ((pending, earned) == self.due[order_id])
        self.due[order_id] = (pending, earned)

    @rule(order_id=orders)
    def is_reported_again(self, order_id: str) -> None:
        terms = OrderTerms.objects.get(order_id=order_id)
        assert ledger.post_order(self.locked(), terms, Due(*self.due[order_id]), NOW, NOW) is None

    @rule(target=redemptions, points=st.integers(1, 150))
    def redeem(self, points: int) -> int:
        before = Entry.objects.count()
        posting = ledger.Posting(Kind.CLAWBACK, f"spend {next(numbers)}", NOW, points=-points)
        try:
            entry = ledger.spend(self.locked(), posting, NOW)
        except errors.InsufficientPoints:
            assert points > self.balance
            assert Entry.objects.count() == before
            return 0
        assert points <= self.balance
        self.spent[entry.pk] = points
        return entry.pk

    @rule(entry_id=redemptions)
    def reverse(self, entry_id: int) -> None:
        if entry_id not in self.spent:
            return
        spending = Entry.objects.get(pk=entry_id)
        before = dict(Lot.objects.values_list("pk", "remaining"))
        debt = self.locked().debt
        posting = ledger.Posting(Kind.EARNED, f"reverse {entry_id}", NOW, points=self.spent.pop(entry_id))
        ledger.reverse(self.locked(), spending, posting, NOW)
        if debt == 0:
            for use in spending.lot_uses.all():
                assert Lot.objects.get(pk=use.lot_id).remaining == before[use.lot_id] - use.points

    @property
    def balance(self) -> int:
        return sum(earned for _, earned in self.due.values()) - sum(self.spent.values())

    def locked(self) -> Account:
        return ledger.lock(self.account.pk)

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        account = Account.objects.get(pk=self.account.pk)
        assert account.pending == sum(pending for pending, _ in self.due.values())
        assert (account.available, account.debt) == (max(self.balance, 0), max(-self.balance, 0))
        for title, rows in invariants.broken():
            assert not rows, title


@pytest.mark.usefixtures("db")
def test_any_sequence_of_operations_leaves_the_books_right() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_the_database_refuses_to_change_or_delete_an_entry(db: Any) -> None:
    account = Account.objects.create(created_at=NOW)
    terms = OrderTerms.objects.create(
        order_id="o", order_number="1", account=account, channel_id="1", currency="USD", placed_at=NOW,
        verdict="earns", terms={},
    )  # fmt: skip
    ledger.post_order(ledger.lock(account.pk), terms, Due(0, 10), NOW, NOW)
    for change in (lambda: Entry.objects.update(points=11), lambda: Entry.objects.all()._raw_delete("default")):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get().points == 10
