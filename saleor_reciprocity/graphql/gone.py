"""Gone: what rules and campaigns ask for and the shop no longer has."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Iterable

import graphene

from saleor_reciprocity import host

from .scalars import global_id

GROUP = "Group"
KINDS = ("Product", "Category", "Collection", GROUP)


class Gone(host.data_loader()):  # type: ignore[misc]
    """Whether rows of the shop are gone, given as (type, id or a group's name): a statement for each type in a request.

    The types are Product, Category, Collection and Group.
    """

    context_key = "reciprocity_gone"

    def batch_load(self, keys: Any) -> list[bool]:
        asked: defaultdict[str, set[Any]] = defaultdict(set)
        for kind, key in keys:
            asked[kind].add(key)
        with host.allow_writer():
            unknown = {kind: _unknown(kind, of) for kind, of in asked.items()}
        return [key in unknown[kind] for kind, key in keys]


def _unknown(kind: str, keys: set[Any]) -> set[Any]:
    return host.unknown_groups(keys) if kind == GROUP else host.unknown_ids(kind.lower(), keys)


def field(description: str) -> Any:
    """The field of a type that says what is gone."""
    return graphene.List(graphene.NonNull(graphene.String), required=True, description=description)


def among(context: Any, named: Iterable[tuple[str, Any]]) -> Any:
    """A promise of those that are gone: IDs, and names of groups. An empty list while the shop has everything."""
    rows = sorted(set(named))
    return (
        Gone(context).load_many(rows).then(lambda gone: [_shown(*row) for row, is_gone in zip(rows, gone) if is_gone])
    )


def _shown(kind: str, key: Any) -> str:
    return str(key) if kind == GROUP else global_id(kind, key)
