"""Rights: the permissions of Saleor that the plugin asks for, by the names that Django has for them."""

from __future__ import annotations

MANAGE_USERS = "account.manage_users"
MANAGE_ORDERS = "order.manage_orders"
MANAGE_DISCOUNTS = "discount.manage_discounts"
MANAGE_CHECKOUTS = "checkout.manage_checkouts"
MANAGE_PLUGINS = "plugins.manage_plugins"

ASKED_FOR = (MANAGE_USERS, MANAGE_ORDERS, MANAGE_DISCOUNTS, MANAGE_CHECKOUTS, MANAGE_PLUGINS)


def short(permission: str) -> str:
    """A permission as GraphQL names it, such as MANAGE_USERS."""
    return permission.split(".")[1].upper()
