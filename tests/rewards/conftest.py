"""A shop whose customer has points to spend."""

from __future__ import annotations

from io import StringIO
from typing import Any, Callable, Iterator

import pytest
from django.core.management import call_command

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


def guard_command(*arguments: str) -> str:
    """What `reciprocity_guard` says."""
    out = StringIO()
    call_command("reciprocity_guard", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def guarded(db: Any) -> Iterator[None]:
    """The guard is on."""
    assert guard_command("on") == "The guard is on.\n"
    yield
    assert guard_command("off") == "The guard is off.\n"
