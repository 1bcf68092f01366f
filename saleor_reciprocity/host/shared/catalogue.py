"""Products, categories and collections, which both generations store alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable

from django.db import connection
from saleor.product.models import Category, Collection
from saleor.product.models import Product as ProductRow

# Every product of the shop with its category.
CATALOGUE = """
SELECT p.id AS product_id, p.name AS product_name, c.id AS category_id, c.name AS category_name
FROM product_product p LEFT JOIN product_category c ON c.id = p.category_id
"""

# The relation of products, for a FROM clause: `id`, `name`, `category_id`. SELLABLE and PUBLISHED speak of a row of it.
PRODUCTS = "product_product"

# Every category with itself and with each one above it; `depth` is how far down the tree that one is.
CATEGORIES_ABOVE = """
SELECT own.id AS category_id, above.id AS above_id, above.level AS depth
FROM product_category own JOIN product_category above
  ON above.tree_id = own.tree_id AND own.lft BETWEEN above.lft AND above.rght
"""

# What is in which collection; `place` is the order that staff gave it.
IN_COLLECTIONS = "SELECT m.product_id, m.collection_id, m.sort_order AS place FROM product_collectionproduct m"


def products_shown_in(
    published: str, product_ids: Iterable[int], channel_id: str, now: datetime, keep: bool
) -> frozenset[int]:
    """Those of the products that fulfil the condition `published` in a channel; `keep` locks them against deletion."""
    wanted = list(product_ids)
    if not wanted:
        return frozenset()
    values = {"ids": wanted, "channel": int(channel_id), "now": now, "today": now.date()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id FROM {PRODUCTS} p CROSS JOIN (SELECT %(channel)s::int AS id) c"  # noqa: S608 - constants
            f" WHERE p.id = ANY(%(ids)s) AND {published} {'FOR KEY SHARE OF p' if keep else ''}",
            values,
        )
        return frozenset(row[0] for row in cursor.fetchall())


def product_exists(product_id: int) -> bool:
    """Whether the shop has this product."""
    return bool(ProductRow.objects.filter(pk=product_id).exists())


def categories_within(category_id: int) -> list[int]:
    """A category and all below it; nothing when there is none with this id."""
    top = Category.objects.filter(pk=category_id)
    return list(Category.tree.get_queryset_descendants(top, include_self=True).values_list("pk", flat=True))


# What the name of a row is shown with, so that two of the same name can be told apart.
_WITHIN = {"product": "category__name", "category": "parent__name", "collection": None}


def _rows_of(kind: str) -> Any:
    return {"product": ProductRow, "category": Category, "collection": Collection}[kind].objects


def names_of(kind: str, ids: Iterable[int]) -> dict[int, str]:
    """The names of the products, categories or collections (the `kind`) that there are among these ids."""
    return dict(_rows_of(kind).filter(pk__in=list(ids)).values_list("pk", "name"))


def names_like(kind: str, text: str, most: int) -> list[tuple[int, str, str]]:
    """Products, categories or collections with a text in their name, published or not: (id, name, what it is in)."""
    rows = _rows_of(kind).filter(name__icontains=text).order_by("name", "pk")
    within = _WITHIN[kind]
    found = rows.values_list("pk", "name", *([within] if within else []))[:most]
    return [(pk, name, (inside or [None])[0] or "") for pk, name, *inside in found]


def unknown_ids(kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these ids no product, category or collection (the `kind`) has."""
    return set(ids) - set(_rows_of(kind).filter(pk__in=list(ids)).values_list("pk", flat=True))


# The category of each product with all above it, and its collections.
_SHELVES = """
SELECT p.id, coalesce(array_agg(DISTINCT above.id) FILTER (WHERE above.id IS NOT NULL), '{}'),
  coalesce(array_agg(DISTINCT cp.collection_id) FILTER (WHERE cp.collection_id IS NOT NULL), '{}')
FROM product_product p LEFT JOIN product_category c ON c.id = p.category_id
LEFT JOIN product_category above ON above.tree_id = c.tree_id AND above.lft <= c.lft AND above.rght >= c.rght
LEFT JOIN product_collectionproduct cp ON cp.product_id = p.id
WHERE p.id = ANY(%s) GROUP BY p.id
"""


def shelves(product_ids: Iterable[int]) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """For each product its categories, from its own up to the topmost, and its collections."""
    with connection.cursor() as cursor:
        cursor.execute(_SHELVES, [list(product_ids)])
        return {pk: (frozenset(categories), frozenset(found)) for pk, categories, found in cursor.fetchall()}
