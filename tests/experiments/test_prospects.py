"""What a question could show, by the people whom it would have taken in; counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity import following, host
from saleor_reciprocity.experiments import plans
from saleor_reciprocity.experiments.models import Plan
from saleor_reciprocity.experiments.plans import Intake

from .. import hosts

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


def orders(person: str, *days_ago: float, price: str = "10") -> None:
    for days in days_ago:
        hosts.order(person, [(price, 1)], placed_at=NOW - timedelta(days=days))


@pytest.fixture
def past(channel: host.Channel) -> host.Channel:
    """Half a year of people, from 270 to 90 days ago."""
    orders("second-and-back@example.com", 400, 200, 110)
    orders("second-and-late@example.com", 260, 200, 109)  # 91 days later
    orders("first-only@example.com", 150)
    orders("second-before@example.com", 400, 300)
    orders("second-too-young@example.com", 300, 80)
    orders("third@example.com", 500, 400, 95, 5.1)
    orders("", 200, 150)
    return channel


def test_people_are_those_who_reach_the_order_within_half_a_year(past: host.Channel) -> None:
    """From the second order on: back, late, third (95 days ago, and 89.9 days later again)."""
    assert plans.intake(NOW, 2) == Intake(3, 2)
    assert plans.intake(NOW, 2).rate == pytest.approx(2 / 3)
    assert plans.intake(NOW, 1) == Intake(
        4, 3
    )  # and first-only; second-and-late comes back within 60 days of its first
    assert plans.intake(NOW, 3) == Intake(3, 1)  # back and late with their third, 110 and 109 days ago, and third
    assert plans.intake(NOW, 2, past.id) == Intake(3, 2)
    assert plans.intake(NOW, 2, "77") == Intake(0, 0)


def test_the_plan_takes_rate_people_and_money_from_the_past(channel: host.Channel) -> None:
    """Fifty people: of each five, one comes back and spends 30, one 20; the last one of all spends 10,000."""
    for number in range(50):
        again = {0: "30", 1: "20"}.get(number % 5)
        person = f"p{number}@example.com"
        orders(person, 200)
        if again:
            orders(person, 150, price="10000" if number == 46 else again)
    terms = plans.Terms("programme", Decimal("0.2"), 1, channel.currency, Decimal(5), Decimal("0.1"))
    assert plans.make(terms, NOW)
    assert not plans.make(terms, NOW + timedelta(days=1))
    plan = Plan.objects.get()
    assert (plan.planned_people, plan.prior_rate, plan.start) == (50, 0.4, NOW.date())
    # The 99th percentile lies 0.51 of the way between the second highest, 30, and the highest, 10,000.
    assert round(plan.cap, 1) == Decimal("5114.7")
    assert plan.money_mean == pytest.approx((10 * 30 + 9 * 20 + 5114.7) / 50)
    assert plan.evaluation == NOW.date() + timedelta(days=277)


def test_a_shop_without_a_past_plans_with_what_is_usual(channel: host.Channel) -> None:
    plans.make(plans.Terms("gift", Decimal("0.9"), 2, channel.currency), NOW)
    plan = Plan.objects.get()
    assert (plan.planned_people, plan.prior_rate, plan.cap) == (1000, 0.25, Decimal(1000))
    assert (plan.margin, plan.money_mean, plan.money_variance) == (1, 0, 10_000)


def test_what_money_is_expected_to_be_is_of_the_margin_too(channel: host.Channel) -> None:
    """Fifty people, each of whom spends 30 in the second order: at 40 % that is 12, and nothing varies."""
    for number in range(50):
        person = f"p{number}@example.com"
        orders(person, 200)
        orders(person, 150, price="30" if number else "50")
    plans.make(plans.Terms("programme", Decimal("0.2"), 1, channel.currency, margin=Decimal("0.4")), NOW)
    plan = Plan.objects.get()
    # The 99th percentile lies 0.51 of the way between the second highest, 30, and the highest, 50: 40.2.
    assert (plan.margin, plan.cap) == (Decimal("0.4"), Decimal("16.08"))
    assert plan.money_mean == pytest.approx((49 * 12 + 16.08) / 50)
    assert plan.money_variance == pytest.approx(4.08**2 * 49 / 50**2)


def test_without_a_past_the_usual_cap_is_of_the_margin_too(channel: host.Channel) -> None:
    plans.make(plans.Terms("gift", Decimal("0.9"), 2, channel.currency, margin=Decimal("0.05")), NOW)
    plan = Plan.objects.get()
    assert (plan.cap, plan.money_variance) == (50, pytest.approx(25))


def test_the_margin_is_the_channels_when_a_question_begins_and_stays(channel: host.Channel) -> None:
    hosts.configure(channel, active=True, survey_question="csat", contribution_margin="40%")
    following.plan(datetime.now(timezone.utc))
    hosts.configure(channel, contribution_margin="0.1", surprise_probability="0.1")
    following.plan(datetime.now(timezone.utc))
    assert dict(Plan.objects.values_list("question", "margin")) == {
        "survey": Decimal("0.4"), "programme": Decimal("0.1"), "gift": Decimal("0.1")
    }  # fmt: skip


def test_each_question_has_its_people_its_share_and_its_level(past: host.Channel) -> None:
    hosts.configure(
        past, active=True, surprise_probability="0.1", surprise_from_order="2", holdout_share="0.4",
        survey_holdout_share="0.3",
    )  # fmt: skip
    found = {question: following.prospect(question, past, None, NOW) for question in ("programme", "gift", "survey")}
    told = {name: (each.people, each.from_order, each.share, each.level) for name, each in found.items()}
    assert told == {
        "programme": (3, 2, Decimal("0.4"), 0.025),
        "gift": (1, 2, Decimal("0.9"), 0.0125),
        "survey": (4, 1, Decimal("0.3"), 0.0125),
    }
    assert following.prospect("programme", past, Decimal("0.5"), NOW).share == Decimal("0.5")


def test_staff_are_told_of_the_dilution_in_words(channel: host.Channel) -> None:
    hosts.configure(channel, active=True, surprise_probability="0.1")
    manager = hosts.as_app("discount.manage_discounts")
    power = "{ loyaltyHoldoutPower { question customers fromOrder share level dilution } }"
    assert manager.data(power)["loyaltyHoldoutPower"] == {
        "question": "PROGRAMME",
        "customers": 0,
        "fromOrder": 2,
        "share": 0.2,
        "level": 0.025,
        "dilution": "One order in ten wins, so the whole programme can move at most a tenth of what a gift does. "
        "Look at the gift question first.",
    }
    gift = manager.data("{ loyaltyHoldoutPower(question: GIFT) { share dilution } }")["loyaltyHoldoutPower"]
    assert gift == {"share": 0.9, "dilution": ""}


def test_nothing_of_this_is_for_others(customer: Any) -> None:
    answer = hosts.as_user(customer)("{ loyaltyHoldoutPower { dilution } }")
    assert answer["data"]["loyaltyHoldoutPower"] is None
    assert answer["errors"]
