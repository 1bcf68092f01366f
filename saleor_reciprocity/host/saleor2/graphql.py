"""The GraphQL API of Saleor 2.10: who is signed in, what a mutation runs in, and the types that differ."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager

from graphql_jwt.exceptions import PermissionDenied as PermissionDenied

# Signing in: a token for an address and a password. This generation gives nothing to renew it with.
SIGN_IN = """
mutation SignIn($email: String!, $password: String!) {
  session: tokenCreate(email: $email, password: $password) { token errors: accountErrors { message } }
}
"""
REFRESH = ""


def allow_writer() -> ContextManager[None]:
    """Permission to use the primary database; this generation has no other."""
    return nullcontext()


def writing(context: Any) -> ContextManager[None]:
    """The surroundings of a mutation: reads after writes come from the primary database."""
    return nullcontext()


def current_user(context: Any) -> Any:
    """The user who is signed in, or None."""
    user = getattr(context, "user", None)
    return user if user is not None and user.is_authenticated else None


def reach(context: Any) -> frozenset[str] | None:
    """The ids of the channels in which whoever sends a request may act; None for all: there is one channel here."""
    return None


def signed_in_by_cookie(context: Any) -> bool:
    """Whether nothing but a cookie says who sends a request, so that another site could make a browser send it."""
    return "HTTP_AUTHORIZATION" not in context.META and "JWT" in context.COOKIES


def date_type() -> Any:
    """The GraphQL scalar `Date` of the host's schema."""
    from graphene import Date

    return Date


def date_time_type() -> Any:
    """The GraphQL scalar `DateTime` of the host's schema."""
    from graphene import DateTime

    return DateTime


def query_costs(costs: dict[str, Any]) -> None:
    """Declare what our fields cost a query; this generation does not count."""


def shopping_country(context: Any) -> str:
    """The code of the country that stock is looked up for: where the host takes the customer to be, "" anywhere."""
    return str(getattr(getattr(context, "country", None), "code", ""))


def product_node(product: Any, channel_slug: str) -> Any:
    """A product row as the host's GraphQL type `Product` wants it."""
    return product
