"""The arm is independent of what came before it: until then both arms have the same history, and are assigned alike.

On that rests every figure of the report. What asks whether somebody had a gift, or may have another, comes afterwards.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from saleor_reciprocity import host, identity, settlement
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.surveys.models import Invitation

from .. import hosts
from ..surprises.shop import campaign, draw_of
from .followed import addresses_of, buy, day

ARMS = [False, True]


@pytest.fixture
def strict(clock: Any, channel: host.Channel) -> host.Channel:
    """A campaign with every condition there is, in which every order wins; half of the people are held out."""
    hosts.configure(channel, active=True, holdout_share="0.5")
    campaign(channel, minimum_total=Decimal(20), groups=["Friends"], from_order_number=4, cooling_off_days=30)
    return channel


def assigned_at(email: str, experiment: str = "surprises") -> datetime | None:
    found = Assignment.objects.filter(experiment=experiment, person=identity.email_hash(email)).first()
    return found.assigned_at if found else None


def test_both_arms_pass_the_same_conditions_and_are_assigned_at_the_same_order(clock: Any, strict: Any) -> None:
    people = {held_out: hosts.customer(next(addresses_of(held_out))) for held_out in ARMS}
    steps = [("5", None, "order total"), ("40", None, "group"), ("40", "Friends", "order number")]
    for when, (price, group, outcome) in enumerate(steps):
        for person in people.values():
            if group:
                hosts.put_in_group(person, group)
            assert draw_of(buy(clock, when, person, price)).outcome == outcome
            assert assigned_at(person.email) is None, outcome
    outcomes = {held_out: draw_of(buy(clock, 3, person)).outcome for held_out, person in people.items()}
    assert outcomes == {False: "won", True: "held out"}
    assert {assigned_at(person.email) for person in people.values()} == {day(3)}


@pytest.mark.parametrize("limit", ["address", "too many orders"])
def test_a_limit_that_gifts_and_draws_reach_keeps_nobody_from_being_assigned(
    limit: str, clock: Any, channel: host.Channel
) -> None:
    """A household with a gift and a busy day are of what happened in the arms."""
    hosts.configure(channel, active=True, holdout_share="0.5")
    campaign(channel, cooling_off_days=0 if limit == "too many orders" else 30)
    for held_out, neighbour in zip(ARMS, islice(addresses_of(False, name="neighbour"), 2)):
        person = next(addresses_of(held_out))
        first = buy_at(clock, 0, neighbour if limit == "address" else person, f"{held_out} Street")
        assert draw_of(first).outcome == ("held out" if held_out and limit != "address" else "won")
        number = 3 if limit == "too many orders" else 1
        last = [buy_at(clock, 0.1 if number == 3 else 1, person, f"{held_out} Street") for _ in range(number)][-1]
        assert draw_of(last).outcome == ("held out" if held_out else limit)
        assert assigned_at(person) == (day(1) if limit == "address" else day(0))


def buy_at(clock: Any, when: float, buyer: Any, street: str) -> Any:
    """An order to an address that is settled on a day."""
    clock.move_to(day(when))
    order = hosts.order(buyer, [("40", 1)], placed_at=day(when))
    hosts.ship_to(order, street)
    settlement.settle(host.order_id(order))
    return order


def test_both_arms_of_a_survey_are_assigned_when_they_could_be_asked(clock: Any, channel: host.Channel) -> None:
    consent = {"mail_consent": "existing customers", "mail_terms_confirmed": "true"}
    hosts.configure(channel, active=True, survey_question="csat", survey_holdout_share="0.5", **consent)
    states = {}
    for held_out in ARMS:
        person = next(addresses_of(held_out, "surveys"))
        late = hosts.order(person, [("40", 1)], placed_at=day(0))
        hosts.ship_at(late, day(1))
        clock.move_to(day(100))
        settlement.settle(host.order_id(late))
        assert Invitation.objects.get(order_id=host.order_id(late)).state == "too late"
        assert assigned_at(person, "surveys") is None
        order = hosts.order(person, [("40", 1)], placed_at=day(99))
        hosts.ship_at(order, day(99.5))
        settlement.settle(host.order_id(order))
        states[held_out] = Invitation.objects.get(order_id=host.order_id(order)).state
        assert assigned_at(person, "surveys") == day(100)
        clock.move_to(day(0))
    assert states == {False: "waiting", True: "held out"}
