"""A shop whose customer has points to spend."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from saleor_reciprocity import host, settlement

from .. import hosts


@pytest.fixture
def give_points(programme_on: host.Channel) -> Callable[..., Any]:
    """Gives a customer points: an order of so much, shipped."""

    def give(customer: Any, points: int) -> Any:
        order = hosts.order(customer, [(str(points), 1)])
        hosts.ship(order)
        settlement.settle(host.order_id(order))
        return order

    return give
