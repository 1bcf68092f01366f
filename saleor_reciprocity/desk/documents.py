"""Documents: the GraphQL of each page: one query that fills it, and the mutations that its forms send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from graphql import parse, print_ast
from graphql.language.ast import NonNullType

FOLDER = Path(__file__).parent / "documents"
_IMPORT = re.compile(r'^#import "(\w+)\.graphql"$', re.MULTILINE)


@dataclass(frozen=True)
class Operation:
    """A query or mutation by itself, and the variables that it declares, as GraphQL's syntax tree."""

    text: str
    declared: tuple[Any, ...]

    @property
    def needs_channel(self) -> bool:
        """Whether it is about one channel, which has to be named."""
        return any(_names_channel(one) and isinstance(one.type, NonNullType) for one in self.declared)

    @property
    def may_name_channel(self) -> bool:
        """Whether it can be about one channel."""
        return any(map(_names_channel, self.declared))


def _names_channel(variable: Any) -> bool:
    return bool(variable.variable.name.value == "channel")


@dataclass(frozen=True)
class Document:
    """What a page asks and what its forms may do, by the names of the operations."""

    query: Operation | None
    mutations: Mapping[str, Operation]


@lru_cache(maxsize=None)
def document(name: str) -> Document:
    """The document of a page, with what it imports. Parts of what several pages ask are in `fragments.graphql`."""
    query, mutations = None, {}
    for definition in _definitions(name):
        operation = Operation(_with_fragments(print_ast(definition)), tuple(definition.variable_definitions or ()))
        if definition.operation == "query":
            query = operation
        else:
            mutations[definition.name.value] = operation
    return Document(query, mutations)


def _definitions(name: str) -> list[Any]:
    text = (FOLDER / f"{name}.graphql").read_text()
    imported = [one for other in _IMPORT.findall(text) for one in _definitions(other)]
    return [*imported, *parse(text).definitions]


def _with_fragments(text: str) -> str:
    spread = [print_ast(one) for one in _definitions("fragments") if f"...{one.name.value}" in text]
    return "\n".join([text, *spread])
