"""Serving: one SQL statement from what a training left behind to what one customer is shown now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import connection
from django.utils import timezone

from .feedback import SILENCE, Feedback
from .statement import statement


class Kind(Enum):
    """What is asked for."""

    FOR_YOU = "for you"
    NEW_TO_YOU = "new to you"
    BUY_AGAIN = "buy again"
    GOES_WITH = "goes with"
    COMPLETES_CHECKOUT = "completes checkout"


@dataclass(frozen=True)
class Situation:
    """Who asks, where, and what they are looking at. A `country` of "" is any; a `channel` of None is the only one."""

    now: datetime
    channel: str | None = None
    country: str = ""
    user: int | None = None
    product: int | None = None
    checkout: str | None = None


@dataclass(frozen=True)
class Recommendation:
    """A product with the reason for it. `because` is the product that the reason speaks of, if one may be named.

    `score` is 1 for the first of one list alone, and higher where several sources agree; `position` is the place in
    the whole answer, from which a next page goes on.
    """

    channel_slug: str
    product_id: int
    score: float
    position: tuple[int, int]
    reason: str
    because: int | None
    because_name: str | None
    stars: int | None  # that the customer gave to this product, where this is the reason


class UnknownChannel(LookupError):
    """There is no such channel, or the shop has several and none was named."""


def recommend(
    kind: Kind,
    situation: Situation,
    first: int,
    after: tuple[int, int] | None = None,
    feedback: Feedback = SILENCE,
) -> list[Recommendation]:
    """The best products, at most `first` after a position. Raises UnknownChannel. Exactly one SQL statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement_for(kind, situation, feedback), parameters(situation, first, after))
        rows = cursor.fetchall()
    if not rows:
        raise UnknownChannel
    return [_recommendation(*row) for row in rows if row[1] is not None]


def statement_for(kind: Kind, situation: Situation, feedback: Feedback = SILENCE) -> str:
    """The statement that answers."""
    looking = situation.product is not None or situation.checkout is not None
    return statement(kind.name, situation.user is not None, looking, feedback.of_customer)


def parameters(situation: Situation, first: int, after: tuple[int, int] | None = None) -> dict[str, Any]:
    """What the statement is executed with."""
    score, product_id = after or (None, None)
    return {
        **situation.__dict__,
        "today": situation.now.astimezone(timezone.get_default_timezone()).date(),  # as the host counts days
        "first": first,
        "after_score": score,
        "after_product": product_id,
    }


def _recommendation(channel_slug: str, product_id: int, points: int, reason: str, *because: Any) -> Recommendation:
    return Recommendation(channel_slug, product_id, points / 1e9, (points, product_id), reason, *because)
