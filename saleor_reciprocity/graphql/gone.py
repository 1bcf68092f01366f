"""Gone: what rules and campaigns ask for and the shop no longer has."""

from __future__ import annotations

from typing import Any, Iterable

import graphene

from .named import NameByKey, shown


def field(description: str) -> Any:
    """The field of a type that says what is gone."""
    return graphene.List(graphene.NonNull(graphene.String), required=True, description=description)


def among(context: Any, named: Iterable[tuple[str, Any]]) -> Any:
    """A promise of those that are gone: IDs, and names of groups. An empty list while the shop has everything."""
    rows = sorted(set(named))
    return (
        NameByKey(context)
        .load_many(rows)
        .then(lambda names: [shown(*row) for row, name in zip(rows, names) if name is None])
    )
