"""Rules as pure functions: which apply, how they stack, and that neither order nor rounding makes or loses points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_reciprocity import inputs
from saleor_reciprocity.host.facts import Order
from saleor_reciprocity.points.earning import rules
from saleor_reciprocity.points.earning.conditions import Buyer, Conditions, Shelf
from saleor_reciprocity.points.earning.entitlement import entitlement
from saleor_reciprocity.points.earning.rules import Effect, Rule, Stacking
from saleor_reciprocity.points.earning.terms import Terms, is_too_large, terms_for
from saleor_reciprocity.points.tiers.ladder import Standing

from .facts import NOW, PLACED_AT, amounts, line, order, orders

GOLD = Standing("gold", "Gold", Decimal("1.5"))


def rule(number: int, value: str = "2", effect: Effect = Effect.MULTIPLIER, **terms: Any) -> Rule:
    stacking = terms.pop("stacking", Stacking.ADD)
    priority = terms.pop("priority", 0)
    return Rule(number, 1, f"Rule {number}", effect, Decimal(value), rules.Trigger.ORDER, stacking, priority,
                Conditions(**terms))  # fmt: skip


def programme(**values: str) -> Any:
    return inputs.parse({"points_per_unit": "1", **values})


def earned(of: Order, *in_force: Rule, buyer: Buyer = Buyer(), shelves: Any = None, **values: str) -> int:  # noqa: B008
    terms = terms_for(of, programme(**values), in_force, buyer, shelves)
    due = entitlement(of, Terms.from_json(terms.as_json()), NOW)
    return due.pending + due.earned


TEN = order(line(1, "10"))


@pytest.mark.parametrize(
    ("stackings", "values", "points"),
    [
        ("AA", "23", 40),  # 1 + 1 + 2
        ("MM", "23", 60),
        ("AM", "23", 60),  # (1 + 1) · 3
        ("MA", "23", 40),  # 1 · 2 + 2
        ("EA", "23", 20),
        ("AE", "23", 20),
        ("A", "0", 0),
        ("AA", "00", 0),
    ],
)
def test_how_two_multipliers_make_one_factor(stackings: str, values: str, points: int) -> None:
    letters = {"A": Stacking.ADD, "M": Stacking.MULTIPLY, "E": Stacking.EXCLUSIVE}
    in_force = [rule(n, values[n], stacking=letters[letter]) for n, letter in enumerate(stackings)]
    assert earned(TEN, *in_force) == points


def test_the_highest_priority_comes_first_and_the_oldest_among_equals() -> None:
    first = rule(2, "5", priority=1, stacking=Stacking.EXCLUSIVE)
    assert earned(TEN, rule(1, "2"), first) == 50
    assert earned(TEN, rule(1, "2"), replace(first, priority=0)) == 20


def test_the_tier_multiplies_last_and_leaves_bonuses_alone() -> None:
    in_force = (rule(1, "2"), rule(2, "7", Effect.BONUS))
    assert earned(TEN, *in_force, buyer=Buyer(tier=GOLD)) == 37


def test_an_exclusive_bonus_stands_alone() -> None:
    bonuses = (rule(1, "5", Effect.BONUS), rule(2, "9", Effect.BONUS, stacking=Stacking.EXCLUSIVE))
    assert earned(TEN, *bonuses) == 15
    assert earned(TEN, bonuses[0], replace(bonuses[1], priority=1)) == 19
    assert earned(TEN, rule(3), *bonuses) == 25


def test_lines_match_by_product_category_above_and_collection() -> None:
    basket = order(line(1, "10"), line(2, "10"), line(3, "10"))
    shelves = {1: Shelf(frozenset({7, 8})), 2: Shelf(collections=frozenset({5}))}
    for condition, lines in (({"products": {3}}, 1), ({"categories": {8}}, 1), ({"collections": {5}}, 1),
                             ({"categories": {9}}, 0), ({"categories": {7}, "collections": {5}}, 0)):  # fmt: skip
        conditions = {name: frozenset(keys) for name, keys in condition.items()}
        assert earned(basket, rule(1, "2", **conditions), shelves=shelves) == 30 + 10 * lines


def test_a_bonus_per_piece_counts_the_pieces_that_are_kept() -> None:
    pieces = rule(1, "4", Effect.BONUS_PER_PIECE)
    assert earned(order(line(1, "10", 3)), pieces) == 22
    assert earned(order(line(1, "10", 3, given_back=2), refunded="0"), pieces) == floor(Fraction(10, 3) + 4)


@pytest.mark.parametrize(
    ("conditions", "buyer", "applies"),
    [
        ({"order_number": 1}, Buyer(0), True),
        ({"order_number": 1}, Buyer(1), False),
        ({"every_nth_order": 5}, Buyer(4), True),
        ({"every_nth_order": 5}, Buyer(5), False),
        ({"groups": frozenset({"staff", "club"})}, Buyer(groups=frozenset({"club"})), True),
        ({"groups": frozenset({"club"})}, Buyer(), False),
        ({"tiers": frozenset({"gold"})}, Buyer(tier=replace(GOLD, multiplier=Decimal(1))), True),
        ({"tiers": frozenset({"gold"})}, Buyer(), False),
        ({"minimum_total": Decimal(10)}, Buyer(), True),
        ({"minimum_total": Decimal("10.01")}, Buyer(), False),
        ({"maximum_total": Decimal("9.99")}, Buyer(), False),
    ],
)
def test_what_a_rule_asks_of_the_order(conditions: Any, buyer: Buyer, applies: bool) -> None:
    assert earned(TEN, rule(1, "2", **conditions), buyer=buyer) == (20 if applies else 10)


def at(moment: str) -> Order:
    return replace(TEN, placed_at=datetime.fromisoformat(moment).replace(tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("moment", "conditions", "applies"),
    [
        ("2026-03-28T23:30:00", {"weekdays": frozenset({7})}, True),  # Sunday 00:30 in Berlin
        ("2026-03-28T22:59:59", {"weekdays": frozenset({7})}, False),
        ("2026-03-29T21:59:59", {"weekdays": frozenset({7})}, True),  # the day of 23 hours ends an hour sooner
        ("2026-03-29T22:00:00", {"weekdays": frozenset({7})}, False),
        ("2026-03-29T00:59:59", {"time_from": time(2), "time_to": time(3)}, False),  # 01:59:59, then 03:00
        ("2026-03-29T01:00:00", {"time_from": time(2), "time_to": time(3)}, False),
        ("2026-10-25T00:30:00", {"time_from": time(2), "time_to": time(3)}, True),  # 02:30, twice
        ("2026-10-25T01:30:00", {"time_from": time(2), "time_to": time(3)}, True),
        ("2026-06-01T21:00:00", {"time_from": time(22), "time_to": time(4)}, True),
        ("2026-06-02T01:59:59", {"time_from": time(22), "time_to": time(4)}, True),
        ("2026-06-02T02:00:00", {"time_from": time(22), "time_to": time(4)}, False),
        ("2026-06-01T21:59:59", {"time_from": time(23, 59), "time_to": None}, True),
    ],
)
def test_days_and_hours_are_those_of_the_channels_clock(moment: str, conditions: Any, applies: bool) -> None:
    points = earned(at(moment), rule(1, "2", **conditions), time_zone="Europe/Berlin")
    assert points == (20 if applies else 10)


def test_net_counts_what_was_paid_without_tax() -> None:
    basket = order(line(1, "119", total_net=Decimal(100)), line(2, "107", total_net=Decimal(100)), goods="113")
    assert earned(basket, earning_base="net") == 100
    assert earned(basket) == 113


def test_shipping_counts_if_it_is_set_and_goes_first_when_money_goes_back() -> None:
    basket = order(line(1, "50"), shipping="10")
    assert earned(basket, rule(1), earning_shipping="yes") == 120
    assert earned(replace(basket, refunded=Decimal(10)), rule(1), earning_shipping="yes") == 100
    assert earned(replace(basket, refunded=Decimal(60)), rule(1), earning_shipping="yes") == 0
    assert earned(basket, rule(1, products=frozenset({1})), earning_shipping="yes") == 110


def test_terms_survive_being_stored() -> None:
    basket = order(line(1, "10"), line(2, "10", is_gift_card=True), shipping="3")
    in_force = (
        rule(1, "1.25"),
        rule(2, "5", Effect.BONUS, minimum_total=Decimal(9)),
        rule(3, "2", Effect.BONUS_PER_PIECE),
    )
    values = programme(earning_base="net", earning_shipping="yes", return_window_days="14")
    terms = terms_for(basket, values, in_force, Buyer(tier=GOLD))
    assert Terms.from_json(terms.as_json()) == terms


def test_an_order_that_would_overflow_is_too_large() -> None:
    huge = order(line(1, "100000000000000"))
    assert is_too_large(huge, terms_for(huge, programme()))
    assert not is_too_large(TEN, terms_for(TEN, programme()))


multipliers = st.decimals(min_value=0, max_value=10, places=2)
stackings = st.sampled_from(Stacking)


@st.composite
def rule_sets(draw: Any) -> list[Rule]:
    return [
        rule(
            number,
            str(draw(multipliers)) if effect is Effect.MULTIPLIER else str(draw(st.integers(1, 50))),
            effect,
            stacking=draw(stackings) if effect is Effect.MULTIPLIER else Stacking.ADD,
            priority=draw(st.integers(-1, 1)),
            products=frozenset(draw(st.sets(st.integers(0, 3), max_size=2))),
        )
        for number, effect in enumerate(draw(st.lists(st.sampled_from(Effect), max_size=4)))
    ]


@given(orders(), rule_sets(), st.randoms())
def test_the_order_in_which_rules_are_read_is_no_matter(placed: Order, in_force: list[Rule], chance: Any) -> None:
    shuffled = list(in_force)
    chance.shuffle(shuffled)
    assert earned(placed, *in_force) == earned(placed, *shuffled)


@given(orders(), rule_sets())
def test_lines_shipping_and_bonuses_add_up_to_the_order(placed: Order, in_force: list[Rule]) -> None:
    terms = terms_for(placed, programme(earning_shipping="yes"), in_force)
    due = entitlement(placed, terms, NOW)
    shares = sum(share.points for share in due.lines) + (due.shipping.points if due.shipping else 0)
    assert shares + sum(bonus.points for bonus in due.bonuses) == due.pending + due.earned
    assert due.pending >= 0
    assert due.earned >= 0


@given(orders(), rule_sets(), amounts, amounts)
def test_refunds_in_steps_take_what_one_refund_takes(placed: Order, in_force: list[Rule], one: Any, two: Any) -> None:
    left = [earned(replace(placed, refunded=refunded), *in_force) for refunded in (Decimal(0), one, one + two)]
    assert left[0] >= left[1] >= left[2] >= 0
    assert (left[0] - left[1]) + (left[1] - left[2]) == left[0] - left[2]


@given(orders(), rule_sets(), st.integers(0, 40))
def test_time_alone_only_moves_pending_points_to_earned(placed: Order, in_force: list[Rule], days: int) -> None:
    shipped = replace(placed, lines=tuple(
        replace(each, shipments=((PLACED_AT + timedelta(days=number), each.fulfilled),))
        for number, each in enumerate(placed.lines)
    ))  # fmt: skip
    terms = terms_for(shipped, programme(return_window_days="14"), in_force)
    before = entitlement(shipped, terms, PLACED_AT + timedelta(days=days))
    after = entitlement(shipped, terms, PLACED_AT + timedelta(days=days + 1))
    assert before.pending + before.earned == after.pending + after.earned
    assert before.earned <= after.earned
    if before.matures_at is None or before.matures_at > PLACED_AT + timedelta(days=days + 1):
        assert before.earned == after.earned


@pytest.mark.parametrize("places", [0, 2, 3])
@given(cents=st.lists(st.integers(0, 10**6), min_size=1, max_size=5), rate=st.integers(0, 10**4))
def test_every_currency_is_exact(places: int, cents: list[int], rate: int) -> None:
    totals = [Decimal(amount).scaleb(-places) for amount in cents]
    basket = order(*(line(number, str(total)) for number, total in enumerate(totals)))
    assert earned(basket, points_per_unit=str(Decimal(rate) / 1000)) == sum(cents) * rate // 1000 // 10**places
