"""The look: everything that is found, what is broken first."""

from __future__ import annotations

from datetime import datetime

from . import books, place, running
from .findings import Finding, State

_FIRST = [State.BROKEN, State.LOOK, State.FINE]


def findings(now: datetime) -> list[Finding]:
    """Everything, what is broken first and what is fine last."""
    found = [*place.findings(now), *running.findings(now), *books.findings(now)]
    return sorted(found, key=lambda one: _FIRST.index(one.state))
