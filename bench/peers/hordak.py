"""django-hordak: double entry; a balance is the sum of an account's legs, computed by a function in the database.

It has no check of its own against taking too much: as its users do, lock the account's row, ask for the balance, then
transfer, in one transaction. It has no key against doing the same twice.
"""

from __future__ import annotations

from typing import Callable

from django.db import transaction

from . import PRICE, RICH
from .django_project import migrate, open_project

open_project("mptt", "hordak")

from hordak.models import Account, AccountType  # noqa: E402 - after Django is set up
from moneyed import Money  # noqa: E402


def prepare(accounts: int) -> None:
    migrate()
    spent = Account.objects.create(name="spent", type=AccountType.expense, currencies=["EUR"])
    for number in range(accounts):
        account = Account.objects.create(name=str(number), type=AccountType.liability, currencies=["EUR"])
        account.transfer_to(spent, Money(RICH, "EUR"))


def debit_of(account: int) -> Callable[[], None]:
    spent = Account.objects.get(name="spent")
    price = Money(PRICE, "EUR")

    def take() -> None:
        with transaction.atomic():
            Account.objects.select_for_update().get(name=str(account))
            mine = Account.objects.with_balances().get(name=str(account))
            if mine.balance["EUR"] < price:
                raise AssertionError("too few")
            spent.transfer_to(mine, price)

    return take
