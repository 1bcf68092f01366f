"""Ladders: the versions of the shop's ladder of tiers, and who may set a new one."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from saleor_reciprocity import errors

from .ladder import Downgrade, Ladder, Step
from .models import Tier, TierLadder

MOST_TIERS = 20
MOST_DAYS = 3650
MOST_THRESHOLD = 10**12
CODE = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)


def ladder_row(moment: datetime | None = None) -> TierLadder | None:
    """The ladder that is in force, or was at a moment; None where the shop had none."""
    rows = TierLadder.objects.order_by("pk")  # the clock may have been put back since
    return (rows if moment is None else rows.filter(since__lte=moment)).last()


def ladder_before(row: TierLadder) -> TierLadder | None:
    """The ladder that this one took the place of; None where the shop had none."""
    return TierLadder.objects.filter(pk__lt=row.pk).order_by("pk").last()


def ladder_of(row: TierLadder) -> Ladder:
    """The ladder behind a stored version, which never changes."""
    return _ladder(row.pk, row.window_days, row.downgrade, row.grace_days)


@lru_cache(maxsize=8)
def _ladder(ladder_id: int, window_days: int, downgrade: str, grace_days: int) -> Ladder:
    rows = Tier.objects.filter(ladder_id=ladder_id).order_by("threshold")
    steps = tuple(Step(*row) for row in rows.values_list("code", "name", "threshold", "multiplier"))
    return Ladder(steps, window_days, Downgrade(downgrade), grace_days)


def replace_ladder(
    steps: Sequence[Step], window_days: int, grace_days: int, downgrade: str, actor: str, now: datetime
) -> TierLadder:
    """A new version of the ladder, in force at once. Raises Invalid, at the field, for what makes no sense."""
    _check_steps(steps)
    _check_days("windowDays", window_days, 1)
    _check_days("graceDays", grace_days, 0)
    with transaction.atomic():
        row = TierLadder.objects.create(
            since=now, window_days=window_days, downgrade=downgrade, grace_days=grace_days, actor=actor
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
        raise errors.no_points("tiers")
    if not 1 <= step.multiplier <= 100 or step.multiplier != round(step.multiplier, 4):
        raise errors.Invalid(_("Enter a multiplier from 1 to 100 with at most 4 decimals."), field="tiers")


def _check_days(field: str, days: int, least: int) -> None:
    if not least <= days <= MOST_DAYS:
        raise errors.not_between(least, MOST_DAYS, field)
