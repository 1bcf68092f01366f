"""Queries: which rewards a channel offers and what a person redeemed."""

from __future__ import annotations

from saleor_reciprocity.points.models import Account

from .models import Redemption, Reward

MOST_SHOWN = 100


def offered(channel_id: str, first: int, after: tuple[int, int] | None = None) -> list[Reward]:
    """The rewards that can be redeemed in a channel, the cheapest first, after a (points, id) position."""
    rows = Reward.objects.filter(channel_id=channel_id, is_active=True).order_by("points", "id")
    if after is not None:
        points, reward_id = after
        rows = rows.filter(points__gte=points).exclude(points=points, id__lte=reward_id)
    return list(rows[:first])


def affordable(channel_id: str, points: int) -> list[Reward]:
    """What so many points buy in a channel, the cheapest first."""
    return [reward for reward in offered(channel_id, MOST_SHOWN) if reward.points <= points]


def next_above(channel_id: str, points: int) -> Reward | None:
    """The cheapest reward of a channel that so many points do not buy."""
    rows = Reward.objects.filter(channel_id=channel_id, is_active=True, points__gt=points)
    return rows.order_by("points", "id").first()


def redemptions(account: Account, first: int, before_id: int | None = None) -> list[Redemption]:
    """The newest redemptions of an account, at most `first`, made before the one with `before_id`."""
    rows = Redemption.objects.filter(account_id=account.pk).select_related("reward", "account")
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return list(rows.order_by("-id")[:first])
