"""What our models share: JSON columns and CHECK constraints for Django 3.0 and 5.2, and whose the keys to users are."""

from __future__ import annotations

from typing import Any

import django
from django.db import models

if django.VERSION < (3, 1):
    from django.contrib.postgres.fields import JSONField as DjangoJSONField
else:
    from django.db.models import JSONField as DjangoJSONField

# Of a key to a user: when the user is deleted, the row loses the name, or goes as well. The database does it and misses
# no row, however late it was written. Django would look for the rows first, and fail when another came meanwhile.
BY_THE_DATABASE = models.DO_NOTHING

_CONDITION = "check" if django.VERSION < (5, 1) else "condition"


class JSONField(DjangoJSONField):
    """A JSON column that migrations name alike on both Django generations."""


def check(name: str, condition: models.Q) -> models.CheckConstraint:
    """A CHECK constraint that the database enforces on every row."""
    options: dict[str, Any] = {"name": name, _CONDITION: condition}
    return models.CheckConstraint(**options)
