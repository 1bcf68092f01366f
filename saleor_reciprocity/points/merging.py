"""Merging: makes two accounts of one person one. Sums are preserved, and the history stays where it was written.

The lots and the orders of the account that ends move as they are, with their dates; its balance and pending points move
by an entry on either side. It stays as an empty account that leads to the other.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host

from . import expiry
from .models import Account, Kind, Lot, OrderTerms
from .posting import Posting, write


def with_address(account: Account, email_hash: str, now: datetime) -> Account:
    """A user's account, now also known by an address that the user has proved: a guest's account there is merged in.

    Another user's account keeps its address. An account that somebody else is changing is left for the next look.
    """
    if account.email_hash is not None:
        return account
    other = Account.objects.filter(email_hash=email_hash).first()
    if other is None:
        _take_address_if_free(account, email_hash)
    elif other.user_id is None:
        _merge_if_free(other, account, email_hash, now)
    return Account.objects.get(pk=account.pk)


def prove_address(account: Account, email_hash: str, now: datetime) -> None:
    """Move a user's account to the address that the user has proved, which is another than the one it is known by."""
    with transaction.atomic():
        hold_users_of([account.pk])
        other = Account.objects.filter(email_hash=email_hash).exclude(pk=account.pk).first()
        if other is None:
            _take_address_if_free(account, email_hash)
        elif other.user_id is None:
            _merge_if_free(other, account, email_hash, now)


def _take_address_if_free(account: Account, email_hash: str) -> None:
    """Let an account be known by an address, unless somebody holds it, or another has got the address meanwhile."""
    as_seen = {"pk": account.pk, "user_id": account.user_id, "email_hash": account.email_hash, "erased_at": None}
    with suppress(IntegrityError), transaction.atomic():
        free = Account.objects.select_for_update(skip_locked=True).filter(**as_seen)
        Account.objects.filter(pk__in=[found.pk for found in free]).update(email_hash=email_hash)


def _merge_if_free(source: Account, target: Account, email_hash: str, now: datetime) -> None:
    """Merge two accounts unless somebody holds one of them: nobody waits here, as the caller may hold another."""
    with transaction.atomic():
        found = Account.objects.select_for_update(skip_locked=True).filter(pk__in=[source.pk, target.pk])
        locked = {account.pk: account for account in found.order_by("pk")}
        if len(locked) == 2 and locked[source.pk].user_id is None and locked[source.pk].email_hash == email_hash:
            _merge(locked[source.pk], locked[target.pk], now, "", email_hash)


def merge(source_id: int, target_id: int, now: datetime, actor: str) -> Account:
    """Merge one account into another, for staff. Returns the latter, locked.

    Raises NotFound for an account that was merged or erased, and Invalid for an account and itself.
    """
    if source_id == target_id:
        raise errors.Invalid(_("These are the same account."))
    hold_users_of([source_id, target_id])
    found = Account.objects.select_for_update().filter(pk__in=[source_id, target_id], merged_into=None, erased_at=None)
    locked = {account.pk: account for account in found.order_by("pk")}
    if len(locked) < 2:
        raise errors.NotFound
    source, target = locked[source_id], locked[target_id]
    _merge(source, target, now, actor, target.email_hash or source.email_hash)
    return target


def hold_users_of(account_ids: Iterable[int]) -> None:
    """Hold the users of accounts, before these are locked.

    A transaction that writes an account twice asks for its user when it commits, as if it had written a new row.
    """
    found = Account.objects.filter(pk__in=list(account_ids), user__isnull=False)
    host.hold_users(found.values_list("user_id", flat=True))


def _merge(source: Account, target: Account, now: datetime, actor: str, email_hash: str | None) -> None:
    expiry.write_off([source.pk, target.pk], now)
    source.refresh_from_db()
    target.refresh_from_db()
    in_lots = source.available + target.available
    points, pending = source.balance, source.pending
    Lot.objects.filter(account_id=source.pk).update(account_id=target.pk)
    OrderTerms.objects.filter(account_id=source.pk).update(account_id=target.pk)
    if points or pending:
        pair = f"{source.pk}:{target.pk}"
        leaves = Posting(Kind.MERGE, f"merged from:{pair}", now, -points, -pending, "", f"to {target.pk}", actor)
        arrives = Posting(Kind.MERGE, f"merged into:{pair}", now, points, pending, "", f"from {source.pk}", actor)
        write(source, leaves, now, in_lots=0)
        write(target, arrives, now, in_lots=in_lots)
    Account.objects.filter(merged_into_id=source.pk).update(merged_into_id=target.pk)
    next_expiry_at = source.next_expiry_at
    source.merged_into_id, source.user_id, source.email_hash, source.next_expiry_at = target.pk, None, None, None
    source.had_user = False
    source.save(update_fields=["merged_into", "user", "email_hash", "next_expiry_at", "had_user"])
    target.email_hash = email_hash
    target.next_expiry_at = min(filter(None, (next_expiry_at, target.next_expiry_at)), default=None)
    target.save(update_fields=["email_hash", "next_expiry_at"])
