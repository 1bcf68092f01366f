"""Conditions: how those of a rule are stored, and read again. Pure."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from decimal import Decimal
from typing import Any

from .rules import Conditions


def conditions_from(stored: dict[str, Any]) -> Conditions:
    """Conditions as they were stored."""
    return Conditions(**{name: _READ[name](value) for name, value in stored.items()})


def conditions_as_json(conditions: Conditions) -> dict[str, Any]:
    """Conditions as they are stored; what is not asked for is left out."""
    given = ((field.name, getattr(conditions, field.name)) for field in fields(Conditions))
    return {name: _WRITE[name](value) for name, value in given if value is not None and value != frozenset()}


SETS = ("products", "categories", "collections", "groups", "tiers", "weekdays")
_MONEY, _TIMES, _NUMBERS = (
    ("minimum_total", "maximum_total"),
    ("time_from", "time_to"),
    ("order_number", "every_nth_order"),
)
_READ: dict[str, Any] = {
    **dict.fromkeys(SETS, frozenset),
    **dict.fromkeys(_MONEY, Decimal),
    **dict.fromkeys(_TIMES, time.fromisoformat),
    **dict.fromkeys(_NUMBERS, int),
}
_WRITE: dict[str, Any] = {
    **dict.fromkeys(SETS, sorted),
    **dict.fromkeys(_MONEY, str),
    **dict.fromkeys(_TIMES, time.isoformat),
    **dict.fromkeys(_NUMBERS, int),
}
