"""GraphQL generated from the plugin's part of the schema: whole selections, and strange operations."""

from __future__ import annotations

import json
from random import Random
from typing import Any, Callable, Iterator

import graphene
from graphql.type import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
)

from saleor_reciprocity import host
from saleor_reciprocity.graphql import schema as ours

OURS = ("Loyalty", "Points", "Surprise", "Survey", "Recommend", "Order")
HOSTS = ("Money", "PageInfo")
DEEPEST = 7


def root_fields(kind: str) -> dict[str, Any]:
    """The plugin's queries or mutations, as the host's built schema knows them."""
    added = {"Query": ours.Queries, "Mutation": ours.Mutations}[kind]
    types = host.loaded_schema().get_type(kind).fields
    names = [graphene.utils.str_converters.to_camel_case(name) for name in added._meta.fields]
    return {name: types[name] for name in names}


def added_fields(kind: str) -> dict[str, Any]:
    """The plugin's fields on one of the host's types."""
    fields = host.loaded_schema().get_type(kind).fields
    return {name: fields[name] for name in ours.FIELDS[kind]}


def object_types() -> dict[str, Any]:
    """Every object type that the plugin adds, by name."""
    text = ours.sdl()
    types = host.loaded_schema().get_type_map()
    return {name: types[name] for name in types if f"\ntype {name} " in f"\n{text}" or f"\ntype {name} " in text}


def bare(kind: Any) -> Any:
    """A type without its lists and exclamation marks."""
    while isinstance(kind, (GraphQLList, GraphQLNonNull)):
        kind = kind.of_type
    return kind


# Fields of a customer's account that staff see and the customer does not; they are null where they are refused.
OF_STAFF = frozenset({"LoyaltyAccount.notes", "LoyaltyAccount.openOrders", "LoyaltyAccount.surveyAnswers"})


def everything_of(kind: Any, skip: frozenset[str] = frozenset(), depth: int = DEEPEST) -> str:
    """A selection of every field of a type, as deep as it goes; of the host's own types only a name."""
    kind = bare(kind)
    if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
        return ""
    if isinstance(kind, (GraphQLUnionType, GraphQLInterfaceType)) or depth == 0:
        return " { __typename }"
    if not isinstance(kind, GraphQLObjectType) or not is_ours(kind):
        return " { __typename }"
    chosen = [
        f"{name}{everything_of(field.type, skip, depth - 1)}"
        for name, field in kind.fields.items()
        if f"{kind.name}.{name}" not in skip and not any(_required(argument) for argument in field.args.values())
    ]
    return " { " + " ".join(["__typename", *chosen]) + " }"


def is_ours(kind: Any) -> bool:
    return kind.name in _OUR_NAMES or kind.name in HOSTS


def _names() -> frozenset[str]:
    words = ours.sdl().split()
    return frozenset(after for word, after in zip(words, words[1:]) if word == "type")


_OUR_NAMES = _names()


def _required(argument: Any) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is None


STRANGE_TEXTS = (
    "", " ", "\0", "a\0b", "' OR 1=1 --", "\ud7ff", "💥" * 50, "x" * 300, "x" * 70_000, "../../etc/passwd", "null",
    "{{7*7}}", "%s%n", "0", "-1", "1e400", "NaN", "Infinity", "ada@example.com", "default-channel", "\u202e", "²",
)  # fmt: skip
STRANGE_NUMBERS = (0, 1, -1, 2, 7, 50, 100, 101, 2**31 - 1, -(2**31))
LARGE_NUMBERS = (2**31, 2**53, 2**53 + 1, -(2**63), 2**63, 10**30)
STRANGE_DECIMALS = (
    "0", "1", "-1", "0.01", "0.001", "0.0000000001", "1e10", "1e400", "-1e400", "NaN", "sNaN", "Infinity",
    "999999999999999999999999999", "1e-400", "", "ten", "0x10", "1_000", "１",
)  # fmt: skip
STRANGE_DATES = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-02-30T00:00:00Z", "1969-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-29T02:30:00", "2026-11-23T12:00:00Z",
    "10000-01-01T00:00:00Z", "now", "", "2026-11-23",
)  # fmt: skip


class Fuzz:
    """Operations on the plugin's fields, made from the schema and a seed. `ids` are rows that exist, by type.

    `doors` are the host's own queries that lead to types of the host with fields of ours: `me`, an order, a checkout.
    """

    def __init__(self, random: Random, ids: Callable[[], list[str]], doors: list[tuple[str, str]]) -> None:
        self.random, self.ids, self.doors = random, ids, doors
        self.queries, self.mutations = root_fields("Query"), root_fields("Mutation")

    def operation(self) -> tuple[str, str, str]:
        """One operation: "query" or "mutation", the field's name, and the text."""
        kind = self.random.choice(["query", "mutation", "door"])
        if kind == "door":
            door, of = self.random.choice(self.doors)
            added = added_fields(of)
            name = self.random.choice(sorted(added))
            return "query", name, f"query {{ {door} {{ {self.call(name, added[name])} }} }}"
        fields = self.queries if kind == "query" else self.mutations
        name = self.random.choice(sorted(fields))
        return kind, name, f"{kind} {{ {self.call(name, fields[name])} }}"

    def call(self, name: str, field: Any, depth: int = DEEPEST) -> str:
        """A field with arguments and a selection."""
        return f"{name}{self.arguments(field)}{self.selection(field.type, depth)}"

    def arguments(self, field: Any) -> str:
        given = [
            f"{name}: {self.value(argument.type)}"
            for name, argument in field.args.items()
            if _required(argument) or self.random.random() < 0.5
        ]
        return f"({', '.join(given)})" if given else ""

    def selection(self, kind: Any, depth: int) -> str:
        kind = bare(kind)
        if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
            return ""
        if not isinstance(kind, GraphQLObjectType) or not is_ours(kind) or depth == 0:
            return " { __typename }"
        chosen = [
            self.call(name, field, depth - 1)
            for name, field in kind.fields.items()
            if self.random.random() < (0.9 if depth >= DEEPEST - 1 else 0.6)
        ]
        return " { " + " ".join(["__typename", *chosen]) + " }"

    def value(self, kind: Any) -> str:
        """A value of a type, mostly one that is well formed, as a literal."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type)
        if self.random.random() < 0.02:
            return "null"
        if isinstance(kind, GraphQLList):
            return "[" + ", ".join(self.value(kind.of_type) for _ in range(self.random.choice([0, 1, 1, 2, 3]))) + "]"
        if isinstance(kind, GraphQLInputObjectType):
            given = [
                f"{name}: {self.value(field.type)}"
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull) or self.random.random() < 0.35
            ]
            return "{" + ", ".join(given) + "}"
        if isinstance(kind, GraphQLEnumType):
            return str(self.random.choice([value.name for value in kind.values]))
        return self.scalar(kind.name)

    def scalar(self, name: str) -> str:
        choose = self.random.choice
        if name == "Boolean":
            return choose(["true", "false"])
        if name == "Int":
            return str(choose([*STRANGE_NUMBERS] * 20 + [*LARGE_NUMBERS]))
        if name == "Float":
            return choose(["0.0", "0.5", "1.0", "-1.5", "1e308", "1e-300", "123456789.123"])
        if name == "ID":
            return json.dumps(choose([*self.ids()] * 3 + ["", "nonsense", "4pyT", "TG95YWx0eVJld2FyZDo=", "\0"]))
        if name == "Decimal":
            return choose([*map(str, (*STRANGE_NUMBERS, *LARGE_NUMBERS)), *map(json.dumps, STRANGE_DECIMALS)])
        if "Date" in name:
            return json.dumps(choose(STRANGE_DATES))
        return json.dumps(choose(STRANGE_TEXTS), ensure_ascii=self.random.random() < 0.5)


def global_ids(rows: Iterator[tuple[str, Any]]) -> list[str]:
    """Ids as GraphQL spells them."""
    return [graphene.Node.to_global_id(type_name, key) for type_name, key in rows]
