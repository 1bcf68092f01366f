"""Preferences: the only writer of what customers say they like, and the one function that forgets a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, Mapping, Tuple

from django.db import connection

from saleor_reciprocity import errors, host
from saleor_reciprocity.locking import locking

from .models import CustomerList, ListedProducts, ModelVersion, Preference

MOST_PREFERENCES = 500

Subject = Tuple[str, int]  # a value of `PreferenceKind`, and the id of the host's row


def of(user_id: int | None) -> list[Preference]:
    """What a customer said, the newest first."""
    return list(Preference.objects.filter(user_id=user_id).order_by("-updated_at", "-pk"))


def update(user_id: int, opinions: Mapping[Subject, bool], cleared: Iterable[Subject], now: datetime) -> None:
    """Store opinions (liked or not) and clear others, all or nothing.

    Raises NotFound for what customers can't see, TooManyPreferences when there would be more than MOST_PREFERENCES,
    and Busy.
    """
    _must_be_visible(opinions, now)
    with locking(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reciprocity_preference'), %s)", [user_id])
        for kind, object_id in cleared:
            Preference.objects.filter(user_id=user_id, kind=kind, object_id=object_id).delete()
        for (kind, object_id), liked in opinions.items():
            values = {"liked": liked, "updated_at": now}
            Preference.objects.update_or_create(user_id=user_id, kind=kind, object_id=object_id, defaults=values)
        if Preference.objects.filter(user_id=user_id).count() > MOST_PREFERENCES:
            raise errors.TooManyPreferences


def _must_be_visible(opinions: Iterable[Subject], now: datetime) -> None:
    subjects = set(opinions)
    for kind in {kind for kind, _ in subjects}:
        ids = {object_id for of_kind, object_id in subjects if of_kind == kind}
        if ids - host.visible_ids(kind, ids, now):
            raise errors.NotFound


def forget(user_id: int) -> None:
    """Delete what a customer said and what was learned for them, at once; what is left is that they bought.

    The neighbours and popularity of the version that serves rest on many people and name none. The next training
    starts from the purchases that are there by then; one that has begun waits for the caller's transaction before it
    serves, and leaves the customer out.
    """
    list(ModelVersion.objects.select_for_update().filter(finished_at=None))
    Preference.objects.filter(user_id=user_id).delete()
    CustomerList.objects.filter(user_id=user_id).delete()
    ListedProducts.objects.filter(user_id=user_id).delete()
