"""Rounds: looks after many rows, each in a transaction of its own, so that what goes wrong with one stops no other."""

from __future__ import annotations

import logging
from typing import Callable, Iterable

from saleor_reciprocity import errors

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
