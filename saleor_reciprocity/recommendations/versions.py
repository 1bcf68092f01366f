"""Versions: begins one, moves `serving` to it in one statement, and discards what does not serve."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from saleor_reciprocity import deployment, host

from . import listed
from .models import CustomerList, ModelVersion, Neighbour, Popularity, Regard

LONGEST_ERASURE = timedelta(days=1)  # from when it is noted to when it is done, with room for clocks that differ
_ERASED_SINCE = "SELECT order_id FROM reciprocity_settledorder WHERE erased AND settled_at >= %s"
_FORGET = f"""
DELETE FROM reciprocity_customerlist l USING ({host.ORDER_STATES} WHERE {host.CHOSEN_ORDERS}) o
WHERE l.version_id = %(version)s AND l.user_id = o.user_id
"""  # noqa: S608 - constants


def begin(algorithm: str, now: datetime) -> ModelVersion:
    """A new version without rows, of purchases up to now. It serves nobody until `serve` is called."""
    return ModelVersion.objects.create(algorithm=algorithm, people=deployment.minimum_people(), started_at=now)


def serve(version: ModelVersion, figures: dict[str, Any], now: datetime) -> None:
    """Say that all rows of a version are written, and let it serve instead of the one before.

    Who was erased while it was made gets no lists; who is being erased is waited for.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        ModelVersion.objects.filter(pk=version.pk).update(finished_at=now, figures=figures)
        cursor.execute(_ERASED_SINCE, [version.started_at - LONGEST_ERASURE])
        order_ids = [order_id for (order_id,) in cursor.fetchall()]
        if order_ids:
            cursor.execute(_FORGET, {"version": version.pk, "order_ids": order_ids})
        cursor.execute(
            "UPDATE reciprocity_modelversion SET serving = (id = %s) WHERE serving OR id = %s",
            [version.pk, version.pk],
        )
        listed.keep(version.pk, now)


def discard(version_id: int) -> None:
    """Delete a version that does not serve, with its rows: a statement a table. One that serves is left alone."""
    if ModelVersion.objects.filter(pk=version_id, serving=True).exists():
        return
    for table in (CustomerList, Neighbour, Popularity, Regard):
        table.objects.filter(version_id=version_id).delete()
    ModelVersion.objects.filter(pk=version_id, serving=False).delete()
