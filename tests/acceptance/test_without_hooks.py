"""The story of orders where the host calls no hook of ours any more: the sweep alone, with the same figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from demo.storefront import Customer, Staff
from saleor_reciprocity import sweep
from saleor_reciprocity.plugin import ReciprocityPlugin

from .shop import PROGRAMME, cup, points


@pytest.fixture(autouse=True)
def no_hooks(monkeypatch: Any) -> None:
    for name in [name for name in vars(ReciprocityPlugin) if name.startswith(("order_", "fulfillment_"))]:
        monkeypatch.delattr(ReciprocityPlugin, name)


def after_a_minute(customer: Customer, settled: int = 1) -> tuple[int, int, int]:
    assert sweep.sweep_recent() == (settled, 0)
    return points(customer)


def test_an_order_is_placed_shipped_and_refunded(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    order = ada.buy(cup(ada), 2)
    assert points(ada) == (0, 0, 0), "no hook tells of it"
    assert after_a_minute(ada) == (0, 80, 0)
    staff.ship(order.id, 1)
    assert after_a_minute(ada) == (40, 40, 0)
    staff.ship(order.id)
    assert after_a_minute(ada) == (80, 0, 0)
    for amount, left in ((10, 80), (40, 40), (40, 0)):
        staff.refund(order.id, Decimal(amount))
        assert after_a_minute(ada) == (left, 0, 0)
    assert after_a_minute(ada, settled=0) == (0, 0, 0)


def test_an_order_is_cancelled(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    order = ada.buy(cup(ada), 2)
    assert after_a_minute(ada) == (0, 80, 0)
    staff.cancel(order.id)
    assert after_a_minute(ada) == (0, 0, 0)


def test_a_code_makes_the_next_order_cheaper_and_a_refund_makes_a_debt(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    first = ada.buy(cup(ada), 2)
    staff.ship(first.id)
    assert after_a_minute(ada) == (80, 0, 0)
    (reward,) = ada.rewards()
    code = ada.redeem(reward["id"], "first")["code"]
    assert ada.buy(cup(ada), 1, code).total == 45
    assert after_a_minute(ada) == (30, 35, 0)
    staff.refund(first.id, first.total)
    assert after_a_minute(ada) == (0, 35, 50)
