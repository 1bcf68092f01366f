"""Accounts: whose points are whose. An account is found, opened, locked, and merged with another of the same person.

Whoever writes points wants the account locked: the user first, as whoever deletes one does, then accounts by id.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum

from saleor_reciprocity import errors, host, identity
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.locking import locking

from . import expiry, merging
from .models import Account, Lot


def account_of(person: Person, now: datetime) -> Account | None:
    """The account of a person, or None before the first points. A confirmed user also sees the guest's account.

    What has expired is not among the available points, whether it was written off already or not. For reading only.
    """
    account = _account_of(person)
    if account is not None and account.next_expiry_at is not None and account.next_expiry_at <= now:
        account.available -= expired(account, now)
    return account


def _account_of(person: Person) -> Account | None:
    own = Account.objects.filter(user_id=person.user_id).first() if person.user_id is not None else None
    if own is not None or not person.email:
        return own
    found = Account.objects.filter(email_hash=identity.email_hash(person.email))
    if person.user_id is None:
        return found.first()
    return found.filter(user=None).first() if person.confirmed else None


def expired(account: Account, now: datetime) -> int:
    """The points of an account that have expired and were not written off yet."""
    ended = Lot.objects.filter(account_id=account.pk, remaining__gt=0, expires_at__lte=now)
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


def open_account(person: Person, now: datetime) -> Account:
    """The account of a person, made where there is none.

    A guest's account goes to the first user who confirms its e-mail address; an unconfirmed user gets nothing of it.
    """
    own = Account.objects.filter(user_id=person.user_id).first() if person.user_id is not None else None
    if own is not None and _is_known(own, person):
        return own
    if person.user_id is not None and not host.hold_user(person.user_id):
        raise errors.NotFound
    email_hash = identity.email_hash(person.email) if person.email and person.owns_address else None
    for _attempt in range(3):
        account = _find(person.user_id, email_hash, now)
        if account is not None:
            return account
        try:
            with transaction.atomic():
                has_user = person.user_id is not None
                return Account.objects.create(
                    user_id=person.user_id, email_hash=email_hash, created_at=now, had_user=has_user
                )
        except IntegrityError:  # another request made it, or holds the address: look again, then without the address
            if person.user_id is not None and Account.objects.filter(email_hash=email_hash).exists():
                email_hash = None
    raise errors.Busy


def _is_known(own: Account, person: Person) -> bool:
    """Whether nothing is left to find out about a user's account: the everyday case."""
    return own.email_hash is not None or not person.confirmed


def _find(user_id: int | None, email_hash: str | None, now: datetime) -> Account | None:
    account = Account.objects.filter(user_id=user_id).first() if user_id is not None else None
    if account is not None:
        return account if email_hash is None else merging.with_address(account, email_hash, now)
    if email_hash is None:
        return None
    account = Account.objects.filter(email_hash=email_hash).first()
    if account is None or user_id is None:
        return account
    changes = {"user_id": user_id, "had_user": True, "user_deleted_at": None}
    with suppress(IntegrityError), transaction.atomic():  # the user has got another account meanwhile
        Account.objects.filter(pk=account.pk, user=None, email_hash=email_hash).update(**changes)
    return Account.objects.filter(user_id=user_id).first()


# The user first, as whoever deletes one does.
_LOCK_OF_USER = f"""
SELECT a.* FROM reciprocity_account a JOIN {host.USERS} u ON u.id = a.user_id WHERE u.id = %s
FOR KEY SHARE OF u FOR UPDATE OF a
"""  # noqa: S608 - a constant


def lock_account_of(person: Person, now: datetime) -> Account:
    """The account of a person, made where there is none, locked until the end of the transaction.

    What has expired there is written off: `available` can be spent.
    """
    own = next(iter(Account.objects.raw(_LOCK_OF_USER, [person.user_id])), None) if person.user_id is not None else None
    if own is not None and _is_known(own, person):
        return _without_expired(own, now)
    for _attempt in range(3):
        account = lock(open_account(person, now).pk, now)
        if account.erased_at is None:
            return account
    raise errors.Busy


# Neither without its user, whom a letter may name, nor with its parts, which an erasure changes.
_LOCK = f"""
WITH whole AS (SELECT coalesce(merged_into_id, id) AS id FROM reciprocity_account WHERE id = %s),
held AS (
  SELECT u.id FROM reciprocity_account a JOIN {host.USERS} u ON u.id = a.user_id
  WHERE a.id = (SELECT id FROM whole) FOR KEY SHARE OF u)
SELECT a.* FROM reciprocity_account a WHERE (SELECT count(*) FROM held) >= 0 AND a.id = (SELECT id FROM whole)
FOR UPDATE OF a
"""  # noqa: S608 - a constant


def lock(account_id: int, now: datetime) -> Account:
    """The account, or what it was merged into, locked until the end of the transaction, its expired points gone."""
    account = next(iter(Account.objects.raw(_LOCK + " SKIP LOCKED", [account_id])), None)
    while account is None or account.merged_into_id is not None:
        with transaction.atomic():  # what was merged while this waited is let go of
            account = Account.objects.raw(_LOCK, [account_id])[0]
            transaction.set_rollback(account.merged_into_id is not None)
    return _without_expired(account, now)


def lock_both(one_id: int, other_id: int, now: datetime) -> tuple[Account, Account]:
    """Two accounts, locked by id, so that whoever locks the same two waits instead of deadlocking."""
    locked = {account_id: lock(account_id, now) for account_id in sorted({one_id, other_id})}
    return locked[one_id], locked[other_id]


def _without_expired(account: Account, now: datetime) -> Account:
    if account.next_expiry_at is not None and account.next_expiry_at <= now:
        expiry.write_off([account.pk], now)
        account.refresh_from_db()
    return account


def merge_people(source: Person, target: Person, actor: str, now: datetime) -> Account:
    """Merge the account of one person into that of another, for staff.

    Raises NotFound where the former has none, or Busy. Nothing is merged then.
    """
    ends = account_of(source, now)
    if ends is None:
        raise errors.NotFound(field="fromUserId" if source.user_id else "fromEmail")
    with locking():  # made, and let go of, before both are locked in their order
        stays = open_account(target, now)
    with locking():
        return merging.merge(ends.pk, stays.pk, now, actor)
