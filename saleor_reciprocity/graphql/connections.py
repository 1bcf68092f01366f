"""Connections: pages of a list, each one index range, however long the list."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import graphene
from graphql import GraphQLError
from graphql_relay.utils import base64, unbase64

DEFAULT_PAGE, LONGEST_PAGE = 20, 100


class Connection(graphene.relay.Connection):
    """A connection of which, as in the host, neither an edge nor its node is null."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, node: Any = None, **options: Any) -> None:
        super().__init_subclass_with_meta__(node=graphene.NonNull(node), **options)
        edges = graphene.NonNull(graphene.List(graphene.NonNull(cls.Edge)))
        cls._meta.fields["edges"] = graphene.Field(edges, description="A list of edges.")


class ConnectionField(graphene.Field):
    """A field that is a connection, with the arguments `first` and `after`."""

    def __init__(self, connection: Any, **options: Any) -> None:
        options.setdefault("required", True)
        options["first"] = graphene.Int(
            default_value=DEFAULT_PAGE, description=f"How many items at most: 1 to {LONGEST_PAGE}."
        )
        options["after"] = graphene.String(description="Return the items after this cursor.")
        super().__init__(connection, **options)


def page(
    connection: Any,
    read: Callable[[int, Any], Sequence[Any]],
    position_of: Callable[[Any], tuple[int, ...]],
    first: int | None,
    after: str | None,
    *,
    parts: int = 1,
) -> Any:
    """One page of a connection. `read(n, position)` gives n rows after a position of `parts` numbers, or the first."""
    size = DEFAULT_PAGE if first is None else first
    if not 1 <= size <= LONGEST_PAGE:
        raise GraphQLError(f"Argument `first` must be from 1 to {LONGEST_PAGE}.")
    position = _position(after, parts) if after else None
    rows = read(size + 1, position)
    edges = [connection.Edge(node=row, cursor=_cursor(position_of(row))) for row in rows[:size]]
    return connection(
        edges=edges,
        page_info=graphene.relay.PageInfo(
            has_next_page=len(rows) > size,
            has_previous_page=position is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _cursor(position: tuple[int, ...]) -> str:
    return str(base64(",".join(str(part) for part in position)))


def _position(cursor: str, parts: int) -> tuple[int, ...]:
    try:
        position = tuple(int(part) for part in unbase64(cursor).split(","))
    except ValueError:
        position = ()
    if len(position) != parts or any(abs(part) >= 2**63 for part in position):
        raise GraphQLError("Argument `after` is not a cursor of this list.")
    return position
