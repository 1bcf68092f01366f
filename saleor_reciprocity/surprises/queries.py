"""Queries: what customers and staff may read of surprises."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, NamedTuple

from django.db import connection
from django.db.models import Count, Q

from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from .models import Campaign, Draw, Outcome, Prize


def won_with(order_ids: Iterable[str]) -> dict[str, Draw]:
    """The gift that each of some orders won, by order id; the first where there are more."""
    rows = Draw.objects.filter(order_id__in=list(order_ids), outcome=Outcome.WON)
    return {won.order_id: won for won in rows.select_related("prize", "campaign").order_by("-pk")}


def won_by(account: Account, first: int, before_id: int | None = None) -> list[Draw]:
    """The newest gifts of an account, at most `first`, won before the one with `before_id`."""
    mine = Q(user_id=account.user_id) if account.user_id is not None else Q(pk=None)
    if account.email_hash is not None:
        mine |= Q(user_id=None, person=account.email_hash)
    mine |= Q(user_id=None, account__in=accounts.parts_of(account))
    rows = Draw.objects.filter(mine, outcome=Outcome.WON).select_related("prize", "campaign")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:first])


def campaigns(channel_id: str, first: int, before_id: int | None = None) -> list[Campaign]:
    """The campaigns of a channel, the newest first."""
    rows = Campaign.objects.filter(channel_id=channel_id).select_related("budget")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:first])


def started(channel_id: str, first: int, now: datetime, before_id: int | None = None) -> list[Campaign]:
    """The campaigns of a channel that have started, the newest first."""
    rows = Campaign.objects.filter(channel_id=channel_id, starts_at__lte=now).prefetch_related("prizes")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:first])


def prizes(campaign_ids: Iterable[int]) -> dict[int, list[Prize]]:
    """The prizes of campaigns, by campaign."""
    found: dict[int, list[Prize]] = {}
    for prize in Prize.objects.filter(campaign_id__in=campaign_ids).select_related("campaign__budget").order_by("pk"):
        found.setdefault(prize.campaign_id, []).append(prize)
    return found


def draws(campaign: Campaign, first: int, before_id: int | None = None) -> list[Draw]:
    """The draws of a campaign, the newest first."""
    rows = Draw.objects.filter(campaign_id=campaign.pk).select_related("prize", "campaign")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:first])


def outcomes(campaign_ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """How many draws of campaigns came to what: what was given, and what was stopped and why. By campaign."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = Draw.objects.filter(campaign_id__in=campaign_ids).values("campaign_id", "outcome").annotate(Count("pk"))
    for row in rows.order_by("-pk__count", "outcome"):
        found.setdefault(row["campaign_id"], []).append((row["outcome"], row["pk__count"]))
    return found


class Followed(NamedTuple):
    """Whose first draw a campaign made, followed for 90 days: those whose ticket won and those who drew a blank.

    Of each, how many ordered again. No verdict: that is the report's.
    """

    winners: int = 0
    winners_returned: int = 0
    blanks: int = 0
    blanks_returned: int = 0


_FOLLOWED = """
SELECT d.campaign_id, count(*) FILTER (WHERE NOT o.held_out), count(o.returned_after) FILTER (WHERE NOT o.held_out),
  count(*) FILTER (WHERE o.held_out), count(o.returned_after) FILTER (WHERE o.held_out)
FROM reciprocity_draw d JOIN reciprocity_outcome o ON o.question = 'gift' AND o.unit = d.id
WHERE d.campaign_id = ANY(%s) GROUP BY d.campaign_id
"""


def followed(campaign_ids: Iterable[int]) -> dict[int, Followed]:
    """What became of the people for whom campaigns drew, by campaign."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [list(campaign_ids)])
        return {campaign_id: Followed(*counts) for campaign_id, *counts in cursor.fetchall()}


def used_by_others(campaign_ids: Iterable[int]) -> dict[int, int]:
    """How many gifts of campaigns were used by somebody else than the winner, by campaign."""
    rows = Draw.objects.filter(campaign_id__in=campaign_ids, used_by_another=True).values_list("campaign_id")
    return dict(rows.annotate(Count("pk")).order_by())
