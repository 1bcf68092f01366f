"""Points that are given, taken and redeemed when a test of the report says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from freezegun import freeze_time

from saleor_reciprocity import host
from saleor_reciprocity.points import accounts, giving, ledger
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward


def post(user: Any, kind: str, points: int, when: datetime, channel: Any = None) -> None:
    account = accounts.open_account(host.person(user), when)
    posting = ledger.Posting(
        kind, f"test:{when}:{kind}:{points}", when, points, channel_id=channel.id if channel else ""
    )
    if points > 0:
        giving.give(account, posting, when)
    else:
        ledger.take(account, posting, when)


def redeem(user: Any, channel: host.Channel, points: int, when: datetime) -> None:
    terms = {"channel_id": channel.id, "kind": "voucher", "name": "Some", "value": 5, "currency": channel.currency}
    reward = Reward.objects.create(points=points, **terms)
    with freeze_time(when):
        redemption.redeem(host.person(user), reward.pk, f"key {points}", now=when)
