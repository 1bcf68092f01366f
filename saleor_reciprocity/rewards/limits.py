"""Limits: who may have a reward, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta

from saleor_reciprocity import errors
from saleor_reciprocity.points import tiers
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.queries import parts_of

from .models import Redemption, Reward


def check(reward: Reward, account: Account, now: datetime) -> None:
    """Whether a locked account may have a reward now. Raises TierTooLow, OutOfStock or LimitReached.

    What was given back does not count. The account's lock makes the count exact; the stock is counted again, in one
    conditional statement, when a piece is taken.
    """
    if reward.tier and not tiers.has_reached(account, reward.tier, now):
        raise errors.TierTooLow
    if reward.stock is not None and reward.taken >= reward.stock:
        raise errors.OutOfStock
    if reward.limit_per_customer is not None and _had(reward, account, now) >= reward.limit_per_customer:
        raise errors.LimitReached


def _had(reward: Reward, account: Account, now: datetime) -> int:
    rows = Redemption.objects.filter(account__in=parts_of(account), reward_id=reward.pk)
    if reward.limit_days is not None:
        rows = rows.filter(created_at__gt=now - timedelta(days=reward.limit_days))
    return int(rows.filter(reversal=None).count())
