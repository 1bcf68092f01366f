"""Killed at every statement while points expire, accounts merge, people are erased, staff adjust: all or nothing.

Edge cases 37, 40, 43 and 45 of the engine's list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from saleor_reciprocity import erasure, errors, host
from saleor_reciprocity.points import adjustment_files, adjustments, expiry, merging
from saleor_reciprocity.points.models import Account, Entry, Lot

from .crowd import at_once
from .killing import shop_is_right, until_it_survives


def given(email: str, points: int) -> Account:
    key = f"{email} {points}"
    return adjustments.adjust(host.person_with_email(email), points, "why", "", key, now=timezone.now()).account


def ended(*accounts: Account) -> None:
    """Let all lots of accounts have ended."""
    past = timezone.now() - timedelta(days=1)
    for account in accounts:
        Lot.objects.filter(account=account).update(expires_at=past)
        Account.objects.filter(pk=account.pk).update(next_expiry_at=past)


def test_a_write_off_killed_anywhere_is_finished_by_the_next(transactional_db: Any) -> None:
    ended(*[given(f"{number}@example.com", 10) for number in range(4)])
    until_it_survives(lambda: expiry.run(timezone.now(), batch=2), shop_is_right)
    expiry.run(timezone.now())
    shop_is_right()
    assert Entry.objects.filter(kind="expired").count() == 4
    assert set(Account.objects.values_list("available", flat=True)) == {0}


def test_a_merger_is_all_or_nothing(transactional_db: Any) -> None:
    target, source = given("a@example.com", 10), given("b@example.com", 5)

    def nothing_happened() -> None:
        assert sorted(Account.objects.values_list("available", flat=True)) == [5, 10]
        shop_is_right()

    def merge() -> None:
        from django.db import transaction

        with transaction.atomic():
            merging.merge(source.pk, target.pk, timezone.now(), "")

    until_it_survives(merge, nothing_happened)
    assert sorted(Account.objects.values_list("available", flat=True)) == [0, 15]


def test_an_erasure_is_all_or_nothing(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    adjustments.adjust(host.person(customer), 10, "a reason", "user:1", "k", now=timezone.now())

    def nothing_happened() -> None:
        assert Account.objects.get().user == customer
        assert Entry.objects.get().reason == "a reason"
        shop_is_right()

    until_it_survives(lambda: erasure.erase(host.person(customer), timezone.now()), nothing_happened)
    assert (Account.objects.get().user, Entry.objects.get().reason) == (None, "")


def test_an_adjustment_is_all_or_nothing(transactional_db: Any) -> None:
    def nothing_happened() -> None:
        assert Entry.objects.count() == 0
        shop_is_right()

    until_it_survives(lambda: given("a@example.com", 10), nothing_happened)
    assert Account.objects.get().available == 10


def test_a_run_and_sixteen_spendings_meet_on_one_lot(transactional_db: Any) -> None:
    account = given("a@example.com", 100)
    ended(account)

    def act(number: int) -> Any:
        if number % 4 == 0:
            return expiry.run(timezone.now())
        return adjustments.adjust(
            host.person_with_email("a@example.com"), -10, "spent", "", f"spend {number}", now=timezone.now()
        )

    results = at_once(16, act)
    assert sum(isinstance(result, errors.InsufficientPoints) for result in results) == 12
    assert [(entry.kind, entry.points) for entry in Entry.objects.filter(points__lt=0)] == [("expired", -100)]


def test_mergers_of_the_same_pair_in_both_directions_at_once(transactional_db: Any) -> None:
    first, second = given("a@example.com", 10), given("b@example.com", 5)

    def merge(number: int) -> Any:
        from django.db import transaction

        pair = (first.pk, second.pk) if number % 2 else (second.pk, first.pk)
        with transaction.atomic():
            return merging.merge(*pair, timezone.now(), "")

    results = at_once(8, merge)
    assert sum(isinstance(result, Account) for result in results) == 1
    assert sum(isinstance(result, errors.NotFound) for result in results) == 7
    assert sorted(Account.objects.values_list("available", flat=True)) == [0, 15]


def test_one_adjustment_sent_by_sixteen_at_once_is_one_entry(transactional_db: Any) -> None:
    at_once(16, lambda number: given("a@example.com", 10))
    assert Entry.objects.count() == 1


def test_a_file_killed_anywhere_is_finished_by_sending_it_again(transactional_db: Any) -> None:
    """Each row is all or nothing, and what was done before is not done twice."""
    content = "email,points,reason\na@example.com,10,why\nb@example.com,20,why\na@example.com,-4,why\n"
    rows = adjustment_files.read(content)
    until_it_survives(lambda: list(adjustment_files.apply(rows, "user:1", timezone.now())), shop_is_right)
    assert [(entry.points, entry.actor) for entry in Entry.objects.order_by("pk")] == [
        (10, "user:1"),
        (20, "user:1"),
        (-4, "user:1"),
    ]
    assert {report.status for report in adjustment_files.apply(rows, "user:1", timezone.now())} == {
        adjustment_files.BEFORE
    }
