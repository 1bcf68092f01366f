"""A rule tried on the past costs what it would have cost: the statement against the rules themselves."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_reciprocity import host, inputs, programmes, settlement
from saleor_reciprocity.points import orders
from saleor_reciprocity.points.earning import simulation
from saleor_reciprocity.points.earning.conditions import Conditions
from saleor_reciprocity.points.earning.entitlement import entitlement
from saleor_reciprocity.points.earning.rules import Effect, Rule, Stacking, Trigger
from saleor_reciprocity.points.earning.terms import terms_for
from saleor_reciprocity.points.models import Account

from .. import hosts
from .programmes import rule

DAY = timedelta(days=1)


@pytest.fixture
def past(programme_on: Any) -> list[Any]:
    """A dozen orders of three people, with discounts, shipping, categories and groups."""
    people = [hosts.customer(f"{name}@example.com") for name in ("ada", "bob", "eve")]
    hosts.put_in_group(people[0], "club")
    rows = []
    for number in range(12):
        price = f"{7 + number * 3}.{number * 7 % 100:02}"
        order = hosts.order(
            people[number % 3],
            [(price, 1), ("3.33", number % 4 + 1)],
            shipping="4.90",
            discount=str(number % 3),
            placed_at=timezone.now() - number * DAY - timedelta(hours=number),
        )
        hosts.shelve(
            order, 0, "kitchen", "cups" if number % 2 else "pans", collections=("summer",) if number > 6 else ()
        )
        rows.append(order)
    hosts.cancel(rows[3])
    return rows


def tried(effect: Effect, value: str, stacking: Stacking, conditions: dict[str, Any]) -> Rule:
    return Rule(0, 1, "Tried", effect, Decimal(value), Trigger.ORDER, stacking, -1000, Conditions(**conditions))


CONDITIONS: list[dict[str, Any]] = [
    {},
    {"categories": "kitchen"},
    {"categories": "cups"},
    {"collections": "summer"},
    {"groups": frozenset({"club"})},
    {"order_number": 1},
    {"every_nth_order": 2},
    {"minimum_total": Decimal("25.5")},
    {"maximum_total": Decimal("25.5")},
    {"weekdays": frozenset({1, 2, 3})},
    {"time_from": time(6), "time_to": time(15)},
    {"time_from": time(20), "time_to": time(9, 30)},
]


@pytest.mark.parametrize("conditions", CONDITIONS, ids=str)
@pytest.mark.parametrize(
    ("effect", "value", "stacking"),
    [
        (Effect.MULTIPLIER, "1.7", Stacking.ADD),
        (Effect.MULTIPLIER, "1.7", Stacking.MULTIPLY),
        (Effect.MULTIPLIER, "0.35", Stacking.EXCLUSIVE),
        (Effect.BONUS, "25", Stacking.ADD),
        (Effect.BONUS_PER_PIECE, "3", Stacking.ADD),
    ],
)
def test_it_costs_what_the_rules_say(
    effect: Effect, value: str, stacking: Stacking, conditions: dict[str, Any], past: list[Any], programme_on: Any
) -> None:
    hosts.configure(programme_on, points_per_unit="1.3", time_zone="America/New_York", earning_shipping="yes")
    asked = tried(effect, value, stacking, _with_ids(conditions))
    found = simulation.simulate(programme_on, asked, 30, timezone.now())
    values = programmes.current(programme_on.id, timezone.now()).programme  # type: ignore[union-attr]
    extra = {host.order_id(row): _extra(row, asked, values) for row in past}
    people = {row.user_email for row in past if extra[host.order_id(row)]}
    assert (found.points, found.orders) == (sum(extra.values()), sum(points != 0 for points in extra.values()))
    assert found.customers == len(people)
    assert found.liability == (found.points * Decimal(5) / 50).quantize(Decimal("0.001"))


def _with_ids(conditions: dict[str, Any]) -> dict[str, Any]:
    from saleor.product.models import Category, Collection

    found = dict(conditions)
    if "categories" in found:
        found["categories"] = frozenset(Category.objects.filter(slug=found["categories"]).values_list("pk", flat=True))
    if "collections" in found:
        found["collections"] = frozenset(Collection.objects.values_list("pk", flat=True))
    return found


def _extra(row: Any, asked: Rule, values: Any) -> int:
    order = host.order(host.order_id(row))
    assert order is not None
    if order.state is not host.OrderState.PLACED:
        return 0
    return _worth(order, values, (asked,)) - _worth(order, values)


def _worth(order: host.Order, values: Any, in_force: tuple[Rule, ...] = ()) -> int:
    buyer, shelves = orders.buyer_of(order, None, in_force), orders.shelves_for(order, in_force)
    due = entitlement(order, terms_for(order, values, in_force, buyer, shelves), timezone.now())
    return due.pending + due.earned


@pytest.mark.parametrize("values", [{}, {"earning_shipping": "yes"}, {"earning_base": "net"}, {"points_per_unit": "0"}])
def test_a_programme_gives_what_orders_earn_by_it_alone(
    values: dict[str, str], past: list[Any], programme_on: Any
) -> None:
    taxed = hosts.order("net@example.com", [("11.90", 1)], placed_at=timezone.now() - DAY)
    hosts.tax(taxed, "10")
    rule("multiplier", "3", since=timezone.now() - 60 * DAY)
    for row in past:
        settlement.settle(host.order_id(row))  # what was agreed when they were placed is another matter
    wanted = inputs.parse({"points_per_unit": "1.3", "reward_points": "50", **values})
    found = simulation.simulate_programme(programme_on, wanted, 30, timezone.now())
    placed = [host.order(host.order_id(row)) for row in (*past, taxed)]
    worth = [_worth(one, wanted) for one in placed if one and one.state is host.OrderState.PLACED]
    assert (found.points, found.orders) == (sum(worth), sum(points != 0 for points in worth))
    assert (found.points > 0) == ("points_per_unit" not in values)


def test_it_stands_on_the_terms_that_were_agreed(programme_on: Any, customer: Any) -> None:
    rule("multiplier", "3", since=timezone.now() - DAY)
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    now = timezone.now()

    def points(stacking: Stacking, value: str = "2") -> int:
        return simulation.simulate(programme_on, tried(Effect.MULTIPLIER, value, stacking, {}), 1, now).points

    assert points(Stacking.MULTIPLY) == 30
    assert points(Stacking.ADD) == 10
    assert points(Stacking.EXCLUSIVE) == 0
    assert simulation.simulate(
        programme_on, tried(Effect.BONUS, "5", Stacking.ADD, {"weekdays": frozenset()}), 1, now
    ) == (simulation.Simulation(1, 1, 1, 5, Decimal("0.500"), "USD"))
    assert Account.objects.get().pending == 30, "nothing was changed"


def test_it_is_one_statement(past: list[Any], programme_on: Any, django_assert_max_num_queries: Any) -> None:
    programmes.current(programme_on.id, timezone.now())
    with django_assert_max_num_queries(3) as captured:
        simulation.simulate(programme_on, tried(Effect.BONUS, "5", Stacking.ADD, {}), 30, timezone.now())
    assert sum("order_orderline" in each["sql"] for each in captured.captured_queries) == 1


def test_the_command_says_what_it_would_cost(past: list[Any]) -> None:
    out = StringIO()
    call_command("reciprocity_simulate", "bonus", "5", "--days", "30", "--minimum-total", "1", stdout=out)
    assert out.getvalue().splitlines() == [
        "Over the last 30 days: 55 points for 11 orders of 3 customers.",
        "By the standard reward they are worth 5.5 USD.",
    ]


def test_the_command_knows_hours_and_refuses_what_is_none(past: list[Any]) -> None:
    out = StringIO()
    for options in (["--time-from", "00:00"], ["--time-from", "12:00", "--time-to", "11:59:59.999999"]):
        call_command("reciprocity_simulate", "bonus", "5", "--days", "30", *options, stdout=out)
    assert out.getvalue().count("55 points for 11 orders of 3 customers") == 2
    for strange in ("25:00", "noon"):
        with pytest.raises(CommandError, match="--time-from"):
            call_command("reciprocity_simulate", "bonus", "5", "--time-from", strange)
