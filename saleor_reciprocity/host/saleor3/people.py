"""People of Saleor 3: who somebody is, whether the address is proved, and where they are written to."""

from __future__ import annotations

from typing import Any, Iterable

from django.contrib.auth import get_user_model
from saleor.order import models as order_models

from ..facts import Person, Recipient
from ..shared.people import recipient_of
from .parts import is_uuid


def asks_for_proof() -> bool:
    """Whether somebody can prove an address here: every account says whether it is confirmed."""
    return True


def customers() -> str:
    """Every customer, as SQL: `user_id`, `joined_at`, `metadata`, and `proved` by the same rule as the facts."""
    return """
    SELECT u.id AS user_id, u.date_joined AS joined_at, u.metadata, u.is_active AND u.is_confirmed AS proved
    FROM account_user u WHERE NOT u.is_staff
    """


GROUP_MEMBERS = "SELECT m.user_id, g.name FROM account_user_groups m JOIN account_group g ON g.id = m.group_id"


def recipient(user_id: int | None, order_id: str) -> Recipient:
    """Where an active user is written to or, without one, whoever placed an order; an empty address if nowhere."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first() if user_id is not None else None
    if user is None and user_id is not None:
        return Recipient("", "", "")
    rows = order_models.Order.objects.select_related("billing_address")
    row = rows.filter(pk=order_id).first() if is_uuid(order_id) else None
    return recipient_of(user, row)


def person(user: Any) -> Person:
    """The person behind a user row."""
    return Person(user.pk, user.email, confirmed=user.is_active and user.is_confirmed)


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people behind many user rows, by user id."""
    rows = get_user_model().objects.filter(pk__in=user_ids).values_list("pk", "email", "is_active", "is_confirmed")
    return {pk: Person(pk, email, confirmed=active and confirmed) for pk, email, active, confirmed in rows}
