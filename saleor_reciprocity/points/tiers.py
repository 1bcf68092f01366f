"""Tiers: the shop's ladder in its versions, and where each account stands on it.

What is stored of an account is only the last look. It is out of date when the account has a newer entry, when the
ladder has a newer version, or when points leave the window; then whoever asks gets it computed afresh, and the next
`look` stores it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Callable, Sequence

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.errors import keep_going
from saleor_reciprocity.fields import check

from . import ledger
from .ladder import Downgrade, Ladder, Place, Step, move
from .models import Account
from .rules import Standing

logger = logging.getLogger(__name__)

MOST_TIERS = 20
MOST_DAYS = 3650
MOST_THRESHOLD = 10**12
CODE = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
BATCH = 1000


class TierLadder(models.Model):
    """The ladder from one moment on. Every version is kept; the newest is in force."""

    id = models.BigAutoField(primary_key=True)
    since = models.DateTimeField()
    window_days = models.IntegerField()
    downgrade = models.CharField(max_length=16, choices=[(policy.value, policy.value) for policy in Downgrade])
    grace_days = models.IntegerField(default=0)
    actor = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "reciprocity"


class Tier(models.Model):
    """One step of one version of the ladder. Not who stands on it."""

    id = models.BigAutoField(primary_key=True)
    ladder = models.ForeignKey(TierLadder, on_delete=models.PROTECT, related_name="tiers")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    threshold = models.BigIntegerField()
    multiplier = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["ladder", "code"], name="reciprocity_one_tier_of_a_code"),
            models.UniqueConstraint(fields=["ladder", "threshold"], name="reciprocity_one_tier_of_a_threshold"),
            check("reciprocity_tier_makes_sense", models.Q(threshold__gt=0, multiplier__gte=1)),
        ]


class AccountTier(models.Model):
    """Where an account stood when it was last looked at, and until when that is so if no entry is written."""

    id = models.BigAutoField(primary_key=True)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+")
    ladder = models.ForeignKey(TierLadder, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, blank=True, default="")
    since = models.DateTimeField()
    falls_at = models.DateTimeField(null=True)
    version = models.BigIntegerField()
    look_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"

    @property
    def place(self) -> Place:
        return Place(self.code, self.falls_at)


class TierChange(models.Model):
    """One move of an account from tier to tier, over however many steps. "" stands for no tier."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_code = models.CharField(max_length=32, blank=True, default="")
    code = models.CharField(max_length=32, blank=True, default="")
    points = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        indexes = [models.Index(fields=["account", "changed_at"], name="reciprocity_tier_changes")]
        constraints = [check("reciprocity_tier_change_moves", ~models.Q(code=models.F("from_code")))]


def ladder_row(moment: datetime | None = None) -> TierLadder | None:
    """The ladder that is in force, or was at a moment; None where the shop had none."""
    rows = TierLadder.objects.order_by("pk")  # the clock may have been put back since
    return (rows if moment is None else rows.filter(since__lte=moment)).last()


def ladder_of(row: TierLadder) -> Ladder:
    """The ladder behind a stored version, which never changes."""
    return _ladder(row.pk, row.window_days, row.downgrade, row.grace_days)


@lru_cache(maxsize=8)
def _ladder(ladder_id: int, window_days: int, downgrade: str, grace_days: int) -> Ladder:
    rows = Tier.objects.filter(ladder_id=ladder_id).order_by("threshold")
    steps = tuple(Step(*row) for row in rows.values_list("code", "name", "threshold", "multiplier"))
    return Ladder(steps, window_days, Downgrade(downgrade), grace_days)


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


def has_reached(account: Account, code: str, now: datetime) -> bool:
    """Whether an account has a tier or a higher one. Nobody has one that the ladder does not know."""
    return code in reached(account, now)


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
                settle(ledger.lock(account_id, now), now)
        looked, after = looked + len(batch), batch[-1]
        progressed(looked)
    return looked


def _to_look_at(row: TierLadder, after: int, now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_TO_LOOK_AT, {"after": after, "ladder": row.pk, "now": now, "limit": BATCH})
        return [account_id for (account_id,) in cursor.fetchall()]


def replace_ladder(steps: Sequence[Step], window_days: int, grace_days: int, downgrade: str, actor: str) -> TierLadder:
    """A new version of the ladder, in force at once. Raises Invalid, at the field, for what makes no sense."""
    _check_steps(steps)
    _check_days("windowDays", window_days, 1)
    _check_days("graceDays", grace_days, 0)
    with transaction.atomic():
        row = TierLadder.objects.create(
            since=timezone.now(), window_days=window_days, downgrade=downgrade, grace_days=grace_days, actor=actor
        )
        Tier.objects.bulk_create([Tier(ladder=row, **vars(step)) for step in steps])
    return row


def _check_steps(steps: Sequence[Step]) -> None:
    if len(steps) > MOST_TIERS:
        raise errors.Invalid(_("Name at most %(most)s tiers.") % {"most": MOST_TIERS}, field="tiers")
    if len({step.code for step in steps}) < len(steps):
        raise errors.Invalid(_("Each tier needs a code of its own."), field="tiers")
    for lower, higher in zip([None, *steps], steps):
        _check_step(higher)
        if lower is not None and lower.threshold >= higher.threshold:
            raise errors.Invalid(_("Each tier needs more points than the one before."), field="tiers")


def _check_step(step: Step) -> None:
    if not CODE.fullmatch(step.code):
        raise errors.Invalid(_("Enter a code of at most 32 letters a to z, digits and hyphens."), field="tiers")
    if not step.name.strip() or len(step.name) > 64:
        raise errors.Invalid(_("Enter a name of at most %(most)s characters.") % {"most": 64}, field="tiers")
    if not 0 < step.threshold <= MOST_THRESHOLD:
        raise errors.Invalid(_("Enter a whole number of points above 0."), field="tiers")
    if not 1 <= step.multiplier <= 100 or step.multiplier != round(step.multiplier, 4):
        raise errors.Invalid(_("Enter a multiplier from 1 to 100 with at most 4 decimals."), field="tiers")


def _check_days(field: str, days: int, least: int) -> None:
    if not least <= days <= MOST_DAYS:
        message = _("Enter a whole number from %(low)s to %(high)s.") % {"low": least, "high": MOST_DAYS}
        raise errors.Invalid(message, field=field)
