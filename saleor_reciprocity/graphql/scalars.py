"""Scalars, enums, ids and arguments that our fields share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import graphene
from graphql.language import ast

from saleor_reciprocity import errors, host

CHANNEL_ARGUMENT = "Slug of a channel. Needed where the shop has more than one."


FIRST_YEAR, LAST_YEAR = 1970, 9000  # moments that every time zone and the database can hold
MOST_EXACT = 2**53  # the largest whole number up to which JSON is exact everywhere


class LoyaltyDecimal(graphene.Scalar):
    """A decimal number that is never rounded: sent as a string, accepted as a string or a number."""

    @staticmethod
    def serialize(value: Decimal) -> str:
        return f"{value.normalize():f}"

    @staticmethod
    def parse_value(value: Any) -> Decimal | None:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    @classmethod
    def parse_literal(cls, node: Any) -> Decimal | None:
        if isinstance(node, (ast.StringValue, ast.IntValue, ast.FloatValue)):
            return cls.parse_value(node.value)
        return None


class LoyaltyPoints(graphene.Scalar):
    """A whole number of points, which may be too large for the type Int; up to 2^53 either way."""

    @staticmethod
    def serialize(value: int) -> int:
        return int(value)

    @staticmethod
    def parse_value(value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_EXACT:
            return None
        return value

    @classmethod
    def parse_literal(cls, node: Any) -> int | None:
        return cls.parse_value(int(node.value)) if isinstance(node, ast.IntValue) and len(node.value) < 20 else None


def enum(name: str, choices: Any, description: str) -> Any:
    """A GraphQL enum of a Django choices class: its names outside, its values inside, its labels as descriptions."""
    labels = {choice.value: str(choice.label) for choice in choices}

    def describe(value: Any) -> str:
        return labels[value.value] if value else description

    return graphene.Enum(name, [(choice.name, choice.value) for choice in choices], description=describe)


def words(name: str, choices: Any, description: str) -> Any:
    """A GraphQL enum of a pure enum: its names outside, its values inside."""
    members = [(choice.name, choice.value) for choice in choices]
    return graphene.Enum(name, members, description=lambda value: None if value else description)


def global_id(type_name: str, key: Any) -> str:
    """The id under which GraphQL knows a row."""
    return str(graphene.Node.to_global_id(type_name, key))


def key_in(type_name: str, given: str, field: str) -> str:
    """The key within a global id. Raises NotFound for any text that can't be an id of this type."""
    try:
        found_type, key = graphene.Node.from_global_id(given)
    except ValueError:  # not base64, or not text behind it
        raise errors.NotFound(field=field) from None
    if found_type != type_name or not key.isascii():
        raise errors.NotFound(field=field)
    return str(key)


def row_id(type_name: str, given: str, field: str) -> int:
    """The row that a global id names. Raises NotFound for any id that can't be one of this type."""
    key = key_in(type_name, given, field)
    if not key.isdigit() or len(key) > 18:
        raise errors.NotFound(field=field)
    return int(key)


def channel_with_slug(slug: str | None) -> host.Channel:
    """The channel that an argument names. Raises NotFound."""
    channel = host.channel_by_slug(slug)
    if channel is None:
        raise errors.NotFound(field="channel")
    return channel


def given(values: Any) -> dict[str, Any]:
    """The fields of an input that were given a value."""
    return {name: value for name, value in values.items() if value is not None}


def moment(text: str, field: str) -> datetime:
    """A moment from ISO 8601 with an offset. Raises Invalid."""
    try:
        parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise errors.Invalid(field=field) from None
    if parsed.tzinfo is None or not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise errors.Invalid(field=field)
    return parsed


class _ProductByName(graphene.ObjectType):
    class Meta:
        name = "Product"

    id = graphene.ID(required=True)


class HostTypes:
    """How our fields name the host's types: by the types, or by name only while our part of the schema is printed."""

    by_name = False


def product_type() -> Any:
    """The host's type `Product`."""
    return _ProductByName if HostTypes.by_name else host.product_type()
