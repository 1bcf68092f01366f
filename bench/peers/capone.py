"""capone: double entry, with a stored balance for each ledger and piece of evidence, here the customer.

Writing locks both ledgers of a transaction, so each customer has two, for all not to wait for each other. It has no
check of its own against taking too much: lock the ledger, read the stored balance, then write, in one transaction. It
has no key against doing the same twice. Its wheel names psycopg2, which is built from source; here it is the binary.
"""

from __future__ import annotations

from typing import Callable

from django.db import transaction
from django.utils import timezone

from . import PRICE, RICH
from .django_project import migrate, open_project

open_project("capone")

from capone.api.actions import create_transaction, credit, debit  # noqa: E402 - after Django is set up
from capone.models import Ledger, LedgerBalance, LedgerEntry  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402


def prepare(accounts: int) -> None:
    migrate()
    for number in range(accounts):
        user = User.objects.create(username=str(number))
        points, spent = (
            Ledger.objects.create(name=f"{name} {number}", number=10 * number + place, increased_by_debits=False)
            for place, name in enumerate(("points", "spent"))
        )
        _write(user, spent, points, RICH)


def _write(user: User, giver: Ledger, taker: Ledger, amount: int) -> None:
    entries = [LedgerEntry(ledger=giver, amount=credit(amount)), LedgerEntry(ledger=taker, amount=debit(amount))]
    create_transaction(user, evidence=[user], ledger_entries=entries, posted_timestamp=timezone.now())


def debit_of(account: int) -> Callable[[], None]:
    user = User.objects.get(username=str(account))
    spent = Ledger.objects.get(name=f"spent {account}")

    def take() -> None:
        with transaction.atomic():
            points = Ledger.objects.select_for_update().get(name=f"points {account}")
            if LedgerBalance.objects.get(ledger=points, related_object_id=user.pk).balance < PRICE:
                raise AssertionError("too few")
            _write(user, points, spent, PRICE)

    return take
