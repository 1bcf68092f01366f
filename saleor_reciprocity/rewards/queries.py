"""Queries: which rewards a channel offers and what a person redeemed."""

from __future__ import annotations

from datetime import datetime

from saleor_reciprocity.points.accounts import parts_of
from saleor_reciprocity.points.models import Account

from . import catalogue, limits
from .models import Redemption, Reward

MOST_SHOWN = 100


def rewards(
    channel_id: str, first: int, now: datetime, after: tuple[int, int] | None = None, *, all_of_them: bool = False
) -> list[Reward]:
    """A channel's rewards, those that can be redeemed now or all, the cheapest first, after a (points, id) position."""
    rows = Reward.objects.filter(channel_id=channel_id) if all_of_them else catalogue.on_offer(channel_id, now)
    rows = rows.order_by("points", "id")
    if after is not None:
        points, reward_id = after
        rows = rows.filter(points__gte=points).exclude(points=points, id__lte=reward_id)
    return list(rows[:first])


def affordable(channel_id: str, account: Account, now: datetime) -> list[Reward]:
    """What an account can have in a channel now, the cheapest first."""
    shown = rewards(channel_id, MOST_SHOWN, now)
    return limits.allowed([reward for reward in shown if cheapest(reward) <= account.available], account, now)


def next_above(channel_id: str, account: Account, now: datetime) -> Reward | None:
    """The cheapest reward of a channel for which an account misses nothing but points."""
    shown = rewards(channel_id, MOST_SHOWN, now)
    above = limits.allowed([reward for reward in shown if cheapest(reward) > account.available], account, now)
    return min(above, key=cheapest, default=None)


def cheapest(reward: Reward) -> int:
    """The fewest points that a reward can be had for."""
    return reward.least_points or reward.points


def redemptions(account: Account, first: int, before_id: int | None = None) -> list[Redemption]:
    """The newest redemptions of an account, at most `first`, made before the one with `before_id`."""
    rows = Redemption.objects.filter(account__in=parts_of(account)).select_related("reward", "account__merged_into")
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return list(rows.order_by("-id")[:first])
