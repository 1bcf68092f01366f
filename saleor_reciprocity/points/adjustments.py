"""Adjustments: points that staff give or take by hand, with reason and actor. A mistake is undone by a new entry."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.locking import locking

from . import accounts, giving, ledger
from .models import Entry, Kind

MOST_POINTS = 2**31 - 1
LONGEST_KEY, LONGEST_REASON = 128, 255
SOURCE = "adjustment:"


def checked(points: int, reason: str, key: str) -> tuple[str, str]:
    """The trimmed reason and key of an adjustment. Raises Invalid for what can't be one."""
    reason, key = reason.strip(), key.strip()
    if points == 0 or abs(points) > MOST_POINTS:
        most = {"most": MOST_POINTS}
        raise errors.Invalid(_("Enter a whole number from -%(most)s to %(most)s, but not 0.") % most, field="points")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise errors.Invalid(
            _("Enter a reason of 1 to %(most)s characters.") % {"most": LONGEST_REASON}, field="reason"
        )
    if not 0 < len(key) <= LONGEST_KEY:
        raise errors.Invalid(
            _("Enter a key of 1 to %(most)s characters.") % {"most": LONGEST_KEY}, field="idempotencyKey"
        )
    return reason, key


def adjust(
    person: Person,
    points: int,
    reason: str,
    actor: str,
    key: str,
    now: datetime,
    *,
    channel_id: str = "",
    into_debt: bool = False,
) -> Entry:
    """Give a person points, or take them (negative). The same key gives the same entry, for ever.

    Points that are given expire by the settings of the channel; without one they never do. Raises Invalid,
    InsufficientPoints unless `into_debt`, KeyAlreadyUsed, or Busy. Nothing is written then.
    """
    reason, key = checked(points, reason, key)
    with locking():
        account = accounts.lock_account_of(person, now)
        earlier = done_before(key)
        if earlier is not None:
            return _same(earlier, account.pk, points)
        posting = ledger.Posting(
            Kind.ADJUSTMENT, SOURCE + key, now, points, reason=reason, actor=actor, channel_id=channel_id
        )
        if points > 0:
            return giving.give(account, posting, now)
        return ledger.take(account, posting, now) if into_debt else ledger.spend(account, posting, now)


def done_before(key: str) -> Entry | None:
    """The entry that was written with this key, or None."""
    return Entry.objects.filter(source=SOURCE + key).select_related("account").first()


def _same(earlier: Entry, account_id: int, points: int) -> Entry:
    if earlier.points != points or (earlier.account.merged_into_id or earlier.account_id) != account_id:
        raise errors.KeyAlreadyUsed(_("This key was used for another adjustment. Use a new key for a new one."))
    return earlier


def reverse(entry_id: int, reason: str, actor: str, now: datetime, *, into_debt: bool = False) -> Entry:
    """Undo an adjustment by a new entry. A second call gives the same entry.

    What was taken returns to the very lots it came from. Raises NotFound for what is no adjustment, Invalid (the
    reason), or InsufficientPoints where what was given is spent, unless `into_debt`, or Busy.
    """
    entry = Entry.objects.filter(pk=entry_id, kind=Kind.ADJUSTMENT, source__startswith=SOURCE).first()
    if entry is None:
        raise errors.NotFound(field="id")
    reason, _key = checked(1, reason, "-")
    with locking():
        account = accounts.lock(entry.account_id, now)
        source = f"reversed adjustment:{entry.pk}"
        earlier = Entry.objects.filter(source=source).first()
        if earlier is not None:
            return earlier
        posting = ledger.Posting(Kind.ADJUSTMENT, source, now, -entry.points, reason=reason, actor=actor)
        if entry.points < 0:
            return ledger.reverse(account, entry, posting, now)
        return ledger.take(account, posting, now) if into_debt else ledger.spend(account, posting, now)
