"""Named: what rules, rewards and campaigns name of the shop: found by name, and shown by the name it has now."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Iterable

import graphene

from saleor_reciprocity import host

from .connections import LONGEST_PAGE
from .scalars import global_id

GROUP = "Group"
KINDS = ("Product", "Category", "Collection", GROUP)
MOST_FOUND = 20

LoyaltyNamedKind = graphene.Enum(
    "LoyaltyNamedKind",
    [(kind.upper(), kind) for kind in KINDS],
    description=lambda value: "What a rule, a reward or a campaign can name." if value is None else None,
)


class LoyaltyNamed(graphene.ObjectType):
    """A product, a category, a collection or a group of customers, by name."""

    kind = LoyaltyNamedKind(required=True, description="What it is.")
    id = graphene.ID(required=True, description="The ID; of a group, its name.")
    name = graphene.String(required=True, description="The name that it has now.")
    within = graphene.String(
        required=True, description="Where it stands: a product's category, the category above a category; or empty."
    )


class NameByKey(host.data_loader()):  # type: ignore[misc]
    """The names of rows of the shop, given as (type, id or a group's name): a statement for each type in a request.

    None for what the shop does not have.
    """

    context_key = "reciprocity_name_by_key"

    def batch_load(self, keys: Any) -> list[str | None]:
        asked: defaultdict[str, set[Any]] = defaultdict(set)
        for kind, key in keys:
            asked[kind].add(key)
        with host.allow_writer():
            names = {kind: _names(kind, of) for kind, of in asked.items()}
        return [names[kind].get(key) for kind, key in keys]


def _names(kind: str, keys: set[Any]) -> dict[Any, str]:
    if kind == GROUP:
        return {name: name for name in keys - host.unknown_groups(keys)}
    return host.names_of(kind.lower(), keys)


def shown(kind: str, key: Any) -> str:
    """How the API shows what was named: by ID, a group by its name."""
    return str(key) if kind == GROUP else global_id(kind, key)


def among(context: Any, rows: Iterable[tuple[str, Any]]) -> Any:
    """A promise of what the shop has of (type, id or a group's name), with names, in their order."""
    asked = sorted(set(rows))

    def named(names: list[str | None]) -> list[LoyaltyNamed]:
        found = [(row, name) for row, name in zip(asked, names) if name is not None]
        return [_named(kind, shown(kind, key), name) for (kind, key), name in found]

    return NameByKey(context).load_many(asked).then(named)


def one(context: Any, kind: str, key: Any) -> Any:
    """A promise of one thing with its name; of None for none, and for what the shop does not have."""
    return None if key is None else among(context, [(kind, key)]).then(lambda found: found[0] if found else None)


def field(description: str) -> Any:
    """The field of a type that says by name what it names."""
    return graphene.List(graphene.NonNull(LoyaltyNamed), required=True, description=description)


def _named(kind: str, key: str, name: str, within: str = "") -> LoyaltyNamed:
    return LoyaltyNamed(kind=kind, id=key, name=name, within=within)


class NamedQueries(graphene.ObjectType):
    loyalty_named = graphene.List(
        graphene.NonNull(LoyaltyNamed),
        required=True,
        kind=LoyaltyNamedKind(required=True, description="What to look for."),
        search=graphene.String(description="A part of the name; everything when nothing is said."),
        first=graphene.Int(description=f"How many at most, up to {LONGEST_PAGE} ({MOST_FOUND})."),
        description="What a rule, a reward or a campaign can name, by name, published or not. "
        "Requires the permission MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_loyalty_named(
        root: Any, info: Any, kind: str, search: str | None = None, first: int | None = None
    ) -> list[LoyaltyNamed]:
        text, most = (search or "").strip(), min(max(1, first or MOST_FOUND), LONGEST_PAGE)
        with host.allow_writer():
            if kind == GROUP:
                return [_named(kind, name, name) for name in host.group_names_like(text, most)]
            found = host.names_like(kind.lower(), text, most)
        return [_named(kind, global_id(kind, key), name, within) for key, name, within in found]
