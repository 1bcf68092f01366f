"""The catalogue: which rewards a channel offers; staff make them, and the plugin's page makes the standard one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, settings

from .models import Reward, RewardKind

GREATEST_POINTS = 2**31 - 1  # the greatest Int of GraphQL
GREATEST_VALUE = Decimal(10) ** 9


def keep_standard_reward(channel: host.Channel, programme: settings.Programme) -> None:
    """Bring a channel's standard reward to what is set; with a price of 0 points none is offered."""
    if programme.reward_points == 0:
        Reward.objects.filter(channel_id=channel.id, is_standard=True).update(is_active=False)
        return
    Reward.objects.update_or_create(
        channel_id=channel.id,
        is_standard=True,
        defaults={
            "kind": programme.reward_kind,
            "name": f"{programme.reward_value.normalize():f} {channel.currency}",
            "points": programme.reward_points,
            "value": programme.reward_value,
            "currency": channel.currency,
            "is_active": True,
        },
    )


def create(channel: host.Channel, kind: str, name: str, points: int, value: Decimal) -> Reward:
    """A new reward for a channel, offered at once. Raises Invalid for what can't be offered."""
    reward = Reward(channel_id=channel.id, kind=kind, name=name, points=points, value=value, currency=channel.currency)
    _check(reward)
    reward.save(force_insert=True)
    return reward


def update(reward_id: int, **changes: Any) -> Reward:
    """Change a reward for redemptions to come. Raises NotFound, or Invalid for what can't be offered."""
    reward = Reward.objects.filter(pk=reward_id).first()
    if reward is None:
        raise errors.NotFound(field="id")
    if reward.is_standard:
        raise errors.Invalid(_("The standard reward is set on the plugin's page."), field="id")
    for name, value in changes.items():
        setattr(reward, name, value)
    _check(reward)
    reward.save()
    return reward


def _check(reward: Reward) -> None:
    if not reward.name.strip() or len(reward.name) > 128:
        raise errors.Invalid(_("Enter a name of at most 128 characters."), field="name")
    if not 0 < reward.points <= GREATEST_POINTS:
        raise errors.Invalid(_("Enter a whole number of points above 0."), field="points")
    if not 0 < reward.value <= GREATEST_VALUE:
        raise errors.Invalid(_("Enter an amount above 0."), field="value")
    places = host.decimals(reward.currency)
    if reward.value != round(reward.value, places):
        raise errors.Invalid(_("Enter at most %(places)s decimals.") % {"places": places}, field="value")
    if reward.kind == RewardKind.GIFT_CARD and not host.gift_cards_accepted(reward.channel_id):
        raise errors.Invalid(_("Gift cards can't be used at checkout in this channel."), field="kind")
