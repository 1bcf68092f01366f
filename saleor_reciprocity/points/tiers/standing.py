"""Standing: where each account stands on the ladder of tiers.

What is stored of an account is only the last look. It is out of date when the account has a newer entry, when the
ladder has a newer version, or when points leave the window; then whoever asks gets it computed afresh, and the next
`look` stores it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Callable

from django.db import connection, transaction
from django.db.models import Count

from saleor_reciprocity.errors import keep_going

from .. import accounts
from ..models import Account
from .ladder import Ladder, Place, Standing, Step, move
from .ladders import ladder_of, ladder_row
from .models import AccountTier, TierChange, TierLadder

logger = logging.getLogger(__name__)
BATCH = 1000


def tier_of(account: Account, now: datetime) -> Step | None:
    """The tier of an account at this moment, also where time has changed it and nobody has looked yet; or None."""
    row = ladder_row()
    if row is None or account.pk is None:
        return None
    ladder = ladder_of(row)
    stored = AccountTier.objects.filter(account_id=account.pk).first()
    if stored is not None and _is_fresh(stored, row, account, now):
        return ladder.step(stored.code)
    points, _leaves = progress(account, ladder, now)
    return ladder.step(move(ladder, stored.place if stored else Place(), points, now).code)


def members() -> dict[str, int]:
    """How many accounts stood on each tier when they were last looked at, by its code."""
    rows = AccountTier.objects.filter(account__merged_into=None, account__erased_at=None).exclude(code="")
    return dict(rows.values_list("code").annotate(Count("pk")).order_by())


@dataclass(frozen=True)
class Outlook:
    """Where a customer stands and what is missing to the next tier."""

    tier: Step | None
    points: int
    falls_at: datetime | None
    next_tier: Step | None

    @property
    def points_to_next(self) -> int | None:
        """How many points are missing to the next tier; None at the top."""
        return max(self.next_tier.threshold - self.points, 0) if self.next_tier else None


def outlook(account: Account, now: datetime) -> Outlook | None:
    """Where an account stands, with the points that count; None where the shop has no tiers."""
    row = ladder_row()
    ladder = ladder_of(row) if row else None
    if ladder is None or not ladder.steps:
        return None
    stored = AccountTier.objects.filter(account_id=account.pk).first() if account.pk else None
    points = progress(account, ladder, now)[0] if account.pk else 0
    place = move(ladder, stored.place if stored else Place(), points, now)
    return Outlook(ladder.step(place.code), points, place.falls_at, ladder.above(place.code))


def reached(account: Account, now: datetime) -> frozenset[str]:
    """The codes of the tier that an account has, and of those below."""
    row, tier = ladder_row(), tier_of(account, now)
    if row is None or tier is None:
        return frozenset()
    ladder = ladder_of(row)
    return frozenset(step.code for step in ladder.steps if ladder.rank(step.code) <= ladder.rank(tier.code))


def standing_at(account: Account, moment: datetime) -> Standing | None:
    """The tier that an account had at a moment, as the ladder of then has it."""
    row = ladder_row(moment)
    if row is None:
        return None
    changes = TierChange.objects.filter(account_id=account.pk, changed_at__lte=moment).order_by("changed_at", "pk")
    code = changes.values_list("code", flat=True).last()
    step = ladder_of(row).step(code) if code else None
    return Standing(step.code, step.name, step.multiplier) if step else None


_PROGRESS = """
SELECT coalesce(sum(points), 0)::bigint, min(leaves) FROM (
  SELECT least(sum(l.points), t.earned) AS points, min(least(l.earned_at + %(window)s, l.expires_at)) AS leaves
  FROM reciprocity_lot l LEFT JOIN reciprocity_orderterms t ON t.order_id = l.order_id AND l.order_id <> ''
  WHERE l.account_id = %(account)s AND l.qualifies AND l.earned_at > %(now)s - %(window)s
    AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
  GROUP BY l.order_id, t.earned
) counted
"""


def progress(account: Account, ladder: Ladder, now: datetime) -> tuple[int, datetime | None]:
    """The points that count now, and when the first of them leave.

    Points count from when they were earned until they leave the window or expire, spent or not. Of an order counts
    what it has left at most; what a return took back is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"account": account.pk, "now": now, "window": ladder.window})
        points, leaves = cursor.fetchone()
    return points, leaves


def settle(account: Account, now: datetime) -> TierChange | None:
    """Store where a locked account stands now. Returns the change, if there is one, for whoever tells the customer."""
    row = ladder_row()
    if row is None:
        return None
    stored = AccountTier.objects.filter(account_id=account.pk).first()
    if stored is not None and _is_fresh(stored, row, account, now):
        return None
    ladder = ladder_of(row)
    points, leaves = progress(account, ladder, now)
    before = stored.place if stored else Place()
    after = move(ladder, before, points, now)
    since = stored.since if stored and after.code == before.code else now
    AccountTier.objects.update_or_create(
        account_id=account.pk,
        defaults={
            "ladder": row,
            "code": after.code,
            "since": since,
            "falls_at": after.falls_at,
            "version": account.version,
            "look_at": min((at for at in (leaves, after.falls_at) if at), default=None),
        },
    )
    if after.code == before.code:
        return None
    return TierChange.objects.create(
        account_id=account.pk, from_code=before.code, code=after.code, points=points, changed_at=now
    )


def _is_fresh(stored: AccountTier, ladder: TierLadder, account: Account, now: datetime) -> bool:
    same = stored.ladder_id == ladder.pk and stored.version == account.version
    return same and (stored.look_at is None or now < stored.look_at)


_TO_LOOK_AT = """
SELECT a.id FROM reciprocity_account a LEFT JOIN reciprocity_accounttier t ON t.account_id = a.id
WHERE a.version > 0 AND a.merged_into_id IS NULL AND a.id > %(after)s
  AND (t.id IS NULL OR t.ladder_id <> %(ladder)s OR t.version <> a.version OR t.look_at <= %(now)s)
ORDER BY a.id LIMIT %(limit)s
"""


def look(now: datetime, progressed: Callable[[int], None] = lambda looked: None) -> int:
    """Store where all accounts stand whose last look is out of date. Returns how many there were."""
    row = ladder_row()
    if row is None:
        return 0
    looked, after = 0, 0
    while batch := _to_look_at(row, after, now):
        for account_id in batch:
            with keep_going(logger, "The tier of account %s could not be looked at", account_id), transaction.atomic():
                settle(accounts.lock(account_id, now), now)
        looked, after = looked + len(batch), batch[-1]
        progressed(looked)
    return looked


def _to_look_at(row: TierLadder, after: int, now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_TO_LOOK_AT, {"after": after, "ladder": row.pk, "now": now, "limit": BATCH})
        return [account_id for (account_id,) in cursor.fetchall()]
