"""Rules that name what the shop has deleted: they apply to nothing, nothing fails, and staff see it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.earning import rulebook, simulation
from saleor_reciprocity.points.earning.conditions import Conditions
from saleor_reciprocity.points.earning.rules import Effect, Rule, Stacking, Trigger
from saleor_reciprocity.points.models import Account

from .. import hosts
from .programmes import rule

KINDS = ("products", "categories", "collections", "groups")


@pytest.fixture
def named(programme_on: host.Channel, customer: Any) -> dict[str, Any]:
    """What an order of the customer has of each kind of condition."""
    cups = hosts.category("Cups")
    product = hosts.product("Cup", programme_on, cups)
    hosts.put_in_group(customer, "club")
    rows = (product, cups, hosts.collection("Summer", [product]), customer.groups.get(name="club"))
    return dict(zip(KINDS, rows))


def key_of(kind: str, row: Any) -> Any:
    return row.name if kind == "groups" else row.pk


def points() -> int:
    return sum(account.pending + account.available for account in Account.objects.all())


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_that_names_what_is_gone_gives_nothing_more(kind: str, named: dict[str, Any], customer: Any) -> None:
    made = rule("bonus", "7", **{kind: [key_of(kind, named[kind])]})
    first, second = (hosts.buy(customer, [named["products"]]) for _ in range(2))
    settlement.settle(host.order_id(first))
    assert points() == 17
    named[kind].delete()
    for order in (first, second):
        settlement.settle(host.order_id(order), again=True)
    assert points() == 17 + 10, "the first order keeps what was agreed"
    assert rulebook.end(made.rule_id, "user:1", timezone.now()).ends_at is not None


@pytest.mark.parametrize(("is_gone", "due"), [(False, 17), (True, 10)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_backfill_with_a_rule_that_names_what_is_gone(
    kind: str, is_gone: bool, due: int, named: dict[str, Any], customer: Any
) -> None:
    rule("bonus", "7", **{kind: [key_of(kind, named[kind])]})
    hosts.buy(customer, [named["products"]], placed_at=timezone.now() - timedelta(days=50))
    if is_gone:
        named[kind].delete()
    call_command("reciprocity_backfill", stdout=StringIO(), stderr=StringIO())
    assert points() == due


@pytest.mark.parametrize("kind", KINDS)
def test_the_simulation_of_a_rule_that_names_what_is_gone(
    kind: str, named: dict[str, Any], customer: Any, programme_on: host.Channel
) -> None:
    conditions = Conditions(**{kind: frozenset([key_of(kind, named[kind])])})  # type: ignore[arg-type]
    tried = Rule(0, 1, "Tried", Effect.BONUS, Decimal(7), Trigger.ORDER, Stacking.ADD, 0, conditions)
    hosts.buy(customer, [named["products"]], placed_at=timezone.now() - timedelta(days=2))
    assert simulation.simulate(programme_on, tried, 30, timezone.now()).points == 7
    named[kind].delete()
    assert simulation.simulate(programme_on, tried, 30, timezone.now()).points == 0
