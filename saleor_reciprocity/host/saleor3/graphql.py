"""The GraphQL API of Saleor 3: who is signed in, what a mutation runs in, and the types that differ."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, ContextManager, Iterator

from saleor.core.db import connection as database
from saleor.core.exceptions import PermissionDenied as PermissionDenied

from .probes import has

# Signing in: a token for an address and a password, and what renews it.
SIGN_IN = """
mutation SignIn($email: String!, $password: String!) {
  session: tokenCreate(email: $email, password: $password) { token refreshToken errors { message } }
}
"""
REFRESH = """
mutation Refresh($refresh: String!) {
  session: tokenRefresh(refreshToken: $refresh) { token errors { message } }
}
"""


def allow_writer() -> ContextManager[None]:
    """Permission to use the primary database."""
    return database.allow_writer()


@contextmanager
def writing(context: Any) -> Iterator[None]:
    """The surroundings of a mutation: reads after writes come from the primary database."""
    context.allow_replica = False
    with database.allow_writer():
        yield


def current_user(context: Any) -> Any:
    """The user who is signed in, or None."""
    return getattr(context, "user", None) or None


def reach(context: Any) -> frozenset[str] | None:
    """The ids of the channels in which whoever sends a request may act; None for all, as apps and superusers may.

    A user is limited where each of the groups is that the user is in; what they are limited to adds up.
    """
    user = current_user(context)
    if user is None or user.is_superuser:
        return None
    limits = list(user.groups.values_list("restricted_access_to_channels", "channels"))
    if not limits or not all(is_restricted for is_restricted, _channel_id in limits):
        return None
    return frozenset(str(channel_id) for _is_restricted, channel_id in limits if channel_id is not None)


def signed_in_by_cookie(context: Any) -> bool:
    """Whether nothing but a cookie says who sends a request; this generation looks at none."""
    return False


def date_type() -> Any:
    """The GraphQL scalar `Date` of the host's schema."""
    from saleor.graphql.core.scalars import Date

    return Date


def date_time_type() -> Any:
    """The GraphQL scalar `DateTime` of the host's schema."""
    from saleor.graphql.core.scalars import DateTime

    return DateTime


def query_costs(costs: dict[str, Any]) -> None:
    """Declare what our fields cost a query: a GraphQL type, its fields, and for each the host's cost entry."""
    from saleor.graphql.query_cost_map import COST_MAP

    for type_name, fields in costs.items():
        COST_MAP.setdefault(type_name, {}).update(fields)


def shopping_country(context: Any) -> str:
    """The code of the country that stock is looked up for; "" is anywhere, as long as nobody has given an address."""
    return ""


def product_node(product: Any, channel_slug: str) -> Any:
    """A product row as the host's GraphQL type `Product` wants it."""
    from saleor.graphql import channel
    from saleor.graphql.core import context

    home = channel if has("channel context in channel") else context
    return home.ChannelContext(node=product, channel_slug=channel_slug)
