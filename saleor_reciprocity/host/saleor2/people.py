"""People of Saleor 2.10: who somebody is, whether the address is proved, and where they are written to."""

from __future__ import annotations

from typing import Any, Iterable

from django.contrib.auth import get_user_model
from saleor.order import models as order_models

from ..facts import Person, Recipient
from ..shared.people import recipient_of
from .parts import is_proved

GROUP_MEMBERS = "SELECT m.user_id, g.name FROM account_user_groups m JOIN auth_group g ON g.id = m.group_id"


def asks_for_proof() -> bool:
    """Whether somebody can prove an address here: the shop can go without asking."""
    return is_proved(True)


def recipient(user_id: int | None, order_id: str) -> Recipient:
    """Where an active user is written to or, without one, whoever placed an order; an empty address if nowhere."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first() if user_id is not None else None
    if user is None and user_id is not None:
        return Recipient("", "", "")
    row = order_models.Order.objects.select_related("billing_address").filter(token=order_id).first()
    return recipient_of(user, row)


def person(user: Any) -> Person:
    """The person behind a user row."""
    return Person(user.pk, user.email, confirmed=is_proved(user.is_active))


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people behind many user rows, by user id."""
    rows = get_user_model().objects.filter(pk__in=user_ids).values_list("pk", "email", "is_active")
    return {pk: Person(pk, email, confirmed=is_proved(is_active)) for pk, email, is_active in rows}


def customers() -> str:
    """Every customer, as SQL: `user_id`, `joined_at`, `metadata`, and `proved` by the same rule as `is_proved`."""
    proved = "u.is_active" if is_proved(True) else "false"
    return (
        f"SELECT u.id AS user_id, u.date_joined AS joined_at, u.metadata, {proved} AS proved"  # noqa: S608
        " FROM account_user u WHERE NOT u.is_staff"
    )
