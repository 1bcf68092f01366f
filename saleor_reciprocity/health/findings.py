"""Findings: what is looked at when somebody asks how the plugin does, each in a sentence with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
