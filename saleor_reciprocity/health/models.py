"""What health remembers: the last proof of the books, and when each part of the schedule last ran. No history."""

from __future__ import annotations

from django.db import models

from saleor_reciprocity.fields import JSONField


class LastCheck(models.Model):
    """What the last `reciprocity_check` said: one row, or none before the first. `broken` has titles and row counts."""

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField()
    broken = JSONField()

    class Meta:
        app_label = "reciprocity"


class TaskMark(models.Model):
    """When a part of the schedule last began and ended; `ended_at` is None while its first run goes on.

    The mark `first` says since when any part runs.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        app_label = "reciprocity"
