"""What a programme would have brought, cost and sent with the last 90 days' orders; counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_reciprocity import forecasting, host, identity, inputs, starting
from saleor_reciprocity.examples import Example
from saleor_reciprocity.experiments import power
from saleor_reciprocity.experiments.models import Plan
from saleor_reciprocity.forecasting import Forecaster, Sold
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.reports import owed

from . import hosts

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
GUEST = "guest@example.com"
GIFTS = {"surprise_probability": "1", "holdout_share": "0.2", "surprise_value": "5", "surprise_budget_per_month": "7"}
MAILS = {"survey_question": "csat", "mail_statements": "True", "mail_consent": "preference"}


def order(buyer: Any, month: int, day: int, price: str, **more: Any) -> Any:
    return hosts.order(buyer, [(price, 1)], placed_at=datetime(2026, month, day, 10, tzinfo=timezone.utc), **more)


@pytest.fixture
def past(channel: host.Channel) -> host.Channel:
    """From 3 March, 12 o'clock, on: seven orders of three people, five of them somebody's second or a later one."""
    ada, bob = (hosts.customer(f"{name}@example.com") for name in ("ada", "bob"))
    order(ada, 1, 10, "30")  # too old, but her first
    order(ada, 3, 20, "49.95")
    order(ada, 5, 10, "20", shipping="4.90", discount="2")  # 18 for goods
    order(ada, 5, 12, "10")
    order(ada, 5, 20, "5")
    order(bob, 4, 2, "99.99")
    order(bob, 4, 20, "10.50")
    order(GUEST, 5, 30, "7.25")
    order("early@example.com", 3, 3, "1000")  # two hours too early
    order("late@example.com", 6, 2, "1000")
    hosts.cancel(order("sorry@example.com", 5, 1, "500"))
    consent.choose(host.person(ada), consent.ALL, True, "page", NOW)
    consent.choose(host.person(bob), kinds.SURVEY, False, "page", NOW)
    return channel


def forecast(channel: host.Channel, **values: str) -> forecasting.Forecast:
    return Forecaster(channel, NOW).forecast(inputs.parse(values))


def test_what_was_sold_is_counted_and_the_usual_order_is_the_median(past: host.Channel) -> None:
    assert forecasting.sold(past, NOW) == Sold(7, 3, Decimal("10.5"))
    assert forecasting.sold(past, NOW - timedelta(days=900)) == Sold(0, 0, None)


def test_points_are_those_of_each_order_and_owed_by_the_standard_reward(past: host.Channel) -> None:
    """49 + 18 + 10 + 5 + 99 + 10 + 7 points; 100 of them are worth 5."""
    found = forecast(past, points_per_unit="1", reward_points="100", reward_value="5")
    assert (found.points, found.owed, found.cost) == (198, Decimal("9.9"), Decimal("9.9"))
    assert (found.gifts, found.gifts_cost) == (0, 0)
    assert (found.held_out, found.smallest_effect, found.known_on) == (None, None, None)
    halves = forecast(past, points_per_unit="0.5", reward_points="0")  # 24 + 9 + 5 + 2 + 49 + 5 + 3
    assert (halves.points, halves.owed, halves.cost) == (97, None, None)
    assert forecast(past, points_per_unit="0", reward_points="0").points == 0


def test_what_is_redeemed_of_points_is_what_they_cost(past: host.Channel, monkeypatch: Any) -> None:
    monkeypatch.setattr(owed, "redeemed_share", lambda until: {date(2026, 5, 31): Decimal("0.25")}[until])
    found = forecast(past, points_per_unit="1", reward_points="100", reward_value="5")
    assert (found.owed, found.cost) == (Decimal("9.9"), Decimal("2.475"))


def test_gifts_are_expected_month_by_month_within_the_budget(past: host.Channel) -> None:
    """March 1 and April 1 draw, of which 0.8 win each; May 3, of which 2.4 would, but 7 are 1.4 gifts: 3 in all."""
    found = forecast(past, **GIFTS)
    assert (found.gifts, found.gifts_cost, found.held_out) == (3, Decimal(15), Decimal("0.2"))
    assert forecast(past, **{**GIFTS, "surprise_budget_per_month": "0"}).gifts == 0
    first = forecast(past, **{**GIFTS, "surprise_from_order": "1", "surprise_budget_per_month": "100"})
    assert (first.gifts, first.gifts_cost) == (Decimal("5.6"), Decimal(28))  # of seven orders
    third = forecast(past, **{**GIFTS, "surprise_from_order": "3", "surprise_budget_per_month": "100"})
    assert (third.gifts, third.gifts_cost) == (Decimal("2.4"), Decimal(12))  # of Ada's third to fifth


@pytest.mark.parametrize(
    ("source", "mails"),
    [
        # Ada alone: 0.9 questions; March, April and May; 4 of the 5 draws are hers, so 2.4 of 3 gifts.
        ({"mail_consent": "preference"}, (1, 3, 2)),
        # The guest is asked, too: 1.8. Bob said no to questions only: his April and May. All draws.
        ({"mail_consent": "existing customers", "mail_terms_confirmed": "True"}, (2, 5, 3)),
        ({"mail_consent": "off"}, (0, 0, 0)),
        ({"mail_surveys": "False", "mail_statements": "False", "mail_surprises": "False"}, (0, 0, 0)),
        ({"survey_question": "off", "points_per_unit": "0"}, (0, 0, 2)),
        ({"surprise_probability": "0"}, (1, 3, 0)),
    ],
)
def test_mails_go_to_those_who_may_be_written_to(
    source: dict[str, str], mails: tuple[int, int, int], past: host.Channel
) -> None:
    found = forecast(past, **{**GIFTS, **MAILS, "survey_holdout_share": "0.1", **source})
    assert (found.questions, found.statements, found.gift_mails) == mails


def test_the_last_word_counts_under_every_spelling_of_an_address(channel: host.Channel) -> None:
    order("Guest@Example.com ", 5, 30, "7.25")
    said: list[tuple[str, bool]] = [(consent.ALL, True), (kinds.SURVEY, False), (consent.ALL, True)]
    for kind, wanted in said:
        consent.keep(identity.email_hash(GUEST), None, kind, wanted, "page", NOW)
        found = forecast(channel, **MAILS, survey_holdout_share="0")
        assert found.questions == int(wanted)
        verdict = consent.verdict(inputs.parse(MAILS), host.person_with_email(GUEST), kinds.SURVEY, NOW)
        assert verdict.allowed == wanted


def test_the_smallest_effect_is_that_of_the_planned_evaluation(channel: host.Channel) -> None:
    """Forty people reach their second order within the half year that ended 90 days ago; ten come again in time."""
    for number in range(40):
        for days in (300, 200, *((150,) if number < 10 else ())):
            hosts.order(f"p{number}@example.com", [("10", 1)], placed_at=NOW - timedelta(days=days))
    hosts.order("new@example.com", [("10", 1)], placed_at=NOW - timedelta(days=1))
    found = forecast(channel, **GIFTS, surprise_from_order="2")
    assert found.smallest_effect == pytest.approx(power.smallest_difference(40, 0.2, 0.25, 0.025))
    assert found.smallest_effect == pytest.approx(0.567, abs=0.02)
    assert found.known_on == date(2027, 3, 5)  # 180 days of intake, 90 to come back, 7 to settle


@pytest.mark.parametrize(
    ("fixed", "known_on"),
    [
        (date(2026, 10, 5), date(2026, 10, 5)),
        (date(2026, 6, 1), date(2026, 6, 1)),
        (date(2026, 5, 31), date(2027, 3, 5)),  # it is over: whoever comes from now on waits for the next
    ],
)
def test_the_day_is_that_of_the_plan_that_is_fixed_if_it_is_to_come(
    fixed: date, known_on: date, channel: host.Channel
) -> None:
    plan = {"question": "programme", "made_at": NOW, "method": 1, "start": date(2025, 9, 1), "evaluation": fixed}
    people = {"share": "0.2", "prior_rate": 0.1, "planned_people": 9, "level": "0.025"}
    money = {"currency": "USD", "cap": 1, "largest_gift": 0, "point_cost": 0, "money_mean": 0, "money_variance": 0}
    Plan.objects.create(**plan, **people, **money)
    hosts.order("new@example.com", [("10", 1)], placed_at=NOW - timedelta(days=1))
    assert forecast(channel, **GIFTS).known_on == known_on


def test_three_examples_are_reckoned_from_the_shops_own_orders(past: host.Channel) -> None:
    found = starting.offers(past, NOW)
    assert (found.channel, found.currency, found.days) == (past.slug, "USD", 90)
    assert (found.orders, found.customers) == (7, 3)
    assert [one.example for one in found.each] == [Example.THANK_YOU, Example.POINTS, Example.ALL]
    each: Any = [one.forecast for one in found.each]
    thanks, points, everything = each
    assert (thanks.points, thanks.owed, thanks.held_out) == (0, None, Decimal("0.2"))
    assert (points.points, points.owed, points.held_out, points.statements) == (198, Decimal("9.9"), None, 0)
    assert (everything.points, everything.questions, everything.statements) == (198, 1, 3)


def test_a_shop_without_orders_has_no_forecast(channel: host.Channel) -> None:
    found = starting.offers(channel, NOW)
    assert (found.orders, [one.forecast for one in found.each]) == (0, [None, None, None])


def statements(channel: host.Channel) -> int:
    with CaptureQueriesContext(connection) as seen:
        starting.offers(channel, NOW)
        starting.everywhere(host.channels(), NOW)
    return len(seen)


def test_the_number_of_statements_depends_on_no_number_of_orders(past: host.Channel) -> None:
    before = statements(past)
    for number in range(30):
        order(f"more-{number}@example.com", 5, 1 + number % 28, "12")
    assert statements(past) == before <= 24


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_each_channel_has_its_own_orders_and_no_channel_a_statement_of_its_own(past: host.Channel) -> None:
    before = statements(past)
    yen = hosts.open_channel("yen", "JPY")
    order(GUEST, 5, 29, "6000", channel=yen)
    for number in range(5):
        hosts.open_channel(f"more-{number}", "EUR")
    found = starting.offers(yen, NOW)
    assert (found.orders, found.customers, found.currency) == (1, 1, "JPY")
    everything: Any = found.each[2]
    wanted = everything.programme
    assert (wanted.points_per_unit, wanted.reward_points, wanted.reward_value) == (Decimal("0.01"), 100, 500)
    assert (everything.forecast.points, everything.forecast.owed) == (60, 300)  # a point is worth 5 yen
    assert starting.offers(past, NOW).orders == 7
    assert len(starting.everywhere(host.channels(), NOW)) == 7
    assert statements(past) == before
