"""Two accounts of one person become one. Edge cases 12 and 45 of the engine's list."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from django.utils import timezone as clock

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.points import accounts, ledger, merging, queries
from saleor_reciprocity.points.models import Account, Entry, Kind, Lot, OrderTerms
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards.models import Reward

from .. import hosts

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def earned(buyer: Any, price: str) -> Any:
    order = hosts.order(buyer, [(price, 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def of(email: str) -> Account:
    return accounts.open_account(host.person_with_email(email), NOW)


def points(account: Account, number: int, kind: str = Kind.ADJUSTMENT) -> Entry:
    locked = accounts.lock(account.pk, clock.now())
    posting = ledger.Posting(kind, f"{kind} {account.pk} {number} {locked.version}", NOW, points=number)
    return ledger.give(locked, posting, NOW) if number > 0 else ledger.take(locked, posting, NOW)


@pytest.mark.parametrize(
    ("mine", "others", "available", "debt"),
    [(50, 30, 80, 0), (50, -30, 20, 0), (-30, 50, 20, 0), (-30, -20, 0, 50), (0, 7, 7, 0), (5, -5, 0, 0)],
)
def test_sums_are_preserved(mine: int, others: int, available: int, debt: int, db: Any) -> None:
    target, source = of("a@example.com"), of("b@example.com")
    for account, number in ((target, mine), (source, others)):
        if number:
            points(account, number)
    merged = merging.merge(source.pk, target.pk, NOW, "user:1")
    assert (merged.available, merged.debt) == (available, debt)
    source.refresh_from_db()
    assert (source.available, source.debt, source.merged_into_id) == (0, 0, target.pk)


def test_history_stays_and_leads_to_the_other_account(db: Any) -> None:
    target, source = of("a@example.com"), of("b@example.com")
    points(target, 10)
    points(source, 30)
    merging.merge(source.pk, target.pk, NOW, "user:1")
    assert [(entry.kind, entry.points) for entry in queries.entries(source, 9)] == [("merge", -30), ("adjustment", 30)]
    newest = queries.entries(target, 1)[0]
    assert (newest.kind, newest.points, newest.balance_after) == ("merge", 30, 40)
    assert (newest.reason, newest.actor) == (f"from {source.pk}", "user:1")
    assert list(accounts.parts_of(target).order_by("pk")) == [target, source]


def test_lots_keep_their_dates_and_a_reversal_finds_them(db: Any) -> None:
    target, source = of("a@example.com"), of("b@example.com")
    points(source, 30)
    spent = points(source, -20)
    lot = Lot.objects.get()
    merging.merge(source.pk, target.pk, NOW, "")
    back = ledger.Posting(Kind.ADJUSTMENT, "back", NOW, points=20)
    ledger.reverse(
        accounts.lock(source.pk, clock.now()), spent, back, NOW
    )  # leads to the account that holds the lot now
    lot.refresh_from_db()
    assert (lot.remaining, lot.account_id, lot.earned_at) == (30, target.pk, NOW)


def test_later_events_of_either_accounts_orders_count(programme_on: Any) -> None:
    order = earned("guest@example.com", "20")
    target = of("other@example.com")
    merging.merge(of("guest@example.com").pk, target.pk, NOW, "")
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    target.refresh_from_db()
    assert (target.available, target.debt) == (0, 0)
    assert OrderTerms.objects.get().account == target


def test_a_merged_account_is_found_by_its_address_at_the_other(db: Any) -> None:
    target, source = of("a@example.com"), of("b@example.com")
    Account.objects.filter(pk=target.pk).update(email_hash=None)
    merging.merge(source.pk, target.pk, NOW, "")
    assert of("b@example.com") == target


def test_merging_again_or_with_itself_is_refused(db: Any) -> None:
    target, source = of("a@example.com"), of("b@example.com")
    with pytest.raises(errors.Invalid):
        merging.merge(source.pk, source.pk, NOW, "")
    merging.merge(source.pk, target.pk, NOW, "")
    for pair in ((source, target), (target, source)):
        with pytest.raises(errors.NotFound):
            merging.merge(pair[0].pk, pair[1].pk, NOW, "")


def test_a_chain_of_mergers_leads_to_the_last(db: Any) -> None:
    first, second, third = of("a@example.com"), of("b@example.com"), of("c@example.com")
    points(first, 5)
    merging.merge(first.pk, second.pk, NOW, "")
    merging.merge(second.pk, third.pk, NOW, "")
    assert accounts.lock(first.pk, clock.now()).pk == third.pk
    assert accounts.lock(first.pk, clock.now()).available == 5


def test_an_unconfirmed_users_points_and_the_guests_meet_on_confirmation(programme_on: Any) -> None:
    earned("ada@example.com", "20")
    user = hosts.customer("ada@example.com", confirmed=False)
    own = accounts.open_account(Person(user.pk, user.email, confirmed=False), NOW)
    points(own, 5)
    assert Account.objects.count() == 2, "nothing of the guest's before the address is proved"

    confirmed = Person(user.pk, user.email, confirmed=True)
    account = accounts.lock_account_of(confirmed, NOW)
    assert (account.pk, account.available) == (own.pk, 25)
    assert accounts.lock_account_of(confirmed, NOW).available == 25, "credited once"
    assert of("ada@example.com") == account


def test_a_guests_order_that_finds_its_user_moves_all_the_guest_had(programme_on: Any, settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
    order = earned("ada@example.com", "20")
    user = hosts.customer("ada@example.com")
    own = accounts.open_account(Person(user.pk, user.email, confirmed=False), NOW)
    type(order).objects.filter(pk=order.pk).update(user=user)
    settlement.settle(host.order_id(order))
    own.refresh_from_db()
    assert own.available == 20


def test_redemptions_of_a_merged_account_can_be_given_back_by_the_person(programme_on: Any, customer: Any) -> None:
    earned(customer, "60")
    made = redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=clock.now())
    source = Account.objects.get()
    other = hosts.customer("other@example.com")
    target = accounts.open_account(host.person(other), NOW)
    merging.merge(source.pk, target.pk, NOW, "staff")
    closing.cancel(made.pk, f"user:{other.pk}", other.pk, now=clock.now())
    target.refresh_from_db()
    assert target.available == 60
