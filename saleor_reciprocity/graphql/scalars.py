"""Scalars, enums, ids and arguments that our fields share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import graphene
from django.utils.translation import gettext as _
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import errors, host

CHANNEL_ARGUMENT = "Slug of a channel. Needed where the shop has more than one."


FIRST_YEAR, LAST_YEAR = 1970, 9000  # moments that every time zone and the database can hold
MOST_EXACT = 2**53  # the largest whole number up to which JSON is exact everywhere


# The host's type of numbers, a number in JSON. Points are whole ones, exact up to 2^53 either way.
Number = host.decimal_type()
Date = host.date_type()
DateTime = host.date_time_type()


def whole(number: Decimal, field: str) -> int:
    """A whole number from one that was sent. Raises Invalid for any other, and where JSON is not exact any more."""
    if number != number.to_integral_value() or abs(number) > MOST_EXACT:
        raise errors.Invalid(_("Enter a whole number."), field=field)
    return int(number)


def with_whole(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """The fields of an input, those with these names as whole numbers. Raises Invalid, at the field."""
    return {
        name: whole(value, to_camel_case(name)) if name in names and value is not None else value
        for name, value in values.items()
    }


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


def given(values: Any) -> dict[str, Any]:
    """The fields of an input that were given a value."""
    return {name: value for name, value in values.items() if value is not None}


def moment(given: datetime, field: str) -> datetime:
    """A moment that was sent, if it says its offset and every time zone can hold it. Raises Invalid."""
    if given.tzinfo is None or not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise errors.Invalid(field=field)
    return given


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
