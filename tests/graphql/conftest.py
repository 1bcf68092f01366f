"""Who asks."""

from __future__ import annotations

from typing import Any

import pytest

from .. import hosts


@pytest.fixture
def staff(programme_on: Any) -> Any:
    user = hosts.customer("staff@example.com", staff=True)
    rights = ("account.manage_users", "discount.manage_discounts", "order.manage_orders")
    hosts.give_rights(user.user_permissions, *rights)
    return hosts.as_user(user)
