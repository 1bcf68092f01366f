"""The ledger: the only writer of points.

Every function that writes wants to be called in a transaction and takes the account's row lock first, then the lots',
so writers of one account wait for each other and never deadlock. Each entry is numbered without gaps, carries the
balance after it and a source that is unique in the database: writing the same thing twice is impossible, not checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from saleor_reciprocity import errors, identity
from saleor_reciprocity.host.facts import Person

from . import lots
from .entitlement import Due
from .models import Account, Entry, Kind, Lot, LotUse, OrderTerms


@dataclass(frozen=True)
class Posting:
    """One change of an account: what it does to balance and pending points, and what it is about."""

    kind: str
    source: str
    happened_at: datetime
    points: int = 0
    pending: int = 0
    order_id: str = ""
    reason: str = ""
    actor: str = ""


def account_of(person: Person, now: datetime) -> Account:
    """The account of a person, made where there is none.

    A guest's account goes to the first user who confirms its e-mail address; an unconfirmed user gets nothing of it.
    """
    known = _known_to_user(person, Account.objects.all())
    if known is not None:
        return known
    email_hash = identity.email_hash(person.email) if person.email and _owns_address(person) else None
    for _attempt in range(3):
        account = _find(person.user_id, email_hash)
        if account is not None:
            return account
        try:
            with transaction.atomic():
                return Account.objects.create(user_id=person.user_id, email_hash=email_hash, created_at=now)
        except IntegrityError:  # another request made it, or holds the address: look again, then without the address
            if person.user_id is not None and _find(None, email_hash) is not None:
                email_hash = None
    raise errors.Busy


def _known_to_user(person: Person, accounts: QuerySet) -> Account | None:
    """The account of a user for whom nothing is left to find out: the everyday case."""
    if person.user_id is None:
        return None
    account = accounts.filter(user_id=person.user_id).first()
    settled = account is not None and (account.email_hash is not None or not person.confirmed)
    return account if settled else None


def _owns_address(person: Person) -> bool:
    return person.user_id is None or person.confirmed


def _find(user_id: int | None, email_hash: str | None) -> Account | None:
    account = Account.objects.filter(user_id=user_id).first() if user_id is not None else None
    if account is not None or email_hash is None:
        return _with_address(account, email_hash)
    account = Account.objects.filter(email_hash=email_hash).first()
    if account is None or user_id is None:
        return account
    claimed = Account.objects.filter(pk=account.pk, user=None).update(user_id=user_id)
    return Account.objects.get(pk=account.pk) if claimed else None


def _with_address(account: Account | None, email_hash: str | None) -> Account | None:
    """The account, now also known by an address that its user has since confirmed, unless another one has it."""
    unknown = account is not None and account.email_hash is None and email_hash is not None
    if account is not None and unknown and not Account.objects.filter(email_hash=email_hash).exists():
        Account.objects.filter(pk=account.pk, email_hash=None).update(email_hash=email_hash)
    return account


def lock_account_of(person: Person, now: datetime) -> Account:
    """The account of a person, made where there is none, locked until the end of the transaction."""
    known = _known_to_user(person, Account.objects.select_for_update())
    return known or lock(account_of(person, now).pk)


def lock(account_id: int) -> Account:
    """The account, locked until the end of the transaction."""
    return Account.objects.select_for_update().get(pk=account_id)


def post_order(account: Account, terms: OrderTerms, due: Due, happened_at: datetime, now: datetime) -> Entry | None:
    """Post the difference between what is due for an order and what was posted for it, on a locked account.

    New terms are stored, whether there is something to post or not, and so is when time alone will change them.
    """
    earned, pending = due.earned - terms.earned, due.pending - terms.pending
    if earned == 0 and pending == 0:
        if terms.pk is None or terms.matures_at != due.matures_at:
            terms.matures_at = due.matures_at
            terms.save(update_fields=["matures_at"] if terms.pk else None)
        return None
    posting = Posting(
        kind=_kind_of(earned, pending),
        source=f"order:{terms.order_id}:{terms.postings + 1}",
        happened_at=happened_at,
        points=earned,
        pending=pending,
        order_id=terms.order_id,
        reason=f"#{terms.order_number}",
    )
    entry, into_lots = _write(account, posting, now)
    if earned > 0:
        _add_lot(entry, into_lots, qualifies=True)
    elif into_lots:
        _take(entry, -into_lots, first_from_order=terms.order_id)
    terms.earned, terms.pending, terms.postings = due.earned, due.pending, terms.postings + 1
    terms.matures_at = due.matures_at
    terms.save(update_fields=["earned", "pending", "postings", "matures_at"] if terms.pk else None)
    return entry


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
    entry, into_lots = _write(account, posting, now)
    _take(entry, -into_lots)
    return entry


def give(account: Account, posting: Posting, now: datetime) -> Entry:
    """Put points that no order earned on a locked account, in a lot of their own; a debt is repaid first."""
    entry, into_lots = _write(account, posting, now)
    _add_lot(entry, into_lots, qualifies=posting.kind == Kind.BONUS)
    return entry


def reverse(account: Account, spending: Entry, posting: Posting, now: datetime) -> Entry:
    """Return all that a spending took, on a locked account, to the very lots it came from; a debt is repaid first.

    `posting.points` is what the spending took, positive.
    """
    entry, into_lots = _write(account, posting, now)
    for use in sorted(spending.lot_uses.select_related("lot"), key=_last_to_expire_first):
        points = min(into_lots, -use.points)
        if points:
            _use(entry, use.lot_id, points)
            into_lots -= points
    return entry


def _last_to_expire_first(use: LotUse) -> tuple[bool, float]:
    expires_at = use.lot.expires_at
    return (expires_at is not None, -expires_at.timestamp() if expires_at else 0)


def _write(account: Account, posting: Posting, now: datetime) -> tuple[Entry, int]:
    """Write an entry and the account's new figures. Returns it with what goes into lots (negative: out of them)."""
    before = account.available
    balance = account.balance + posting.points
    account.available, account.debt = max(balance, 0), max(-balance, 0)
    account.pending += posting.pending
    account.version += 1
    entry = Entry.objects.create(
        account=account,
        balance_after=balance,
        pending_after=account.pending,
        version=account.version,
        written_at=now,
        **vars(posting),
    )
    account.save(update_fields=["available", "debt", "pending", "version"])
    return entry, account.available - before


def _add_lot(entry: Entry, remaining: int, *, qualifies: bool) -> None:
    """A lot for what an entry earned. What repaid a debt is gone from it at once."""
    lot = Lot.objects.create(
        account_id=entry.account_id,
        order_id=entry.order_id,
        points=entry.points,
        remaining=entry.points,
        earned_at=entry.happened_at,
        qualifies=qualifies,
    )
    if remaining < entry.points:
        _use(entry, lot.pk, remaining - entry.points)


def _take(entry: Entry, points: int, first_from_order: str | None = None) -> None:
    rows = Lot.objects.filter(account_id=entry.account_id, remaining__gt=0)
    open_lots = [
        lots.OpenLot(*row) for row in rows.values_list("id", "order_id", "remaining", "earned_at", "expires_at")
    ]
    for lot_id, amount in lots.take(open_lots, points, first_from_order=first_from_order).items():
        _use(entry, lot_id, -amount)


def _use(entry: Entry, lot_id: int, points: int) -> None:
    Lot.objects.filter(pk=lot_id).update(remaining=F("remaining") + points)
    LotUse.objects.create(entry=entry, lot_id=lot_id, points=points)
