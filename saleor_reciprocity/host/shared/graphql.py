"""The GraphQL types and loaders that both generations have, and the way into the schema."""

from __future__ import annotations

from typing import Any, Mapping


def money_type() -> Any:
    """The host's GraphQL type `Money`."""
    from saleor.graphql.core.types.money import Money

    return Money


def decimal_type() -> Any:
    """The GraphQL scalar `Decimal` of the host's schema."""
    from saleor.graphql.core.scalars import Decimal as DecimalType

    return DecimalType


def data_loader() -> Any:
    """The host's base class for loaders that batch look-ups within one request."""
    from saleor.graphql.core.dataloaders import DataLoader

    return DataLoader


def product_type() -> Any:
    """The host's GraphQL type `Product`."""
    from saleor.graphql.product.types import Product as ProductType

    return ProductType


def product_loader(context: Any) -> Any:
    """The host's loader of product rows by id, which reads all products of a request at once."""
    from saleor.graphql.product.dataloaders import ProductByIdLoader

    return ProductByIdLoader(context)


def order_node(root: Any) -> Any:
    """The order row behind what a resolver of the type Order receives."""
    return getattr(root, "node", root)


def has_permission(context: Any, permission: str) -> bool:
    """Whether the app or user behind a request holds a permission such as "order.manage_orders"."""
    requestor = getattr(context, "app", None) or getattr(context, "user", None)
    return bool(requestor and requestor.has_perm(permission))


def schema_is_built() -> bool:
    """Whether the host has built its GraphQL schema, after which nothing can be added to it."""
    import sys

    return "saleor.graphql.api" in sys.modules


def loaded_schema() -> Any:
    """The host's GraphQL schema."""
    from saleor.graphql.api import schema

    return schema


def extend_schema(queries: type, mutations: type, fields: Mapping[str, Mapping[str, Any]]) -> None:
    """Add queries, mutations and fields of the host's types to the schema that the host has yet to build.

    The host's schema module inherits its Query and Mutation from CoreQueries and CoreMutations, which it imports by
    name; graphene turns fields into GraphQL only when the schema is built. So classes put in their place, and fields
    added to `_meta`, are in the schema as if they had always been there, however many plugins do the same.
    """
    from saleor.graphql.account.types import User
    from saleor.graphql.checkout.types import Checkout
    from saleor.graphql.core import schema as core
    from saleor.graphql.order.types import Order

    core.CoreQueries = type("CoreQueries", (queries, core.CoreQueries), {})
    core.CoreMutations = type("CoreMutations", (mutations, core.CoreMutations), {})
    for graphene_type in (User, Order, Checkout):
        graphene_type._meta.fields.update(fields.get(graphene_type._meta.name, {}))
