"""The fingerprint of an order moves with every fact that is read of it, one by one, in the host's own rows."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity import host
from saleor_reciprocity.host.facts import Line, Order, Person

from .. import hosts

PARTS = {"Order": Order, "Person": Person, "Line": Line}
FACTS = {f"{name}.{field.name}" for name, part in PARTS.items() for field in fields(part)}
MADE_OF_OTHERS = {"Order.person", "Order.lines"}


def an_order(customer: Any) -> Any:
    """An order of which every fact can change: two pieces for 10 each, one of them shipped, 8 for the shipping."""
    order = hosts.order(customer, [("10", 2)], shipping="8", discount="2")
    hosts.shelve(order, 0)
    hosts.ship(order, [1])
    if hosts.RETURNS:
        hosts.change(order, origin="draft")
    return type(order).objects.get(pk=order.pk)


def read(order: Any, fact: str) -> Any:
    part, name = fact.split(".")
    found = host.order(host.order_id(order))
    assert found is not None
    return getattr({"Order": found, "Person": found.person, "Line": found.lines[0]}[part], name)


def test_every_fact_has_a_row_here() -> None:
    changed = {name.split(" ")[0] for name in hosts.FACTS_CHANGED_BY}
    assert changed | set(hosts.FACTS_THAT_NEVER_CHANGE) == FACTS - MADE_OF_OTHERS
    assert not changed & set(hosts.FACTS_THAT_NEVER_CHANGE)


@pytest.mark.parametrize("name", sorted(hosts.FACTS_CHANGED_BY))
def test_a_fact_that_changes_moves_the_fingerprint(name: str, channel: Any, customer: Any) -> None:
    order, fact = an_order(customer), name.split(" ")[0]
    before = read(order, fact), host.order_fingerprint(host.order_id(order))
    hosts.FACTS_CHANGED_BY[name](order)
    after = read(order, fact), host.order_fingerprint(host.order_id(order))
    assert before[0] != after[0], "the fact itself"
    assert before[1] != after[1], "the fingerprint"


def test_facts_of_many_orders_are_those_of_each(channel: Any, customer: Any) -> None:
    orders = [an_order(customer), hosts.order("guest@example.com", []), hosts.order(customer, [("5", 1), ("7", 2)])]
    ids = [host.order_id(order) for order in orders]
    assert {found.id: found for found in host.orders([*ids, "nothing"])} == {one: host.order(one) for one in ids}
    assert list(host.orders([])) == []


@pytest.mark.skipif(not hosts.RETURNS, reason="Saleor 2.10 has no transactions of payment apps")
class TestTransactions:
    """What counts as given back, of an order over 26 that was charged as a whole."""

    def given_back(self, order: Any) -> Decimal:
        return Decimal(read(order, "Order.refunded"))

    def test_a_charge_back_is_given_back(self, channel: Any, customer: Any) -> None:
        order = an_order(customer)
        item = hosts.transact(order, charged="26")
        assert self.given_back(order) == 0
        hosts.charge_back(item, "10")
        assert self.given_back(order) == 10
        hosts.charge_back(item, "16")
        assert self.given_back(order) == 26

    def test_what_was_charged_again_after_a_charge_back_is_not_given_back(self, channel: Any, customer: Any) -> None:
        order = an_order(customer)
        hosts.charge_back(hosts.transact(order, charged="26"), "26")
        hosts.transact(order, charged="20")
        assert self.given_back(order) == 6
        hosts.transact(order, charged="6")
        assert self.given_back(order) == 0

    def test_a_refund_and_a_charge_back_of_the_rest_are_all_of_it(self, channel: Any, customer: Any) -> None:
        order = an_order(customer)
        hosts.charge_back(hosts.transact(order, charged="22", refunded="4"), "22")
        assert self.given_back(order) == 26

    def test_a_charge_that_an_app_corrects_is_not_given_back(self, channel: Any, customer: Any) -> None:
        order = an_order(customer)
        item = hosts.transact(order, charged="260")
        type(item).objects.update(charged_value=Decimal(26))
        assert self.given_back(order) == 0

    def test_a_reversed_refund_is_not_given_back(self, channel: Any, customer: Any) -> None:
        order = an_order(customer)
        hosts.FACTS_CHANGED_BY["Order.refunded by a reversed refund"](order)
        assert self.given_back(order) == 2
