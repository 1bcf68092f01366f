"""GraphQL of the conditions of rules: two types with a field for each condition that there is, however many."""

from __future__ import annotations

from datetime import time
from typing import Any, Callable, Iterator, Mapping, NamedTuple

import graphene
from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.points.earning import conditions
from saleor_reciprocity.points.earning.conditions import Condition, Conditions, declared, given

from .named import KINDS
from .scalars import Number, global_id, row_id

LoyaltyWeekday = graphene.Enum(
    "LoyaltyWeekday",
    [
        (day, number)
        for number, day in enumerate(("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"), 1)
    ],
)


class Spelling(NamedTuple):
    """How a kind of value is spelled in the API: its type there, how a value is shown, and how one is read."""

    type: Any
    show: Callable[[Condition, Any], Any] = lambda condition, value: value
    read: Callable[[Condition, Any], Any] = lambda condition, value: value


def _time_of_day(condition: Condition, text: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise _no_time(condition) from None
    if found.tzinfo is not None:
        raise _no_time(condition)
    return found


def _no_time(condition: Condition) -> errors.Invalid:
    return errors.Invalid(_("Enter a time of day as HH:MM."), field=condition.field)


# By the name of a kind.
SPELLINGS = {
    "id": Spelling(
        graphene.ID,
        lambda condition, key: global_id(condition.kind.names, key),
        lambda condition, key: row_id(condition.kind.names, key, condition.field),
    ),
    "name": Spelling(graphene.String),
    "weekday": Spelling(LoyaltyWeekday),
    "number": Spelling(graphene.Int),
    "money": Spelling(Number),
    "time": Spelling(graphene.String, lambda condition, value: value.isoformat("minutes"), _time_of_day),
}


def fields_of(known: tuple[Condition, ...], is_input: bool) -> dict[str, Any]:
    """A field of the API for each condition, with its resolver where it is read."""
    found: dict[str, Any] = {}
    for each in known:
        of, description = SPELLINGS[each.kind.name].type, each.wanted if is_input else each.shown
        if each.kind.is_set:
            found[each.name] = graphene.List(graphene.NonNull(of), description=description, required=not is_input)
        else:
            found[each.name] = of(description=description)
        if not is_input:
            found[f"resolve_{each.name}"] = staticmethod(_resolver(each))
    return found


def _resolver(condition: Condition) -> Callable[[Conditions, Any], Any]:
    def resolve(root: Conditions, info: Any) -> Any:
        value, show = getattr(root, condition.name), SPELLINGS[condition.kind.name].show
        if condition.kind.is_set:
            return [show(condition, each) for each in sorted(value)]
        return None if value is None else show(condition, value)

    return resolve


def conditions_given(values: Mapping[str, Any]) -> Conditions:
    """The conditions of an input. Raises NotFound and Invalid, at the field."""
    known = {each.name: each for each in declared()}
    return conditions.Conditions(**{name: _read(known[name], value) for name, value in values.items()})


def _read(condition: Condition, value: Any) -> Any:
    read = SPELLINGS[condition.kind.name].read
    if condition.kind.is_set:
        return frozenset(read(condition, each) for each in value)
    return None if value is None else read(condition, value)


def names_in(asks: Conditions) -> Iterator[tuple[str, Any]]:
    """What conditions name of the shop, as `named` and `gone` ask for it."""
    for each in given(asks):
        if each.kind.names in KINDS:
            yield from ((each.kind.names, key) for key in getattr(asks, each.name))


LoyaltyRuleConditions = type(
    "LoyaltyRuleConditions",
    (graphene.ObjectType,),
    {
        "__doc__": "What has to be so for a rule to apply: all kinds that are named, each in any one of its values.",
        **fields_of(declared(), is_input=False),
    },
)
LoyaltyRuleConditionsInput = type(
    "LoyaltyRuleConditionsInput", (graphene.InputObjectType,), fields_of(declared(), is_input=True)
)
