"""Findings: what is looked at when somebody asks how the plugin does, each in a sentence with what to do about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from saleor_reciprocity.errors import kind_of, told

logger = logging.getLogger(__name__)


class State(Enum):
    """How a thing stands."""

    FINE = "fine"
    LOOK = "look"  # somebody should look at it
    BROKEN = "broken"  # something does not work


@dataclass(frozen=True)
class Finding:
    """How one thing stands. `todo` is "" where there is nothing to do."""

    name: str
    state: State
    said: str
    todo: str = ""


def fine(name: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(name, State.FINE, said)


def look(name: str, said: str, todo: str) -> Finding:
    """Somebody should look at it."""
    return Finding(name, State.LOOK, said, todo)


def broken(name: str, said: str, todo: str) -> Finding:
    """Something does not work."""
    return Finding(name, State.BROKEN, said, todo)


def seen(name: str, find: Callable[..., Finding | Iterable[Finding]], *given: Any) -> list[Finding]:
    """What a look finds. Where the look itself fails, that is what was found, and the others go on."""
    try:
        with transaction.atomic():
            found = find(*given)
            return [found] if isinstance(found, Finding) else list(found)
    except Exception as error:
        logger.error("Health could not look at %s", name, exc_info=told(error))
        said = _("This could not be looked at (%(error)s).") % {"error": kind_of(error)}
        return [broken(name, said, _("The shop's log says why."))]
