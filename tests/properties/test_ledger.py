"""The ledger against a plain model: any sequence of operations, in any order, repeated, leaves the books right."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone as clock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from saleor_reciprocity import erasure, errors, invariants, programmes
from saleor_reciprocity.points import accounts, adjustments, expiry, ledger, merging
from saleor_reciprocity.points.earning.entitlement import Due
from saleor_reciprocity.points.models import Account, Entry, Kind, Lot, OrderTerms
from saleor_reciprocity.settings import INTO_DEBT, PENDING_ONLY, WITHIN_BALANCE

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
POLICIES = (INTO_DEBT, WITHIN_BALANCE, PENDING_ONLY)
numbers = itertools.count()


class Books(RuleBasedStateMachine):
    """All that can happen to the points of two accounts that may become one, beside a model of a few dictionaries.

    Earn, ship, refund in parts and cancel by each of the policies for what is spent; redeem and cancel; adjust and
    undo; a backfill; points that end; mergers in both directions; erasure. Repeated, and in any order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now, self.merged_into = NOW, 0
        self.accounts = [Account.objects.create(created_at=NOW) for _ in range(2)]
        self.balances = [0, 0]
        self.due: dict[str, tuple[int, int]] = {}  # order: pending, earned
        self.kept: dict[str, int] = {}  # order: earned points that are not due and were left by the policy
        self.owner: dict[str, int] = {}  # order: which account
        self.spent: dict[int, tuple[int, int]] = {}  # entry: which account, points that nobody returned
        self.given: dict[int, tuple[int, int]] = {}  # entry of an adjustment: which account, points

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    orders = Bundle("orders")
    redemptions = Bundle("redemptions")
    by_hand = Bundle("by_hand")

    @rule(target=orders, who=st.integers(0, 1), policy=st.sampled_from(POLICIES), earned=st.integers(0, 100))
    def order(self, who: int, policy: str, earned: int) -> str:
        order_id = f"order {next(numbers)}"
        OrderTerms.objects.create(
            order_id=order_id, order_number="1", account=self.locked(who), channel_id=policy, currency="USD",
            placed_at=NOW, verdict="earns", terms={},
        )  # fmt: skip
        self.due[order_id], self.kept[order_id], self.owner[order_id] = (0, 0), 0, who
        self._post(order_id, 0, earned)
        return order_id

    @rule(order_id=orders, pending=st.integers(0, 100), earned=st.integers(0, 100))
    def becomes_due(self, order_id: str, pending: int, earned: int) -> None:
        """Earning, shipping, refunds in parts, cancellations, in any order, by each policy for what is spent."""
        if order_id in self.due:
            self._post(order_id, pending, earned)

    def _post(self, order_id: str, pending: int, earned: int) -> None:
        who, terms = self.holder(self.owner[order_id]), OrderTerms.objects.get(order_id=order_id)
        account = self.locked(who)
        assert terms.account_id == account.pk
        before, kept = terms.earned, self.kept[order_id]
        ledger.post_order(account, terms, Due(pending, earned), self.now, self.now)
        change = earned - self.due[order_id][1]
        if change >= 0:
            self.kept[order_id] = kept - min(kept, change)
        else:
            takeable = {INTO_DEBT: -change, WITHIN_BALANCE: min(-change, max(self.balances[who], 0)), PENDING_ONLY: 0}
            self.kept[order_id] = kept - change - takeable[terms.channel_id]
        self.due[order_id] = (pending, earned)
        self.balances[who] += earned + self.kept[order_id] - before

    @rule(order_id=orders)
    def is_returned_after_all_was_spent(self, order_id: str) -> None:
        if order_id in self.due:
            who = self.holder(self.owner[order_id])
            account = self.locked(who)
            if account.available:
                posting = ledger.Posting(Kind.CLAWBACK, f"spend {next(numbers)}", self.now, points=-account.available)
                self.balances[who] += ledger.spend(account, posting, self.now).points
            self._post(order_id, 0, 0)

    @rule(order_id=orders)
    def is_reported_again(self, order_id: str) -> None:
        if order_id in self.due:
            terms = OrderTerms.objects.get(order_id=order_id)
            due = Due(*self.due[order_id])
            assert ledger.post_order(self.locked(self.owner[order_id]), terms, due, self.now, self.now) is None

    @rule(target=redemptions, who=st.integers(0, 1), points=st.none() | st.integers(1, 150))
    def redeem(self, who: int, points: int | None) -> int:
        """So many points, or all there are."""
        who = self.holder(who)
        account, before = self.locked(who), Entry.objects.count()
        points = points or max(account.available, 1)
        posting = ledger.Posting(Kind.CLAWBACK, f"spend {next(numbers)}", self.now, points=-points)
        try:
            entry = ledger.spend(account, posting, self.now)
        except errors.InsufficientPoints:
            assert points > self.balances[who]
            assert Entry.objects.count() == before
            return 0
        assert points <= self.balances[who]
        self.balances[who] -= points
        self.spent[entry.pk] = (who, points)
        return entry.pk

    @rule(entry_id=redemptions)
    def cancel_redemption(self, entry_id: int) -> None:
        """All returns to the very lots it came from, unless a debt takes its part first."""
        if entry_id not in self.spent:
            return
        who, points = self.spent.pop(entry_id)
        who, spending = self.holder(who), Entry.objects.get(pk=entry_id)
        account = self.locked(who)
        debt, before = account.debt, dict(Lot.objects.values_list("pk", "remaining"))
        posting = ledger.Posting(Kind.EARNED, f"reverse {entry_id}", self.now, points=points)
        ledger.reverse(account, spending, posting, self.now)
        self.balances[who] += points
        if debt == 0:
            for use in spending.lot_uses.all():
                assert Lot.objects.get(pk=use.lot_id).remaining == before[use.lot_id] - use.points

    @rule(target=by_hand, who=st.integers(0, 1), points=st.integers(-100, 100).filter(bool), debt=st.booleans())
    def adjust(self, who: int, points: int, debt: bool) -> int:
        who = self.holder(who)
        posting = ledger.Posting(Kind.ADJUSTMENT, f"adjustment:{next(numbers)}", self.now, points)
        try:
            act = ledger.give if points > 0 else ledger.take if debt else ledger.spend
            entry = act(self.locked(who), posting, self.now)
        except errors.InsufficientPoints:
            assert not debt
            assert -points > self.balances[who]
            return 0
        self.balances[who] += points
        self.given[entry.pk] = (who, points)
        return entry.pk

    @rule(entry_id=by_hand)
    def undo_adjustment(self, entry_id: int) -> None:
        if entry_id in self.given:
            who, points = self.given.pop(entry_id)
            self.locked(who)
            adjustments.reverse(entry_id, "a mistake", "user:1", into_debt=True, now=clock.now())
            self.balances[self.holder(who)] -= points
            self.locked(who)  # what went back to lots that have ended goes
            adjustments.reverse(entry_id, "a mistake", "user:1", into_debt=True, now=clock.now())

    @rule(who=st.integers(0, 1), points=st.integers(1, 100))
    def points_of_before(self, who: int, points: int) -> None:
        """A backfill: an order that is awarded at once, and again by whoever comes second."""
        who, order_id = self.holder(who), f"past {next(numbers)}"
        terms = OrderTerms(
            order_id=order_id, order_number="1", account=self.locked(who), channel_id=INTO_DEBT, currency="USD",
            placed_at=NOW - timedelta(days=900), verdict="earns", terms={},
        )  # fmt: skip
        ledger.post_order(self.locked(who), terms, Due(0, points), self.now, self.now)
        known = OrderTerms.objects.get(order_id=order_id)
        assert ledger.post_order(self.locked(who), known, Due(0, points), self.now, self.now) is None
        self.due[order_id], self.kept[order_id], self.owner[order_id] = (0, points), 0, who
        self.balances[who] += points

    @rule(who=st.integers(0, 1), share=st.integers(2, 4), run=st.booleans())
    def some_points_end(self, who: int, share: int, run: bool) -> None:
        """Every so many-th open lot ends; the run writes it off, or whoever locks the account next."""
        account = self.locked(who)
        ending = list(Lot.objects.filter(account=account, remaining__gt=0).order_by("pk"))[::share]
        Lot.objects.filter(pk__in=[lot.pk for lot in ending]).update(expires_at=self.now - timedelta(hours=1))
        Account.objects.filter(pk=account.pk).update(next_expiry_at=self.now - timedelta(hours=1))
        if run:
            for number in {self.holder(0), self.holder(1)}:
                self.balances[number] -= self.ended(number)
            expiry.run(self.now)
            assert expiry.due_lots(self.now) == (0, 0)
        else:
            self.locked(who)

    @precondition(lambda self: len(self.owner) > 2)
    @rule(source=st.integers(0, 1))
    def merge(self, source: int) -> None:
        target = 1 - source
        if self.accounts[0].pk != self.accounts[1].pk:
            self.locked(0)
            self.locked(1)
            merging.merge(self.accounts[source].pk, self.accounts[target].pk, self.now, "user:1")
            self.accounts[source] = self.accounts[target]
            self.balances[target] += self.balances[source]
            self.balances[source] = 0
            self.merged_into = target

    @precondition(lambda self: len(self.owner) > 4)
    @rule(who=st.integers(0, 1))
    def erase(self, who: int) -> None:
        """The figures stay, and no order or redemption leads here any more; who comes back has a new account."""
        account = self.locked(who)
        totals = Account.objects.aggregate(Sum("available"), Sum("pending"), Sum("debt"))
        erasure.erase_account(account.pk, clock.now())
        assert Account.objects.aggregate(Sum("available"), Sum("pending"), Sum("debt")) == totals
        gone = {number for number in range(2) if self.accounts[number].pk == account.pk}
        for order_id in [order_id for order_id, owner in self.owner.items() if owner in gone]:
            del self.due[order_id], self.kept[order_id], self.owner[order_id]
        self.spent = {entry: held for entry, held in self.spent.items() if held[0] not in gone}
        self.given = {entry: held for entry, held in self.given.items() if held[0] not in gone}
        for number in gone:
            self.accounts[number], self.balances[number] = Account.objects.create(created_at=NOW), 0

    def holder(self, who: int) -> int:
        """Which of the two numbers stands for the account that holds what was this one's."""
        return self.merged_into if self.accounts[0].pk == self.accounts[1].pk else who

    def locked(self, who: int) -> Account:
        """The account, and with it the write-off of what has ended there."""
        number = self.holder(who)
        self.balances[number] -= self.ended(number)
        return accounts.lock(self.accounts[number].pk, self.now)

    def ended(self, number: int) -> int:
        """The points of an account that have ended and were not written off yet."""
        lots = Lot.objects.filter(account=self.accounts[number], remaining__gt=0, expires_at__lte=self.now)
        return sum(lots.values_list("remaining", flat=True))

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        for number in {self.holder(0), self.holder(1)}:
            account, balance = Account.objects.get(pk=self.accounts[number].pk), self.balances[number]
            mine = [order_id for order_id, owner in self.owner.items() if self.holder(owner) == number]
            assert account.pending == sum(max(0, self.due[one][0] - self.kept[one]) for one in mine)
            assert (account.available, account.debt) == (max(balance, 0), max(-balance, 0))
        for title, rows in invariants.broken(datetime.now(timezone.utc)):
            assert not rows, title


def agreed(channel_id: str, moment: datetime, now: datetime) -> Any:
    """The settings of a channel; here each is named after its policy for points that are to be taken back."""
    return SimpleNamespace(programme=SimpleNamespace(points_taken_back=channel_id, points_valid_months=0))


@pytest.mark.usefixtures("db")
def test_any_sequence_of_operations_leaves_the_books_right() -> None:
    with mock.patch.object(programmes, "agreed", agreed):
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )


@pytest.mark.parametrize("policy", POLICIES)
def test_the_machine_knows_each_policy(policy: str, db: Any) -> None:
    """What chance may not come to: an order is returned whose points were spent, and shipped again."""
    with mock.patch.object(programmes, "agreed", agreed):
        books = Books()
        order_id = books.order(who=0, policy=policy, earned=50)
        books.is_returned_after_all_was_spent(order_id=order_id)
        books.the_books_agree_with_the_model()
        books.becomes_due(order_id=order_id, pending=0, earned=50)
        books.the_books_agree_with_the_model()
        books.teardown()


def test_the_database_refuses_to_change_or_delete_an_entry(db: Any) -> None:
    account = Account.objects.create(created_at=NOW)
    terms = OrderTerms.objects.create(
        order_id="o", order_number="1", account=account, channel_id="1", currency="USD", placed_at=NOW,
        verdict="earns", terms={},
    )  # fmt: skip
    ledger.post_order(accounts.lock(account.pk, clock.now()), terms, Due(0, 10), NOW, NOW)
    for change in (lambda: Entry.objects.update(points=11), lambda: Entry.objects.all()._raw_delete("default")):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get().points == 10
