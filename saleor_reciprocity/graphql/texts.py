"""Texts and numbers that no database can hold, which GraphQL lets through: half characters, zero bytes, infinity."""

from __future__ import annotations

from decimal import Decimal
from functools import wraps
from typing import Any, Callable, Mapping

from graphql import GraphQLError


def unwritable(arguments: Mapping[str, Any]) -> str | None:
    """The argument or input field with such a text or number, or None."""
    return next((name for name, value in arguments.items() if _holds(value)), None)


def _holds(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, Decimal):
        return not value.is_finite()
    if isinstance(value, Mapping):
        return unwritable(value) is not None
    return isinstance(value, list) and any(_holds(item) for item in value)


def checked(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that refuses such texts and numbers by the argument's name."""

    @wraps(resolve)
    def refuse_or_resolve(root: Any, info: Any, **arguments: Any) -> Any:
        name = unwritable(arguments)
        if name is not None:
            raise GraphQLError(f"Argument `{name}` holds what can't be stored.")
        return resolve(root, info, **arguments)

    return refuse_or_resolve
