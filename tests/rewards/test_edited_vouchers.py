"""Whatever staff do to our vouchers: nothing of ours breaks, and nobody gains or loses by it. Edge case 29."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from saleor.discount.models import Voucher

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account, Entry

from .. import hosts


def shipped_for_nothing(customer: Any) -> Any:
    """An order of 40, whose shipping of 10 a voucher paid for, shipped."""
    channel = host.channels()[0]
    host.issue_shipping_voucher("SHIPPING", "Free shipping", Decimal(10), channel, None, None)
    prices = {} if hosts.MULTI_CHANNEL else {"shipping": "10", "discount": "10"}  # Saleor 3 stores what was paid
    order = hosts.order(customer, [("40", 1)], **prices)
    hosts.put_voucher(order, "SHIPPING")
    settlement.settle(host.order_id(order))
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


@pytest.mark.parametrize("edit", ["delete", "change"])
def test_the_points_of_an_order_stay_when_its_shipping_voucher_goes(
    edit: str, programme_on: Any, customer: Any
) -> None:
    order = shipped_for_nothing(customer)
    assert Account.objects.get().available == 40
    if edit == "delete":
        Voucher.objects.all().delete()
    else:
        Voucher.objects.update(type="entire_order")
    settlement.settle(host.order_id(order), again=True)
    assert Account.objects.get().available == 40
    assert [entry.points for entry in Entry.objects.order_by("pk")] == [0, 40]
    hosts.refund(order, "10")
    settlement.settle(host.order_id(order))
    assert Account.objects.get().available == 30
