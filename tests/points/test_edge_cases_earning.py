"""The edge cases of loyalty engines that concern earning, each by its number, against the shop's real rows.

The table in `docs/edge-cases.md` says where the others are, and why some cannot happen on Saleor.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import clock, host, settlement, sweep
from saleor_reciprocity.points import bonuses, queries
from saleor_reciprocity.points.earning import rulebook
from saleor_reciprocity.points.earning.conditions import Conditions
from saleor_reciprocity.points.earning.models import EarningRule, EarningRuleVersion
from saleor_reciprocity.points.earning.rules import Trigger
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.points.tiers import standing
from saleor_reciprocity.points.tiers.models import TierChange

from .. import hosts
from .programmes import account_of, bought, ladder, rule, settled

DAY = timedelta(days=1)


def test_04_only_one_of_two_orders_is_the_first(programme_on: Any, customer: Any) -> None:
    rule("bonus", "50", order_number=1)
    now = timezone.now()
    orders = [hosts.order(customer, [("10", 1)], placed_at=now + timedelta(microseconds=n)) for n in range(2)]
    settled(orders[1])
    assert settled(orders[0]) == (70, 0)


def test_05_the_base_is_what_was_paid_for_goods(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("30", 1), ("10", 1)], shipping="7", discount="20")
    assert settled(order) == (20, 0)


def test_05_tax_and_shipping_count_as_the_setting_says(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, earning_base="net", earning_shipping="yes")
    order = hosts.order(customer, [("119", 1)], shipping="7")
    hosts.tax(order, "100")
    assert settled(order) == (107, 0)


def test_06_an_order_paid_wholly_with_points_earns_nothing_one_paid_partly_the_rest(
    programme_on: Any, customer: Any
) -> None:
    rule("bonus", "50")
    assert settled(hosts.order(customer, [("30", 1)], discount="30")) == (0, 0)
    assert settled(hosts.order(customer, [("30", 1)], discount="20")) == (60, 0)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 does not mark gift cards among products")
def test_06_a_gift_card_product_earns_nothing_by_any_rule(programme_on: Any, customer: Any) -> None:
    rule("multiplier", "3")
    rule("bonus", "50")
    rule("bonus per piece", "5")
    order = hosts.order(customer, [("30", 1)])
    order.lines.update(is_gift_card=True)
    assert settled(order) == (0, 0)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel and one currency")
@pytest.mark.parametrize(
    ("currency", "price", "rate", "points"), [("JPY", "4995", "0.01", 49), ("KWD", "49.999", "1", 49)]
)
def test_08_09_each_channel_has_its_rate_for_its_currency(
    currency: str, price: str, rate: str, points: int, programme_on: Any, customer: Any
) -> None:
    other = hosts.open_channel(currency.lower(), currency)
    hosts.configure(other, active=True, points_per_unit=rate, reward_value="5")
    assert settled(hosts.order(customer, [(price, 1)], channel=other)) == (points, 0)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-15"])
def test_10_a_rule_ends_with_the_day_by_the_channels_clock(day: str, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, time_zone="Europe/Berlin")
    midnight = clock.moment_of(datetime.fromisoformat(day) + DAY, "Europe/Berlin")
    long_ago = clock.moment_of(datetime.fromisoformat("2026-01-01"), "UTC")
    from saleor_reciprocity.programmes import SettingsVersion

    SettingsVersion.objects.filter(active=True, values__time_zone="UTC").delete()
    SettingsVersion.objects.update(since=long_ago)
    made = rule("multiplier", "2")
    EarningRuleVersion.objects.filter(pk=made.pk).update(since=long_ago, starts_at=long_ago, ends_at=midnight)
    last = hosts.order(customer, [("10", 1)], placed_at=midnight - timedelta(seconds=1))
    first_after = hosts.order(customer, [("10", 1)], placed_at=midnight)
    assert settled(last) == (20, 0), "looked at long after, it follows the moment at which it was placed"
    assert settled(first_after) == (30, 0)


def test_11_an_edited_ended_or_scheduled_rule_leaves_the_orders_of_before(programme_on: Any, customer: Any) -> None:
    made = rule("multiplier", "3")
    order = hosts.order(customer, [("10", 1)])
    unseen = hosts.order(customer, [("10", 1)])
    assert settled(order) == (30, 0)
    rulebook.update(made.rule_id, "user:1", {"value": Decimal(5)}, timezone.now())
    later = hosts.order(customer, [("10", 1)])
    rulebook.end(made.rule_id, "user:1", timezone.now())
    hosts.ship(order)
    assert settled(order) == (0, 30)
    assert settled(unseen) == (30, 30), "placed under the first version, seen after the end"
    assert settled(later) == (80, 30)
    frozen = OrderTerms.objects.get(order_id=host.order_id(order)).terms["lines"]
    assert [terms[2][0][:3] for terms in frozen.values()] == [[made.rule_id, 1, "A rule"]]


def test_13_a_draft_earns_by_the_moment_at_which_it_became_an_order(channel: Any, customer: Any) -> None:
    draft = hosts.order(customer, [("10", 1)], status="draft", placed_at=timezone.now() - DAY)
    hosts.configure(channel, active=True, points_per_unit="1")
    rule("multiplier", "2")
    sweep.sweep()
    assert not Account.objects.exists()
    hosts.leave_draft(draft, timezone.now())
    assert sweep.sweep() == (1, 0)
    assert Account.objects.get().pending == 20
    assert OrderTerms.objects.get().placed_at > timezone.now() - DAY


def answer(customer: Any, channel_id: str) -> list[Entry]:
    now = timezone.now()
    return bonuses.give(host.person(customer), channel_id, Trigger.SURVEY, "invitation 7", now, now)


def test_14_a_survey_is_paid_once(programme_on: Any, customer: Any) -> None:
    rule("bonus", "25", trigger="survey")
    assert len(answer(customer, programme_on.id)) == 1
    assert answer(customer, programme_on.id) == []
    assert account_of(customer).available == 25


@pytest.mark.django_db(transaction=True)
def test_14_a_survey_answered_in_many_tabs_at_once_is_paid_once(programme_on: Any, customer: Any) -> None:
    rule("bonus", "25", trigger="survey")

    def in_a_tab() -> None:
        with host.allow_writer():
            answer(customer, programme_on.id)
        connection.close()

    tabs = [threading.Thread(target=in_a_tab) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert account_of(customer).available == 25


def test_16_points_stay_pending_in_the_return_window(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, return_window_days="14")
    order = hosts.order(customer, [("10", 3)])
    hosts.ship(order)
    assert settled(order) == (30, 0)
    assert sweep.sweep() == (0, 0)
    hosts.refund(order, "10")
    assert settled(order) == (20, 0), "what goes back in the window takes pending points only"
    hosts.date_shipments(order, timezone.now() - 14 * DAY - timedelta(seconds=1))
    OrderTerms.objects.update(matures_at=timezone.now())

    account = queries.as_of(account_of(customer), timezone.now())
    assert (account.pending, account.available) == (0, 20), "readers see it before anybody has settled it"
    assert account_of(customer).available == 0
    assert sweep.sweep() == (1, 0)
    assert (account_of(customer).pending, account_of(customer).available) == (0, 20)
    assert OrderTerms.objects.get().matures_at is None


def test_16_each_shipment_has_a_window_of_its_own(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, return_window_days="14")
    rule("bonus", "7")
    order = hosts.order(customer, [("10", 1), ("10", 1)])
    hosts.ship(order, [1, 0])
    hosts.date_shipments(order, timezone.now() - 20 * DAY)
    hosts.ship(order, [0, 1])
    assert settled(order) == (17, 10)
    assert OrderTerms.objects.get().matures_at - timezone.now() > 13 * DAY


@pytest.mark.django_db(transaction=True)
def test_17_maturing_and_a_refund_at_once_end_like_one_after_the_other(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, return_window_days="14")
    orders = [hosts.order(customer, [("10", 3)]) for _ in range(4)]
    for order in orders:
        hosts.ship(order)
        settled(order)
        hosts.date_shipments(order, timezone.now() - 15 * DAY)
    OrderTerms.objects.update(matures_at=timezone.now())

    def refund() -> None:
        with host.allow_writer():
            for order in orders:
                hosts.refund(order, "10")
                settlement.settle(host.order_id(order))
        connection.close()

    def look() -> None:
        sweep.sweep()
        connection.close()

    both = [threading.Thread(target=refund), threading.Thread(target=look)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    sweep.sweep()
    account = account_of(customer)
    assert (account.pending, account.available) == (0, 80)


@pytest.mark.parametrize(("downgrade", "code"), [("at once", "silver"), ("after grace", "gold"), ("never", "gold")])
def test_18_a_return_below_the_threshold_follows_the_policy(
    downgrade: str, code: str, programme_on: Any, customer: Any
) -> None:
    ladder(("silver", 50, "1"), ("gold", 100, "1.5"), downgrade=downgrade, grace_days=30)
    order = bought(customer, "120")
    assert tier_code(customer) == "gold"
    hosts.refund(order, "60")
    settled(order)
    assert tier_code(customer) == code
    later = timezone.now() + 31 * DAY
    assert tier_code(customer, later) == ("gold" if downgrade == "never" else "silver")
    standing.look(later)
    assert [change.code for change in TierChange.objects.order_by("pk")] == (
        ["gold"] if downgrade == "never" else ["gold", "silver"]
    )


def tier_code(customer: Any, now: Any = None) -> str | None:
    found = standing.tier_of(account_of(customer), now or timezone.now())
    return found.code if found else None


def test_19_two_tiers_at_once_are_one_change(programme_on: Any, customer: Any) -> None:
    ladder(("silver", 50, "1"), ("gold", 100, "1.5"))
    rule("bonus", "80", trigger="sign-up", since=timezone.now() - DAY)
    order = hosts.order(customer, [("40", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    assert tier_code(customer) is None
    customer.date_joined = timezone.now() - timedelta(hours=1)
    customer.save()
    EarningRule.objects.update(created_at=timezone.now() - DAY)
    from saleor_reciprocity.programmes import SettingsVersion

    SettingsVersion.objects.update(since=timezone.now() - DAY)
    assert bonuses.look(timezone.now()) == 1
    assert list(TierChange.objects.values_list("from_code", "code", "points")) == [("", "gold", 120)]
    assert standing.look(timezone.now()) == 0


def test_30_what_was_earned_is_taken_back_whatever_became_of_the_rule(programme_on: Any, customer: Any) -> None:
    made = rule("multiplier", "3")
    order = bought(customer, "20")
    rulebook.update(made.rule_id, "user:1", {"value": Decimal(9)}, timezone.now())
    rulebook.end(made.rule_id, "user:1", timezone.now())
    hosts.refund(order, "20")
    assert settled(order) == (0, 0)
    assert Account.objects.get().debt == 0


def test_34_a_first_order_bonus_stays_on_a_partial_return_and_goes_on_a_full_one(
    programme_on: Any, customer: Any
) -> None:
    rule("bonus", "50", order_number=1)
    order = hosts.order(customer, [("10", 2)])
    hosts.ship(order)
    assert settled(order) == (0, 70)
    hosts.refund(order, "10")
    assert settled(order) == (0, 60)
    hosts.refund(order, "10")
    assert settled(order) == (0, 0)


def test_34_a_bonus_for_a_minimum_goes_when_the_rest_is_below_it(programme_on: Any, customer: Any) -> None:
    rule("bonus", "50", minimum_total=Decimal(100))
    order = bought(customer, "120")
    assert account_of(customer).available == 170
    hosts.refund(order, "21")
    assert settled(order) == (0, 99)


@pytest.mark.skipif(not hosts.RETURNS, reason="Saleor 2.10 has no replacements")
def test_35_a_replacement_earns_no_bonus_either(programme_on: Any, customer: Any) -> None:
    rule("bonus", "50")
    order = hosts.order(customer, [("10", 1)], origin="reissue")
    settlement.settle(host.order_id(order))
    assert OrderTerms.objects.get().verdict == "replacement"
    assert not Entry.objects.exists()


def test_a_rule_asks_where_products_stand_and_who_the_buyer_is(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("10", 1), ("10", 1)])
    product = hosts.shelve(order, 0, "kitchen", "cups", collections=("summer",))
    hosts.put_in_group(customer, "club")
    category = product.category
    rule("multiplier", "2", categories=[category.parent_id], since=timezone.now() - DAY)
    rule("multiplier", "2", products=[product.pk], since=timezone.now() - DAY)
    rule("multiplier", "2", collections=[product.collections.get().pk], since=timezone.now() - DAY)
    rule("bonus", "7", groups=["club"], since=timezone.now() - DAY)
    assert settled(order) == (57, 0)


def test_conditions_are_stored_as_they_were_meant(programme_on: Any) -> None:
    meant = {"weekdays": frozenset({1, 7}), "minimum_total": Decimal("9.5"), "every_nth_order": 3}
    made = rule("bonus", "5", **meant)
    (found,) = rulebook.in_force(programme_on.id, timezone.now())
    assert found.conditions == Conditions(**meant)
    assert found.id == made.rule_id
