"""Reach: the channels in which whoever sends a request may act, where the host limits groups of staff to some.

All that staff see or change of a channel asks here. What customers see of their own, and everybody, does not.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.earning.models import EarningRule
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.models import Campaign
from saleor_reciprocity.surveys.models import Answer, Invitation, OpenAnswer

from . import scalars

# What an id names that is of a channel: its rows, and where they say of which.
_OF_A_CHANNEL: dict[str, tuple[Any, str]] = {
    "LoyaltyRedemption": (Redemption, "channel_id"),
    "LoyaltyReward": (Reward, "channel_id"),
    "LoyaltyRule": (EarningRule, "channel_id"),
    "SurpriseCampaign": (Campaign, "channel_id"),
    "SurveyAnswer": (Answer, "invitation__channel_id"),
    "SurveyInvitation": (Invitation, "channel_id"),
    "SurveyOpenAnswer": (OpenAnswer, "channel_id"),
}


def ids(context: Any) -> frozenset[str] | None:
    """The ids of the channels within reach; None for all."""
    if not hasattr(context, "reciprocity_reach"):
        with host.allow_writer():
            context.reciprocity_reach = host.reach(context)
    found: frozenset[str] | None = context.reciprocity_reach
    return found


def covers(context: Any, channel_id: str) -> bool:
    """Whether a channel is within reach."""
    within = ids(context)
    return within is None or channel_id in within


def require(context: Any, channel_id: str | None) -> None:
    """Refuse what is of a channel out of reach; None stands for all channels."""
    if ids(context) is not None and (channel_id is None or not covers(context, channel_id)):
        raise host.PermissionDenied


def channels(context: Any) -> list[host.Channel]:
    """The channels within reach."""
    return [channel for channel in host.channels() if covers(context, channel.id)]


def channel_by_slug(context: Any, slug: str | None) -> host.Channel | None:
    """The channel that an argument of a query names, or None. Refuses one out of reach."""
    found = host.channel_by_slug(slug)
    if found is not None:
        require(context, found.id)
    return found


def channel_with_slug(context: Any, slug: str | None, field: str = "channel") -> host.Channel:
    """The channel that an argument of a mutation names. Raises NotFound, and refuses one out of reach."""
    found = channel_by_slug(context, slug)
    if found is None:
        raise errors.NotFound(field=field)
    return found


def row_within(context: Any, type_name: str, given: str, field: str) -> int:
    """The row that a global id names. Raises NotFound where it can't be one, and refuses one out of reach."""
    found = scalars.row_id(type_name, given, field)
    if ids(context) is not None:
        rows, column = _OF_A_CHANNEL[type_name]
        for channel_id in rows.objects.filter(pk=found).values_list(column, flat=True):
            require(context, channel_id)
    return found


def within(context: Any, rows: QuerySet, column: str = "channel_id") -> QuerySet:
    """The rows that are of channels within reach."""
    limit = ids(context)
    return rows if limit is None else rows.filter(**{f"{column}__in": limit})
