"""Subjects: what the rows say that events point at, read when an event is: nothing of a person is kept a second time.

Of somebody who was erased an event says nothing but that something happened.
"""

from __future__ import annotations

import json
from typing import Any, Iterable, NamedTuple

from django.db import connection
from graphql_relay import to_global_id

from saleor_reciprocity import host

from .models import EventKind


class Subject(NamedTuple):
    """What events point at: the name of its ids in GraphQL, and what it says, in SQL that picks rows by `%(ids)s`."""

    type_name: str
    sql: str


# Who has an account by now, the order that it is about, where, and what it says; nothing of an account that is erased.
_OF_ACCOUNT = """
SELECT s.id, coalesce(owner.user_id, a.user_id) AS user_id, {order_id} AS order_id, {number} AS order_number,
  {channel} AS channel_id, CASE WHEN a.erased_at IS NULL THEN {says} END::text AS says
FROM {table} s JOIN reciprocity_account a ON a.id = s.account_id
LEFT JOIN reciprocity_account owner ON owner.id = a.merged_into_id {joins}
WHERE s.id = ANY(%(ids)s)
"""

ENTRY = Subject(
    "LoyaltyEntry",
    _OF_ACCOUNT.format(
        table="reciprocity_entry",
        order_id="s.order_id",
        number="coalesce(t.order_number, '')",
        channel="coalesce(t.channel_id, '')",
        says="""jsonb_build_object('kind', s.kind, 'points', s.points, 'pending', s.pending,
      'balanceAfter', s.balance_after, 'pendingAfter', s.pending_after, 'version', s.version)""",
        joins="LEFT JOIN reciprocity_orderterms t ON t.order_id = s.order_id",
    ),
)
TIER_CHANGE = Subject(
    "LoyaltyTierChange",
    _OF_ACCOUNT.format(
        table="reciprocity_tierchange",
        order_id="''",
        number="''",
        channel="''",
        says="jsonb_build_object('from', s.from_code, 'to', s.code, 'points', s.points)",
        joins="",
    ),
)
REDEMPTION = Subject(
    "LoyaltyRedemption",
    _OF_ACCOUNT.format(
        table="reciprocity_redemption",
        order_id="''",
        number="''",
        channel="s.channel_id",
        says="""jsonb_build_object('reward', r.name, 'kind', s.kind, 'points', s.points, 'value', s.value::text,
      'currency', s.currency)""",
        joins="JOIN reciprocity_reward r ON r.id = s.reward_id",
    ),
)
DRAW = Subject(
    "SurpriseDraw",
    """
SELECT s.id, s.user_id, s.order_id, s.order_number, c.channel_id, CASE WHEN s.person NOT LIKE 'erased:%%' THEN
  jsonb_build_object('campaign', c.name, 'gift', p.name, 'kind', p.kind, 'cost', s.cost::text, 'currency', s.currency)
  END::text AS says
FROM reciprocity_draw s JOIN reciprocity_campaign c ON c.id = s.campaign_id
LEFT JOIN reciprocity_prize p ON p.id = s.prize_id
WHERE s.id = ANY(%(ids)s)
""",
)
ANSWER = Subject(
    "SurveyAnswer",
    """
SELECT s.id, i.user_id, i.order_id, i.order_number, i.channel_id, CASE WHEN i.person NOT LIKE 'erased:%%' THEN
  jsonb_build_object('question', s.question, 'score', s.score, 'isUnhappy', s.is_unhappy) END::text AS says
FROM reciprocity_answer s JOIN reciprocity_invitation i ON i.id = s.invitation_id
WHERE s.id = ANY(%(ids)s)
""",
)

OF_KIND = {
    EventKind.POINTS_CHANGED: ENTRY,
    EventKind.TIER_CHANGED: TIER_CHANGE,
    EventKind.REDEEMED: REDEMPTION,
    EventKind.REDEMPTION_USED: REDEMPTION,
    EventKind.REDEMPTION_CANCELLED: REDEMPTION,
    EventKind.REDEMPTION_EXPIRED: REDEMPTION,
    EventKind.REDEMPTION_DONE: REDEMPTION,
    EventKind.SURPRISE_WON: DRAW,
    EventKind.SURPRISE_USED: DRAW,
    EventKind.SURPRISE_EXPIRED: DRAW,
    EventKind.SURPRISE_WITHDRAWN: DRAW,
    EventKind.SURVEY_ANSWERED: ANSWER,
}


_IN_CHANNELS = f"""
SELECT s.id, s.user_id, s.order_id, s.order_number, s.says, c.slug
FROM ({{subject}}) s LEFT JOIN ({host.CHANNELS}) c ON c.id = s.channel_id
"""  # noqa: S608 - made of constants


class Said(NamedTuple):
    """What a subject says: whose it is, by user, the order, where, and the rest by name; None of who is erased."""

    subject_id: str
    customer_id: str | None
    order_id: str | None
    order_number: str | None
    channel: str | None
    data: dict[str, Any] | None


def said(subject: Subject, ids: Iterable[int]) -> dict[int, Said]:
    """What rows say, by their ids; those that are not there any more are missing."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_CHANNELS.format(subject=subject.sql), {"ids": sorted(set(ids))})
        return {row[0]: _said(subject, *row) for row in cursor.fetchall()}


def _said(
    subject: Subject, key: int, user_id: int | None, order_id: str, number: str, says: str | None, slug: str | None
) -> Said:
    name = to_global_id(subject.type_name, key)
    if says is None:
        return Said(name, None, None, None, slug, None)
    order = to_global_id("Order", host.order_key(order_id, number)) if number else None
    customer = None if user_id is None else to_global_id("User", user_id)
    return Said(name, customer, order, number or None, slug, json.loads(says))
