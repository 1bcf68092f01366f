"""Queries: what customers and staff may read of accounts, entries and orders."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from django.db.models import F, Q

from saleor_reciprocity import host
from saleor_reciprocity.settings import INTO_DEBT

from . import accounts
from .earning import clawback
from .earning.entitlement import entitlement
from .earning.terms import Terms
from .models import Account, Entry, Lot, OrderTerms


def maturing(now: datetime, account_id: int | None = None) -> list[str]:
    """The orders, of one account or of all, of which pending points have become available because time has passed."""
    due = OrderTerms.objects.filter(matures_at__lte=now).order_by("matures_at")
    if account_id is not None:
        due = due.filter(account_id=account_id)
    return list(due.values_list("order_id", flat=True))


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


def lots(account: Account, now: datetime, first: int = 20) -> list[Lot]:
    """What an account has to spend, by when it ends: the soonest first, what never ends last."""
    open_lots = Lot.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), account_id=account.pk, remaining__gt=0)
    return list(open_lots.order_by(F("expires_at").asc(nulls_last=True), "pk")[:first])


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
    return list(rows.filter(account__in=accounts.parts_of(terms.account)).order_by("version"))


def terms_of(order_ids: Iterable[str]) -> dict[str, OrderTerms]:
    """What was agreed and posted for orders, by order id; orders that were never looked at are missing."""
    return {terms.order_id: terms for terms in OrderTerms.objects.filter(order_id__in=list(order_ids))}
