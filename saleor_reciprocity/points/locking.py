"""Locking: a transaction of a request, which waits a limited time for an account that somebody else holds."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

from django.db import OperationalError, connection, transaction

from saleor_reciprocity import deployment, errors


@contextmanager
def locking() -> Iterator[None]:
    """A transaction that waits a limited time for whatever is locked, and in no ring. Raises Busy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                wait = deployment.in_milliseconds(deployment.wait_seconds())
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
            yield
    except OperationalError as error:
        raise errors.Busy from error
