"""Rounds: looks after many rows, each in a transaction of its own, so that what goes wrong with one stops no other."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Callable, Iterable, Iterator

from django.db import OperationalError, connection, transaction

from saleor_reciprocity import errors, settings

logger = logging.getLogger(__name__)


def one_by_one(what: str, keys: Iterable[object], change: Callable[..., bool]) -> int:
    """Call `change` with each key. Returns how many it changed.

    What fails is logged without its message, which could contain a code, and waits for the next round.
    """
    changed = 0
    for key in list(keys):
        try:
            changed += change(key)
        except errors.Busy:
            continue
        except Exception as error:  # noqa: BLE001 - the others have to have their turn
            logger.error("%s %s was left for the next round: %s", what, key, type(error).__name__)
    return changed


@contextmanager
def locking() -> Iterator[None]:
    """A transaction that waits a limited time for whatever is locked. Raises Busy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                wait = settings.in_milliseconds(settings.wait_seconds())
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
            yield
    except OperationalError as error:
        raise errors.Busy from error
