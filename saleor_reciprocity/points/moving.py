"""Moving: what an order gave follows it to the account of whoever it turns out to belong to.

Staff correct an order's customer or address. The points of the order then leave the account that has them, into debt
where they are spent there, and come to the other as they are: pending, valid as long as before, or ended. Sums are
preserved. Whoever only proved an address, or had accounts merged, is no other buyer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Iterator

from django.db.models import F, Q, Sum

from saleor_reciprocity import identity
from saleor_reciprocity.host.facts import Person

from . import expiry
from .models import Account, Kind, Lot, OrderTerms
from .posting import Posting, add_lot, look_at, use, write


def buyer_of(person: Person) -> str:
    """Who an order is from, as `OrderTerms.buyer` keeps it; "" for nobody."""
    if person.user_id is not None:
        return f"user:{person.user_id}"
    return identity.email_hash(person.email) if person.email else ""


def is_anothers(terms: OrderTerms, account: Account, person: Person) -> bool:
    """Whether an order is from somebody else than the account that has its points, by a change since the last look."""
    buyer = buyer_of(person)
    if buyer in (terms.buyer, ""):
        return False
    if terms.buyer is None and account.merged.exists():
        return False  # noted before buyers were: it may be from any of those who are one now
    return not _is_of(account, person)


def _is_of(account: Account, person: Person) -> bool:
    if account.user_id is not None and person.user_id is not None:
        return bool(account.user_id == person.user_id)
    if account.user_id is None and account.had_user:
        return True  # the user was deleted, and with that left the order: that is no correction
    return bool(person.email) and account.email_hash == identity.email_hash(person.email)


def move(terms: OrderTerms, source: Account, target: Account, now: datetime) -> None:
    """Move what an order has posted from one locked account to another. Stores the terms."""
    if terms.earned or terms.pending:
        ended = _take_back_expiry(terms, source, now)
        lots = list(_shares(terms, source, ended, now))
        reason = f"#{terms.order_number}"
        numbers = (f"order:{terms.order_id}:{terms.postings + number}" for number in (1, 2))
        common = {"happened_at": now, "order_id": terms.order_id, "reason": reason, "channel_id": terms.channel_id}
        leaves = Posting(Kind.CLAWBACK, next(numbers), points=-terms.earned, pending=-terms.pending, **common)
        kind = Kind.EARNED if terms.earned else Kind.PENDING
        arrives = Posting(kind, next(numbers), points=terms.earned, pending=terms.pending, **common)
        write(source, leaves, now)
        Lot.objects.filter(account_id=source.pk, order_id=terms.order_id).update(order_id="", qualifies=False)
        _arrive(terms, target, arrives, lots, now)
        terms.postings += 2
    terms.account = target
    terms.save(update_fields=["account", "postings"])
    expiry.write_off([source.pk, target.pk], now)
    source.refresh_from_db()
    target.refresh_from_db()


def _take_back_expiry(terms: OrderTerms, source: Account, now: datetime) -> dict[int, int]:
    """What had expired of an order's points, by lot, is given back to the account that they are about to leave."""
    expired = Q(uses__entry__kind=Kind.EXPIRED)
    rows = Lot.objects.filter(account_id=source.pk, order_id=terms.order_id).annotate(
        expired=-Sum("uses__points", filter=expired)
    )
    ended = {pk: points for pk, points in rows.order_by("pk").values_list("pk", "expired") if points}
    points = min(sum(ended.values()), terms.earned)
    if not points:
        return {}
    source_text = f"not expired:{terms.order_id}:{terms.postings}"
    entry, into_lots = write(
        source, Posting(Kind.EXPIRED, source_text, now, points, reason=f"#{terms.order_number}"), now
    )
    returned: dict[int, int] = {}
    for pk, of_lot in ended.items():
        returned[pk] = min(of_lot, into_lots)
        into_lots -= returned[pk]
    use(entry, {pk: of_lot for pk, of_lot in returned.items() if of_lot})
    return ended


def _shares(terms: OrderTerms, source: Account, ended: dict[int, int], now: datetime) -> Iterator[tuple[Lot, int]]:
    """How the earned points of an order are spread over lots like those that it filled; what is left over is new."""
    missing = terms.earned
    lots = Lot.objects.filter(account_id=source.pk, order_id=terms.order_id)
    soonest_first = lots.order_by(F("expires_at").asc(nulls_last=True), "pk")
    for lot in sorted(soonest_first, key=lambda lot: lot.pk not in ended):
        is_over = lot.expires_at is not None and lot.expires_at <= now
        points = min(missing, ended.get(lot.pk, 0) if is_over else lot.points)
        if points:
            missing -= points
            yield lot, points


def _arrive(terms: OrderTerms, target: Account, arrives: Posting, lots: list[tuple[Lot, int]], now: datetime) -> None:
    entry, into_lots = write(target, arrives, now)
    used: dict[int, int] = {}
    in_debt = terms.earned - into_lots
    for like, points in lots:
        lot = Lot.objects.create(
            account_id=target.pk,
            order_id=terms.order_id,
            channel_id=like.channel_id,
            points=points,
            remaining=points,
            earned_at=like.earned_at,
            qualifies=like.qualifies,
            expires_at=like.expires_at,
        )
        repaid = min(points, in_debt)
        in_debt -= repaid
        if repaid:
            used[lot.pk] = -repaid
        if repaid < points:
            look_at(target, lot.expires_at)
    if used:
        use(entry, used)
    fresh = terms.earned - sum(points for _lot, points in lots)
    if fresh:
        add_lot(target, entry, replace(arrives, agreed_at=terms.agreed_at), fresh, fresh - in_debt, now)
