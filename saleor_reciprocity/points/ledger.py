"""The ledger: the only writer of points.

Every function that writes wants to be called in a transaction and takes the account's row lock first, then the lots',
so writers of one account wait for each other and never deadlock. Each entry is numbered without gaps, carries the
balance after it and a source that is unique in the database: writing the same thing twice is impossible, not checked.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction

from saleor_reciprocity import errors, host, identity, programme, settings
from saleor_reciprocity.host.facts import Person

from . import expiry, merging
from .earning import clawback
from .earning.entitlement import Due
from .models import Account, Entry, Kind, LotUse, OrderTerms
from .posting import Posting, add_lot, look_at, take_from_lots, use, write

__all__ = [
    "Posting", "account_of", "give", "lock", "lock_account_of", "lock_both", "merge", "post_order", "reverse", "spend",
    "take",
]  # fmt: skip

merge = merging.merge


def account_of(person: Person, now: datetime) -> Account:
    """The account of a person, made where there is none.

    A guest's account goes to the first user who confirms its e-mail address; an unconfirmed user gets nothing of it.
    """
    own = Account.objects.filter(user_id=person.user_id).first() if person.user_id is not None else None
    if own is not None and _is_known(own, person):
        return own
    if person.user_id is not None and not host.hold_user(person.user_id):
        raise errors.NotFound
    email_hash = identity.email_hash(person.email) if person.email and _owns_address(person) else None
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


def _owns_address(person: Person) -> bool:
    return person.user_id is None or person.confirmed


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
        account = lock(account_of(person, now).pk, now)
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


def post_order(account: Account, terms: OrderTerms, due: Due, happened_at: datetime, now: datetime) -> Entry | None:
    """Post the difference between what is due for an order and what was posted for it, on a locked account.

    What is no longer due is taken back as far as the shop's policy says. New terms are stored, whether there is
    something to post or not, and so is when time alone will change them.
    """
    aim = _aim(account, terms, due)
    earned, pending, kept = aim.earned - terms.earned, aim.pending - terms.pending, aim.kept - terms.kept
    terms.earned, terms.pending, terms.kept = aim.earned, aim.pending, aim.kept
    if earned == 0 and pending == 0:
        if terms.pk is None or kept or terms.matures_at != due.matures_at:
            terms.matures_at = due.matures_at
            terms.save(update_fields=["kept", "matures_at"] if terms.pk else None)
        return None
    posting = Posting(
        kind=_kind_of(earned, pending),
        source=f"order:{terms.order_id}:{terms.postings + 1}",
        happened_at=happened_at,
        points=earned,
        pending=pending,
        order_id=terms.order_id,
        reason=f"#{terms.order_number}",
        channel_id=terms.channel_id,
        agreed_at=terms.agreed_at,
    )
    entry, into_lots = write(account, posting, now)
    if earned > 0:
        add_lot(account, entry, posting, entry.points, into_lots)
    elif into_lots:
        take_from_lots(entry, -into_lots, first_from_order=terms.order_id)
    terms.postings += 1
    terms.matures_at = due.matures_at
    terms.save(update_fields=["earned", "pending", "kept", "postings", "matures_at"] if terms.pk else None)
    return entry


def _aim(account: Account, terms: OrderTerms, due: Due) -> clawback.Posted:
    posted = clawback.Posted(terms.pending, terms.earned, terms.kept)
    policy = settings.INTO_DEBT
    if due.earned < terms.earned - terms.kept:
        agreed = programme.agreed(terms.channel_id, terms.agreed_at)
        policy = agreed.programme.points_taken_back if agreed is not None else policy
    return clawback.target(due, posted, account.available, policy)


def _kind_of(earned: int, pending: int) -> str:
    if earned > 0:
        return Kind.EARNED
    return Kind.CLAWBACK if earned + pending < 0 else Kind.PENDING


def spend(account: Account, posting: Posting, now: datetime) -> Entry:
    """Take available points from a locked account, the soonest to expire first. `posting.points` is negative.

    Raises InsufficientPoints when there are fewer; nothing is written then.
    """
    if -posting.points > account.available:
        raise errors.InsufficientPoints
    return take(account, posting, now)


def take(account: Account, posting: Posting, now: datetime) -> Entry:
    """Take points from a locked account, into debt where there are too few. `posting.points` is negative."""
    entry, into_lots = write(account, posting, now)
    take_from_lots(entry, -into_lots)
    return entry


def give(account: Account, posting: Posting, now: datetime) -> Entry:
    """Put points that no order earned on a locked account, in a lot of their own; a debt is repaid first."""
    entry, into_lots = write(account, posting, now)
    add_lot(account, entry, posting, entry.points, into_lots)
    return entry


def reverse(account: Account, spending: Entry, posting: Posting, now: datetime) -> Entry:
    """Return all that a spending took, on a locked account, to the very lots it came from; a debt is repaid first.

    `posting.points` is what the spending took, positive. A lot keeps its expiry: what goes back to one that has
    expired meanwhile is written off by the next look. What the spending took into debt, and was repaid since, comes
    back in a lot of its own.
    """
    entry, into_lots = write(account, posting, now)
    returned: dict[int, int] = {}
    for taken in sorted(spending.lot_uses.select_related("lot"), key=_last_to_expire_first):
        points = min(into_lots, -taken.points)
        if points:
            returned[taken.lot_id] = points
            look_at(account, taken.lot.expires_at)
            into_lots -= points
    use(entry, returned)
    if into_lots:
        add_lot(account, entry, posting, into_lots, into_lots)
    return entry


def _last_to_expire_first(taken: LotUse) -> tuple[bool, float]:
    expires_at = taken.lot.expires_at
    return (expires_at is not None, -expires_at.timestamp() if expires_at else 0)
