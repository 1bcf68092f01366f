"""A reward that the shop's people fulfil, with codes of the shop's own or without."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts


def service(codes: str = "", points: int = 30, **terms: Any) -> Reward:
    """A ticket for some points; with `codes`, each gets one of them."""
    given = {"text": "Show this at the door.", **terms}
    reward = catalogue.create(hosts.open_channel(), "service", "Ticket", points, Decimal(12), **given)
    return catalogue.upload(reward.pk, codes, "user:1", timezone.now()) if codes else reward


def redeemed_by(customer: Any, reward: Reward, key: str = "k") -> Redemption:
    return redemption.redeem(host.person(customer), reward.pk, key, now=timezone.now())


def codes_of(reward: Reward) -> list[str]:
    """The codes that were given, the first first."""
    given = reward.uploaded_codes.exclude(redemption=None).order_by("redemption_id")
    return list(given.values_list("code", flat=True))
