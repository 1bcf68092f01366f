"""Versions: begins one, moves `serving` to it in one statement, and discards what does not serve."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_reciprocity import settings

from .models import CustomerList, ModelVersion, Neighbour, Popularity


def begin(algorithm: str) -> ModelVersion:
    """A new version without rows, of purchases up to now. It serves nobody until `serve` is called."""
    return ModelVersion.objects.create(algorithm=algorithm, people=settings.minimum_people(), started_at=timezone.now())


def serve(version: ModelVersion, figures: dict[str, Any]) -> None:
    """Say that all rows of a version are written, and let it serve instead of the one before."""
    ModelVersion.objects.filter(pk=version.pk).update(finished_at=timezone.now(), figures=figures)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reciprocity_modelversion SET serving = (id = %s) WHERE serving OR id = %s",
            [version.pk, version.pk],
        )


def discard(version_id: int) -> None:
    """Delete a version that does not serve, with its rows: a statement a table. One that serves is left alone."""
    if ModelVersion.objects.filter(pk=version_id, serving=True).exists():
        return
    for table in (CustomerList, Neighbour, Popularity):
        table.objects.filter(version_id=version_id).delete()
    ModelVersion.objects.filter(pk=version_id, serving=False).delete()
