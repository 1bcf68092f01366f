"""Queries: what customers and staff may read of accounts, entries and orders."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from saleor_reciprocity import host, identity
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.settings import INTO_DEBT

from .earning import clawback
from .earning.entitlement import entitlement
from .earning.terms import Terms
from .models import Account, Entry, Lot, OrderTerms
from .orders import maturing


def account_of(person: Person) -> Account | None:
    """The account of a person, or None before the first points. A confirmed user also sees the guest's account.

    What has expired is not among the available points, whether it was written off already or not. For reading only.
    """
    account = _account_of(person)
    if account is not None and account.next_expiry_at is not None and account.next_expiry_at <= timezone.now():
        account.available -= expired(account)
    return account


def expired(account: Account) -> int:
    """The points of an account that have expired and were not written off yet."""
    ended = Lot.objects.filter(account_id=account.pk, remaining__gt=0, expires_at__lte=timezone.now())
    return ended.aggregate(points=Sum("remaining"))["points"] or 0


def parts_of(account: Account) -> QuerySet:
    """The account with those that were merged into it: what was written on any of them is the same person's."""
    return Account.objects.filter(Q(pk=account.pk) | Q(merged_into_id=account.pk))


def accounts_of_person(account: Account, person: Person) -> list[int]:
    """The ids of all accounts of whoever has this one: its own first, its parts, and those of the same address.

    Whoever registers the address again, in another spelling, has another account and is no other person.
    """
    users = host.users_at(person.email) if person.email else []
    same = Q(pk=account.pk) | Q(user_id__in=users)
    if person.email:
        same |= Q(email_hash=identity.email_hash(person.email))
    owners = list(Account.objects.filter(same).values_list("pk", flat=True))
    parts = Account.objects.filter(merged_into_id__in=owners).values_list("pk", flat=True)
    return [account.pk, *({*owners, *parts} - {account.pk})]


def _account_of(person: Person) -> Account | None:
    own = Account.objects.filter(user_id=person.user_id).first() if person.user_id is not None else None
    if own is not None or not person.email:
        return own
    found = Account.objects.filter(email_hash=identity.email_hash(person.email))
    if person.user_id is None:
        return found.first()
    return found.filter(user=None).first() if person.confirmed else None


def as_of(account: Account, now: datetime) -> Account:
    """An account as it will be once somebody settles what time alone has made available. Nothing is written."""
    for order_id in maturing(now, account.pk) if account.pending else ():
        order, terms = host.order(order_id), OrderTerms.objects.get(order_id=order_id)
        due = entitlement(order, Terms.from_json(terms.terms), now) if order else None
        if due is not None:
            posted = clawback.Posted(terms.pending, terms.earned, terms.kept)
            aim = clawback.target(due, posted, account.available, INTO_DEBT)
            balance = account.balance + aim.earned - terms.earned
            account.available, account.debt = max(balance, 0), max(-balance, 0)
            account.pending += aim.pending - terms.pending
    return account


def entries(account: Account, first: int, before_version: int | None = None) -> list[Entry]:
    """The newest entries of an account, at most `first`, older than `before_version`. One index range, at any size."""
    rows = Entry.objects.filter(account_id=account.pk)
    if before_version is not None:
        rows = rows.filter(version__lt=before_version)
    return list(rows.order_by("-version")[:first])


def entries_of_order(terms: OrderTerms) -> list[Entry]:
    """Every entry that an order's own points are in, the oldest first, in the account that has them."""
    if terms.account is None:
        return []
    rows = Entry.objects.filter(order_id=terms.order_id, source__startswith=f"order:{terms.order_id}:")
    return list(rows.filter(account__in=parts_of(terms.account)).order_by("version"))


def terms_of(order_ids: Iterable[str]) -> dict[str, OrderTerms]:
    """What was agreed and posted for orders, by order id; orders that were never looked at are missing."""
    return {terms.order_id: terms for terms in OrderTerms.objects.filter(order_id__in=list(order_ids))}
