"""A condition of a rule is declared once: one that is declared here is honoured wherever rules are, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import graphene
import pytest
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.graphql.conditions import conditions_given, fields_of
from saleor_reciprocity.points.earning import conditions, rulebook, simulation
from saleor_reciprocity.points.earning.conditions import MONEY, ORDER, PERSON, Conditions, condition, declared
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.models import Account

from .. import hosts


@dataclass(frozen=True)
class WithShipping(Conditions):
    """One more condition: what the shipping has cost."""

    shipping_from: Decimal | None = condition(
        MONEY,
        ORDER,
        lambda asks, asked: asked.order.shipping >= asks.shipping_from,
        "o.shipping >= %(shipping_from)s",
        "The smallest price of the shipping.",
    )


@pytest.fixture
def declared_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "Conditions", WithShipping)


def double(channel: Any, since: Any = None) -> EarningRuleVersion:
    """Doubles the points of orders of which the shipping has cost 5 or more."""
    asks = WithShipping(shipping_from=Decimal(5))
    fields = {"name": "Dear shipping", "trigger": "order", "stacking": "add", "priority": 0}
    draft = rulebook.draft(channel, asks, timezone.now(), effect="multiplier", value=Decimal(2), **fields)
    if since is not None:
        draft.since = draft.starts_at = since
    return rulebook.create(channel, draft, "user:1")


def two_orders(customer: Any, **of: Any) -> list[Any]:
    """Over 10 each; the shipping of the first has cost 4.90, of the second 5."""
    found = [hosts.order(customer, [("10", 1)], shipping=shipping, **of) for shipping in ("4.90", "5")]
    for order in found:
        hosts.ship(order)
    return found


def test_in_line(programme_on: Any, customer: Any, declared_here: None) -> None:
    double(programme_on)
    for order in two_orders(customer):
        settlement.settle(host.order_id(order))
    assert Account.objects.get().available == 10 + 20


def test_in_the_backfill(channel: Any, customer: Any, declared_here: None) -> None:
    orders = two_orders(customer, placed_at=timezone.now() - timedelta(days=9))
    hosts.configure(channel, active=True, points_per_unit="1")
    double(channel)
    call_command("reciprocity_backfill", stdout=StringIO(), stderr=StringIO())
    assert Account.objects.get().available == 10 + 20
    for order in orders:
        settlement.settle(host.order_id(order), again=True)
    assert Account.objects.get().available == 10 + 20, "settling again takes nothing back"


def test_in_the_simulation(programme_on: Any, customer: Any, declared_here: None) -> None:
    for order in two_orders(customer):
        settlement.settle(host.order_id(order))
    found = simulation.simulate(programme_on, double(programme_on).pure, 9, timezone.now() + timedelta(minutes=1))
    assert (found.orders, found.points) == (1, 10)
    out = StringIO()
    call_command("reciprocity_simulate", "multiplier", "2", "--shipping-from", "5", stdout=out)
    assert "10 points for 1 orders" in out.getvalue()


def test_in_graphql(declared_here: None) -> None:
    shown, wanted = (fields_of(declared(), is_input) for is_input in (False, True))
    types = [
        type(name, (of,), dict(fields))
        for name, of, fields in (("Shown", graphene.ObjectType, shown), ("Wanted", graphene.InputObjectType, wanted))
    ]
    assert all("shipping_from" in each._meta.fields for each in types)
    asks = conditions_given({"shipping_from": Decimal(5)})
    assert asks == WithShipping(shipping_from=Decimal(5))
    assert shown["resolve_shipping_from"].__func__(asks, None) == 5


def test_it_is_stored_checked_and_read_again(programme_on: Any, declared_here: None) -> None:
    rule = double(programme_on)
    assert rule.conditions == {"shipping_from": "5"}
    assert EarningRuleVersion.objects.get(pk=rule.pk).pure.conditions == WithShipping(shipping_from=Decimal(5))
    fields = {
        "name": "Odd",
        "trigger": "order",
        "effect": "bonus",
        "value": Decimal(1),
        "stacking": "add",
        "priority": 0,
    }
    with pytest.raises(errors.Invalid) as refused:
        rulebook.draft(programme_on, WithShipping(shipping_from=Decimal("-1")), timezone.now(), **fields)
    assert refused.value.field == "shippingFrom"
    terms = {**fields, "trigger": "sign-up"}
    with pytest.raises(errors.Invalid) as refused:
        rulebook.draft(programme_on, WithShipping(shipping_from=Decimal(1)), timezone.now(), **terms)
    assert refused.value.field == "conditions", "without an order there is no shipping"


def test_one_that_nobody_declares_is_refused_and_not_lost(programme_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(conditions, "Conditions", WithShipping)
        rule = double(programme_on)
    with pytest.raises(KeyError, match="shipping_from"):
        EarningRuleVersion.objects.get(pk=rule.pk).pure  # noqa: B018


def test_all_that_there_are() -> None:
    """Who adds one writes its row here. What is asked of a person is also in the SQL of `bonuses`."""
    assert {each.name: (each.kind.name, each.of) for each in declared()} == {
        "products": ("id", "line"),
        "categories": ("id", "line"),
        "collections": ("id", "line"),
        "groups": ("name", "person"),
        "tiers": ("name", "person"),
        "order_number": ("number", "order"),
        "every_nth_order": ("number", "order"),
        "minimum_total": ("money", "order"),
        "maximum_total": ("money", "order"),
        "weekdays": ("weekday", "order"),
        "time_from": ("time", "order"),
        "time_to": ("time", "order"),
    }
    assert [each.field for each in declared() if each.of == PERSON] == ["groups", "tiers"]
