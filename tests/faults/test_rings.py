"""Nobody waits in a ring for accounts: what holds one asks for no other, and a request that waits too long says so."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any, Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import backfill, errors, host, people, settlement
from saleor_reciprocity.points import accounts, adjustments
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points.models import Account, Entry, Lot

from .. import hosts, turns
from ..surprises.shop import campaign
from ..surveys.shop import ago
from .crowd import SECONDS, at_once, interrupted

ADA, EVE = host.person_with_email("guest-a@example.com"), host.person_with_email("guest-b@example.com")


def given(person: Any, number: int) -> Entry:
    return adjustments.adjust(person, number, "why", "", f"{person.email} {number}", timezone.now())


def transaction_now() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        return int(cursor.fetchone()[0])


def test_each_domain_settles_each_reported_order_in_a_transaction_of_its_own(
    transactional_db: Any, programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    seen: list[tuple[str, str, int]] = []

    def settle(name: str, order_id: str, *_args: Any) -> None:
        seen.append((name, order_id, transaction_now()))

    domains = [settlement.Domain(name, partial(settle, name)) for name in ("points", "surprises")]
    monkeypatch.setattr(settlement, "DOMAINS", domains)
    one, other = (host.order_id(hosts.order(customer, [("10", 1)])) for _number in range(2))
    settlement.settle_after_commit(lambda: [one, other])
    assert [(name, order_id) for name, order_id, _transaction in seen] == [
        ("points", one), ("surprises", one), ("points", other), ("surprises", other),
    ]  # fmt: skip
    assert len({transaction_id for *_rest, transaction_id in seen}) == 4


def test_a_customer_is_deleted_while_an_order_of_theirs_is_settled_again_in_line(
    transactional_db: Any, programme_on: Any, customer: Any, settings: Any, caplog: Any
) -> None:
    """The account was held for the points, when the gift asked for the user."""
    settings.RECIPROCITY_HOOK_SECONDS = 60
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    order = hosts.order(customer, [("40", 1)])
    turns.settle(points, host.order_id(order), timezone.now())
    hosts.ship(order)

    def delete() -> None:
        with transaction.atomic():
            customer.delete()

    report = partial(settlement.settle_after_commit, lambda: [host.order_id(order)])
    assert interrupted(report, "\nFOR KEY SHARE OF u FOR UPDATE OF a", delete) == [None, None]
    assert "OperationalError" not in caplog.text
    assert (Account.objects.get().user_id, Account.objects.get().available) == (None, 40)


def test_a_guests_order_finds_its_user_while_staff_merge_the_accounts(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    """The account of the order was held, when the user claimed the account of the address."""
    address = host.person_with_email(customer.email)
    given(address, 5)
    order = hosts.order(ADA.email, [("10", 1)])
    settlement.settle(host.order_id(order))
    order.user, order.user_email = customer, customer.email
    order.save()
    results = interrupted(
        partial(settlement.settle, host.order_id(order)),
        'UPDATE "reciprocity_account" SET "user_id"',
        partial(accounts.merge_people, ADA, address, "", timezone.now()),
    )
    assert [type(result) for result in results] == [type(None), Account]
    left = Account.objects.get(merged_into=None)
    assert (left.user_id, left.available, left.pending) == (customer.pk, 5, 10)


def merged(customer: Any) -> None:
    accounts.merge_people(EVE, host.person(customer), "", timezone.now())


def moved(customer: Any) -> None:
    people.look(timezone.now(), thoroughly=True)


def awarded(customer: Any) -> None:
    channel = host.channels()[0]
    past = backfill.past_orders(channel, timezone.now() - timedelta(days=400), backfill.begins(channel, None))
    backfill.run(channel, past, timezone.now())


@pytest.mark.parametrize(
    ("do", "moment", "left"),
    [
        (merged, 'UPDATE "reciprocity_account" SET "email_hash"', (12, 0)),
        (moved, 'UPDATE "reciprocity_account" SET "email_hash"', (12, 0)),
        (awarded, "CREATE TEMP TABLE", (40, 0)),
    ],
    ids=["merged", "moved", "awarded"],
)
def test_a_customer_is_deleted_while_the_account_is_written_twice(
    do: Callable[[Any], None],
    moment: str,
    left: tuple[int, int],
    transactional_db: Any,
    programme_on: Any,
    customer: Any,
) -> None:
    """Whoever writes it twice is asked for the user at the commit, which the deletion held."""
    given(host.person(customer), 7)
    if do is awarded:
        Lot.objects.update(expires_at=timezone.now())
        Account.objects.update(next_expiry_at=timezone.now())
        hosts.ship_at(hosts.order(customer, [("40", 1)], placed_at=timezone.now() - timedelta(days=90)), ago(80))
    else:
        given(EVE, 5)
    if do is moved:
        customer.email = EVE.email
        customer.save()

    def delete() -> None:
        with transaction.atomic():
            customer.delete()

    assert interrupted(partial(do, customer), moment, delete) == [None, None]
    account = Account.objects.get(merged_into=None)
    assert (account.user_id, account.available, account.debt) == (None, *left)


def test_what_leads_to_an_account_is_not_held_with_it(transactional_db: Any) -> None:
    """An erasure holds the account, and changes then what was merged into it."""
    part, whole = given(ADA, 10).account, given(EVE, 5).account
    accounts.merge_people(ADA, EVE, "", timezone.now())
    held, through = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=part.pk)
            held.set()
            assert through.wait(SECONDS), "it waited"

    def lock() -> tuple[int, int]:
        held.wait(SECONDS)
        with transaction.atomic():
            account = accounts.lock(part.pk, timezone.now())
        through.set()
        return account.pk, account.available

    assert at_once(2, lambda number: (hold, lock)[number]()) == [None, (whole.pk, 15)]


DOORS: dict[str, Callable[[Entry], Any]] = {
    "adjust": lambda entry: given(EVE, 7),
    "undo": lambda entry: adjustments.reverse(entry.pk, "why", "", timezone.now()),
    "merge": lambda entry: accounts.merge_people(ADA, EVE, "", timezone.now()),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_staff_do_to_a_busy_account_is_refused_in_time(door: str, transactional_db: Any, settings: Any) -> None:
    settings.RECIPROCITY_WAIT_SECONDS = 0.2
    given(ADA, 10)
    entry = given(EVE, 5)
    held, through = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=entry.account_id)
            held.set()
            assert through.wait(SECONDS), "it waited"

    def do() -> Any:
        held.wait(SECONDS)
        try:
            return DOORS[door](entry)
        finally:
            through.set()

    results = at_once(2, lambda number: (hold, do)[number]())
    assert [type(result) for result in results] == [type(None), errors.Busy]
    assert sorted(Account.objects.values_list("available", flat=True)) == [5, 10]
