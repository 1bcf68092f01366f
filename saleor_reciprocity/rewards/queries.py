"""Queries: which rewards a channel offers and what a person redeemed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Iterable

from django.db.models import Count, Q, Sum

from saleor_reciprocity.points.accounts import parts_of
from saleor_reciprocity.points.models import Account

from . import catalogue, limits
from .kinds import kind_of
from .models import Redemption, Reward
from .states import KEPT, RedemptionState

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


def of_user(user_id: int | None) -> Q:
    """The redemptions of a user's account, and of those that were merged into it."""
    return Q(account__user_id=user_id) | Q(account__merged_into__user_id=user_id)


@dataclass
class Use:
    """What a reward brought: its redemptions by what became of them, and the points that were spent on it for good."""

    by_state: Counter = field(default_factory=Counter)
    points: int = 0

    @property
    def redeemed(self) -> int:
        """How often it was redeemed, without what was given back."""
        return sum(count for state, count in self.by_state.items() if state != RedemptionState.CANCELLED)

    @property
    def used(self) -> int:
        """How many codes were used, and how often people did it."""
        return self.by_state[RedemptionState.USED] + self.by_state[RedemptionState.DONE]


def use_of(reward_ids: Iterable[int]) -> dict[int, Use]:
    """What came of rewards, by reward; those that nobody redeemed are missing."""
    found: dict[int, Use] = {}
    rows = Redemption.objects.filter(reward_id__in=list(reward_ids)).values_list("reward_id", "state")
    for reward_id, state, count, points in rows.annotate(Count("pk"), Sum("points")).order_by():
        use = found.setdefault(reward_id, Use())
        use.by_state[state] = count
        use.points += points if state in KEPT else 0
    return found


def code_of(redemption: Redemption) -> str | None:
    """The code of a redemption: the host's or, of what people do, an uploaded one, if it got one."""
    if kind_of(redemption).is_code:
        return redemption.code
    given = getattr(redemption, "uploaded_code", None)
    return given.code or None if given is not None else None


def affordable(channel_id: str, account: Account, now: datetime) -> list[Reward]:
    """What an account can have on a checkout of a channel now, the cheapest first."""
    shown = [reward for reward in rewards(channel_id, MOST_SHOWN, now) if kind_of(reward).is_code]
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
    rows = Redemption.objects.filter(account__in=parts_of(account)).select_related(
        "reward", "uploaded_code", "account__merged_into"
    )
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return list(rows.order_by("-id")[:first])
