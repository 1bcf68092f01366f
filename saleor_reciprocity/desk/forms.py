"""Forms: what was typed becomes the variables of an operation, by the schema's own input types.

A field of a form is named by its way through the variables: `input.points`, `input.prizes.0.name`. An empty field is
null, one that is not in the form is not sent. What is wrong is told by the same names.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Iterable, Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _
from graphene.utils.str_converters import to_camel_case
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
)
from graphql.utils.type_from_ast import type_from_ast

from saleor_reciprocity import host, readers, settings

_ABSENT = object()
_ROW = re.compile(r"[0-9]{1,3}")  # the number of a row of a list
_NUMBERS = {GraphQLInt: int, GraphQLFloat: float}
# What is typed from 0 to 1, or in per cent; and what is counted in per cent.
_SHARES = ("probability", *(to_camel_case(one.name) for one in settings.FIELDS if one.read.unit == readers.SHARE))
_PERCENT = "percent"


def variables(declared: Iterable[Any], form: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of declared variables as a form has them, and what is wrong with it, by the name of the field."""
    schema = host.loaded_schema()
    wrong: dict[str, str] = {}
    found = {}
    for variable in declared:
        name = variable.variable.name.value
        found[name] = _value(type_from_ast(schema, variable.type), name, form, wrong)
    return _present(found), wrong


def refusals(errors: Iterable[Mapping[str, Any]], form: QueryDict) -> dict[str, str]:
    """What a mutation refused, at the form's fields; under "" what is about none of them."""
    said: dict[str, str] = {}
    for error in errors:
        name = str(error.get("field") or "")
        place = _place(name, form)
        said[place] = " ".join(filter(None, (said.get(place), error.get("message") or error.get("code"))))
    return said


def _place(name: str, form: QueryDict) -> str:
    """The field of a form that a name is about, or the list of fields; "" for none."""
    if not name:
        return ""
    exact = (key for key in form if key == name or key.endswith(f".{name}"))
    within = (f"{key.split(f'.{name}.')[0]}.{name}" for key in form if f".{name}." in key)
    return next(exact, "") or next(within, "")


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not _ABSENT}


def _value(kind: Any, name: str, form: QueryDict, wrong: dict[str, str]) -> Any:
    if isinstance(kind, GraphQLNonNull):
        value = _value(kind.of_type, name, form, wrong)
        if value is None and name not in wrong:
            wrong[name] = _("Fill this in.")
        return value
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind, name, form, wrong)
    if isinstance(kind, GraphQLList):
        return _list(kind.of_type, name, form, wrong)
    return _leaf(kind, name, form.getlist(name)[-1], wrong) if name in form else _ABSENT


def _object(kind: Any, name: str, form: QueryDict, wrong: dict[str, str]) -> Any:
    if not any(key.startswith(f"{name}.") for key in form):
        return _ABSENT
    return _present({field: _value(of.type, f"{name}.{field}", form, wrong) for field, of in kind.fields.items()})


def _list(kind: Any, name: str, form: QueryDict, wrong: dict[str, str]) -> Any:
    inner = _bare(kind)
    if not isinstance(inner, GraphQLInputObjectType):
        texts = [text.strip() for text in form.getlist(name) if text.strip()]
        return [_leaf(inner, name, text, wrong) for text in texts] if name in form else _ABSENT
    parts = (key[len(name) + 1 :].split(".")[0] for key in form if key.startswith(f"{name}."))
    numbers = {int(part) for part in parts if _ROW.fullmatch(part)}
    rows = [f"{name}.{number}" for number in sorted(numbers) if _is_typed(inner, f"{name}.{number}", form)]
    return [_object(inner, row, form, wrong) for row in rows] if numbers else _ABSENT


def _is_typed(kind: Any, name: str, form: QueryDict) -> bool:
    """Whether anything was typed into a row; what can only be chosen counts for nothing."""
    typed = (field for field, of in kind.fields.items() if not isinstance(_bare(of.type), GraphQLEnumType))
    return any(value.strip() for field in typed for value in form.getlist(f"{name}.{field}"))


def _bare(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _leaf(kind: Any, name: str, given: str, wrong: dict[str, str]) -> Any:
    text = given.strip()
    if not text:
        return None
    if kind is GraphQLBoolean:
        return text == "true"
    if kind.name == "Decimal":
        text = _as_number(text, name.rpartition(".")[2])
    try:
        if kind.parse_value(text) is None:
            raise ValueError
        return _NUMBERS.get(kind, str)(text)
    except Exception:  # noqa: BLE001 - each scalar of a host refuses in its own way
        wrong[name] = _("This can't be read. Please check it.")
        return None


def _as_number(text: str, called: str) -> str:
    """What was typed with a sign of per cent: a share as the number that it is, per cents as such; else as typed."""
    number = text[:-1].strip()
    if not text.endswith(("%", "％")) or called not in (*_SHARES, _PERCENT):
        return text
    try:
        return number if called == _PERCENT else f"{Decimal(number) / 100:f}"
    except InvalidOperation:
        return text
