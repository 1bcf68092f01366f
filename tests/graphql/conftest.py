"""Who asks."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_reciprocity import rights

from .. import hosts


@pytest.fixture
def staff(programme_on: Any) -> Any:
    user = hosts.customer("staff@example.com", staff=True)
    rights = ("account.manage_users", "discount.manage_discounts", "order.manage_orders")
    hosts.give_rights(user.user_permissions, *rights)
    return hosts.as_user(user)


@pytest.fixture
def callers(programme_on: Any, customer: Any) -> dict[str, Any]:
    manager = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(manager.user_permissions, *rights.ASKED_FOR)
    return {
        "nobody": hosts.GraphQL(),
        "owner": hosts.as_user(customer),
        "other": hosts.as_user(hosts.customer("bob@example.com")),
        "staff": hosts.as_user(hosts.customer("staff@example.com", staff=True)),
        "manager": hosts.as_user(manager),
        "app": hosts.as_app(*rights.ASKED_FOR),
        "bare app": hosts.as_app(),
    }
