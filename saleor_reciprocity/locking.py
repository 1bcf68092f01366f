"""Locking: a transaction of a request, which waits a limited time for whatever somebody else holds; turns."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, Sequence

from django.db import OperationalError, connection, transaction

from saleor_reciprocity import deployment, errors

DEADLOCK = "40P01"

# What is left to do with nothing locked: each in a transaction of its own, tried whatever becomes of the others. It
# returns what is left after it, or nothing.
Turn = Callable[[], Any]
Turns = Sequence[Turn]


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


def is_ring(busy: errors.Busy) -> bool:
    """Whether somebody else waited for us meanwhile: tried again at once it can go well, unlike what was waited for."""
    diagnosis = getattr(getattr(busy.__cause__, "__cause__", None), "diag", None)  # of the database's own error
    return getattr(diagnosis, "sqlstate", None) == DEADLOCK
