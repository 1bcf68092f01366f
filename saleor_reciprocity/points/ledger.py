"""The ledger: the only writer of points.

Every function that writes wants to be called in a transaction and takes the account's row lock first, then the lots',
so writers of one account wait for each other and never deadlock. Each entry is numbered without gaps, carries the
balance after it and a source that is unique in the database: writing the same thing twice is impossible, not checked.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from saleor_reciprocity import erased, errors, programmes, settings

from .earning import clawback
from .earning.entitlement import Due
from .models import Account, Entry, Kind, LotUse, OrderTerms
from .posting import ALWAYS, Claim, NotClaimed, Posting, add_lot, look_at, use, write

__all__ = ["Claim", "NotClaimed", "Posting", "give", "post_order", "reverse", "spend", "take"]

_FIELDS = [field for field in OrderTerms._meta.concrete_fields if not field.primary_key]
# New terms are stored once, and not where the buyer was erased meanwhile.
_FIRST_TERMS = f"""
INSERT INTO reciprocity_orderterms ({", ".join(field.column for field in _FIELDS)})
SELECT {", ".join(f"%(terms_{field.column})s" for field in _FIELDS)}
WHERE NOT {erased.IS_ERASED.format(order="%(terms_order_id)s")}
ON CONFLICT (order_id) DO NOTHING RETURNING id
"""
_TERMS = """
UPDATE reciprocity_orderterms SET earned = %(terms_earned)s, pending = %(terms_pending)s, kept = %(terms_kept)s,
  postings = %(terms_postings)s, matures_at = %(terms_matures_at)s
WHERE id = %(terms_id)s AND order_id = %(terms_order_id)s RETURNING id
"""


def post_order(account: Account, terms: OrderTerms, due: Due, happened_at: datetime, now: datetime) -> Entry | None:
    """Post the difference between what is due for an order and what was posted for it, on a locked account.

    What is no longer due is taken back as far as the shop's policy says. New terms are stored, whether there is
    something to post or not, and so is when time alone will change them. Raises NotClaimed, and nothing is written,
    where the order has got terms meanwhile or was erased.
    """
    aim = _aim(account, terms, due, now)
    earned, pending, kept = aim.earned - terms.earned, aim.pending - terms.pending, aim.kept - terms.kept
    is_new = terms.pk is None or kept or terms.matures_at != due.matures_at
    terms.earned, terms.pending, terms.kept, terms.matures_at = aim.earned, aim.pending, aim.kept, due.matures_at
    if earned == 0 and pending == 0:
        if is_new:
            store(terms)
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
    terms.postings += 1
    entry, into_lots = write(account, posting, now, _storing(terms))
    if earned > 0:
        add_lot(account, entry, posting, entry.points, into_lots, now)
    return entry


def store(terms: OrderTerms) -> None:
    """Store what is agreed and posted for an order, without an entry. Raises NotClaimed as `post_order` does."""
    sql, values = _storing(terms)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.fetchone() is None:
            raise NotClaimed


def _storing(terms: OrderTerms) -> Claim:
    stored = {field: getattr(terms, field.attname) for field in OrderTerms._meta.concrete_fields}
    values = {f"terms_{field.column}": field.get_db_prep_save(value, connection) for field, value in stored.items()}
    return (_FIRST_TERMS if terms.pk is None else _TERMS), values


def _aim(account: Account, terms: OrderTerms, due: Due, now: datetime) -> clawback.Posted:
    posted = clawback.Posted(terms.pending, terms.earned, terms.kept)
    policy = settings.INTO_DEBT
    if due.earned < terms.earned - terms.kept:
        agreed = programmes.agreed(terms.channel_id, terms.agreed_at, now)
        policy = agreed.programme.points_taken_back if agreed is not None else policy
    return clawback.target(due, posted, account.available, policy)


def _kind_of(earned: int, pending: int) -> str:
    if earned > 0:
        return Kind.EARNED
    return Kind.CLAWBACK if earned + pending < 0 else Kind.PENDING


def spend(account: Account, posting: Posting, now: datetime, claim: Claim = ALWAYS) -> Entry:
    """Take available points from a locked account, the soonest to expire first. `posting.points` is negative.

    Raises InsufficientPoints when there are fewer, or NotClaimed without what is claimed; nothing is written then.
    """
    if -posting.points > account.available:
        raise errors.InsufficientPoints
    return write(account, posting, now, claim)[0]


def take(account: Account, posting: Posting, now: datetime) -> Entry:
    """Take points from a locked account, into debt where there are too few. `posting.points` is negative."""
    return write(account, posting, now)[0]


def give(account: Account, posting: Posting, now: datetime) -> Entry:
    """Put points that no order earned on a locked account, in a lot of their own; a debt is repaid first."""
    entry, into_lots = write(account, posting, now)
    add_lot(account, entry, posting, entry.points, into_lots, now)
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
        add_lot(account, entry, posting, into_lots, into_lots, now)
    return entry


def _last_to_expire_first(taken: LotUse) -> tuple[bool, float]:
    expires_at = taken.lot.expires_at
    return (expires_at is not None, -expires_at.timestamp() if expires_at else 0)
