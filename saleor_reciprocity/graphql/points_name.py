"""GraphQL for what a shop calls its points: read once for each channel and request."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import get_language, override

from saleor_reciprocity import host, languages, names, programmes
from saleor_reciprocity.points.earning.explanation import Called

from .scalars import CHANNEL_ARGUMENT


class LoyaltyPointsName(graphene.ObjectType):
    """What points are called in one language."""

    one = graphene.String(required=True, description="The form for the number 1, such as “star”.")
    other = graphene.String(required=True, description="The form for other numbers and for none, such as “stars”.")
    language = graphene.String(required=True, description="The language that it is in.")


class PointsNameQueries(graphene.ObjectType):
    loyalty_points_name = graphene.Field(
        LoyaltyPointsName,
        required=True,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        language=graphene.String(description="The language, such as en or zh-hans; the request's without one."),
        description="What the shop calls its points in a channel, “points” where it has no other name.",
    )

    @staticmethod
    def resolve_loyalty_points_name(
        root: Any, info: Any, channel: str | None = None, language: str | None = None
    ) -> LoyaltyPointsName:
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            own = names_in(info.context, found.id) if found else ""
        code = languages.nearest(language or get_language() or "en")
        with override(code):
            name = names.called(own)
        return LoyaltyPointsName(one=name.one, other=name.other, language=code)


def names_in(context: Any, channel_id: str) -> str:
    """What points are called in a channel, in every language."""
    known = context.__dict__.setdefault("reciprocity_points_names", {})
    if channel_id not in known:
        with host.allow_writer():
            version = programmes.current(channel_id, timezone.now())
        known[channel_id] = version.programme.points_name if version is not None else ""
    return str(known[channel_id])


def amounts(context: Any, channel_id: str) -> Called:
    """How an amount of points is written in a channel, in the active language."""
    return partial(names.amount, names_in(context, channel_id))
