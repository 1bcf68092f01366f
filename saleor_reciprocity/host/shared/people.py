"""Users and guests, which both generations store alike."""

from __future__ import annotations

from typing import Any, Iterable

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F, Func, TextField

from saleor_reciprocity import addresses
from saleor_reciprocity.addresses import normalised

from ..facts import Person, Recipient

# The relation of users, for a FROM clause: `id`, `email`.
USERS = "account_user"


def recipient_of(user: Any, order_row: Any) -> Recipient:
    """Where a user, or None, or else whoever placed an order, is written to."""
    billing = order_row.billing_address if order_row else None
    email = user.email if user else order_row.user_email if order_row else ""
    name = (user.first_name if user else "") or (billing.first_name if billing else "")
    language = order_row.language_code if order_row else getattr(user, "language_code", "")
    return Recipient(email or "", name, language or "")


def user_with_id(user_id: int) -> Any:
    """The user with this id, or None."""
    return get_user_model().objects.filter(pk=user_id).first()


def hold_user(user_id: int) -> bool:
    """Let nobody delete a user until the end of the transaction. Returns whether there is such a user.

    Who writes rows that name a user holds the user first of all: a deletion holds the user, and then those rows.
    """
    return bool(hold_users([user_id]))


def hold_users(user_ids: Iterable[int]) -> set[int]:
    """The same for many. Returns those that there are."""
    with connection.cursor() as cursor:
        sql = f"SELECT id FROM {USERS} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"  # noqa: S608 - a constant
        cursor.execute(sql, [list(user_ids)])
        return {user_id for (user_id,) in cursor.fetchall()}


def person_with_email(email: str) -> Person:
    """The guest behind an e-mail address."""
    return Person(None, email, confirmed=False)


def groups_of(user_id: int | None) -> frozenset[str]:
    """The names of the groups that a user is in."""
    return frozenset(
        get_user_model().objects.filter(pk=user_id, groups__isnull=False).values_list("groups__name", flat=True)
    )


def unknown_groups(names: Iterable[str]) -> set[str]:
    """Which of these names no group has."""
    groups = get_user_model()._meta.get_field("groups").related_model
    return set(names) - set(groups.objects.filter(name__in=list(names)).values_list("name", flat=True))


def group_names_like(text: str, most: int) -> list[str]:
    """The names of groups with a text in them, in their order."""
    groups = get_user_model()._meta.get_field("groups").related_model
    return list(groups.objects.filter(name__icontains=text).order_by("name").values_list("name", flat=True)[:most])


def users_at(email: str) -> list[int]:
    """The ids of all users with this address, in whatever spelling, proved or not."""
    rows = get_user_model().objects.annotate(address=_address("email")).filter(address=normalised(email))
    return list(rows.values_list("pk", flat=True))


def _address(column: str) -> Func:
    return Func(F(column), function=addresses.SQL_NAME, output_field=TextField())


def somebody_may(permission: str) -> bool:
    """Whether somebody on the staff who can sign in holds a permission such as "order.manage_orders"."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("-is_superuser", "pk")
    return any(user.has_perm(permission) for user in staff.iterator())
