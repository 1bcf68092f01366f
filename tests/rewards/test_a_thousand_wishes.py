"""A thousand redemptions asked for with points for five: five codes, and not one more."""

from __future__ import annotations

from collections import Counter
from typing import Any

import graphene

from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts

IN_A_REQUEST = 4 if hosts.MULTI_CHANNEL else 50  # neither host does more in one request


def asked_for(first: int, count: int, reward_id: str) -> str:
    wishes = (
        f'w{number}: pointsRedeem(input: {{rewardId: "{reward_id}", idempotencyKey: "key {number}"}})'
        " { redemption { code } errors { code } }"
        for number in range(first, first + count)
    )
    return f"mutation {{ {' '.join(wishes)} }}"


def test_a_thousand_redemptions_on_points_for_five(programme_on: Any, customer: Any, give_points: Any) -> None:
    give_points(customer, 270)
    client = hosts.as_user(customer)
    reward_id = graphene.Node.to_global_id("LoyaltyReward", Reward.objects.get().pk)
    answers = [
        answer
        for first in range(0, 1000, IN_A_REQUEST)
        for answer in client.data(asked_for(first, IN_A_REQUEST, reward_id)).values()
    ]
    codes = [answer["redemption"]["code"] for answer in answers if answer["redemption"]]
    refusals = Counter(error["code"] for answer in answers for error in answer["errors"])
    assert len(set(codes)) == len(codes) == 5
    assert refusals == {"INSUFFICIENT_POINTS": 995}
    assert Account.objects.get().available == 20
    assert Redemption.objects.count() == Entry.objects.filter(kind="redemption").count() == 5
    assert all(hosts.code_is_valid(code) for code in codes)
