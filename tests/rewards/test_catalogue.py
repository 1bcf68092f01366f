"""The catalogue: every kind of reward, its limits, and what staff may change. Edge cases 24 and 28."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, closing, queries, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..faults.crowd import at_once
from ..points.programmes import ladder


def offer(channel: host.Channel, kind: str = "voucher", points: int = 10, value: str = "1", **terms: Any) -> Reward:
    return catalogue.create(channel, kind, "Reward", points, Decimal(value), **terms)


@pytest.fixture
def rich(customer: Any, give_points: Any) -> host.Person:
    """A customer with a thousand points."""
    give_points(customer, 1000)
    return host.person(customer)


def test_a_slider_sells_any_amount_within_its_bounds(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on, points=100, value="5", least_points=20, most_points=800)
    made = redemption.redeem(rich, reward.pk, "a", points=333, now=timezone.now())
    assert (made.points, made.value) == (333, Decimal("16.65"))
    assert Account.objects.get().available == 667
    for points in (19, 801, None):
        with pytest.raises(errors.Invalid) as refused:
            redemption.redeem(rich, reward.pk, "b", points=points, now=timezone.now())
        assert refused.value.field == "points"
    assert Account.objects.get().available == 667


def test_a_fixed_price_refuses_another_number_of_points(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on)
    with pytest.raises(errors.Invalid):
        redemption.redeem(rich, reward.pk, "a", points=9, now=timezone.now())
    assert redemption.redeem(rich, reward.pk, "a", points=10, now=timezone.now()).points == 10


@pytest.mark.parametrize("kind", ["voucher", "gift card", "free shipping"])
def test_codes_without_a_checkout(kind: str, rich: Any, programme_on: Any) -> None:
    made = redemption.redeem(rich, offer(programme_on, kind).pk, "a", now=timezone.now())
    assert (made.points, made.value) == (10, 1)


def test_a_percentage_wants_a_checkout(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on, "percentage", value="30", percent=Decimal(10))
    with pytest.raises(errors.CheckoutRequired):
        redemption.redeem(rich, reward.pk, "a", now=timezone.now())


def test_a_code_has_the_validity_of_its_reward(rich: Any, programme_on: Any) -> None:
    made = redemption.redeem(rich, offer(programme_on, validity_days=30).pk, "a", now=timezone.now())
    assert made.expires_at == made.created_at + timedelta(days=30)


def test_a_reward_is_offered_from_its_start_to_its_end(rich: Any, programme_on: Any) -> None:
    now = timezone.now()
    over = offer(programme_on, ends_at=now - timedelta(seconds=1))
    later = offer(programme_on, starts_at=now + timedelta(days=1))
    current = offer(programme_on, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    listed = queries.rewards(programme_on.id, 10, now)
    assert current in listed
    assert not {over, later} & set(listed)
    assert {over, later, current} <= set(queries.rewards(programme_on.id, 10, now, all_of_them=True))
    for reward in (over, later):
        with pytest.raises(errors.RewardUnavailable):
            redemption.redeem(rich, reward.pk, "a", now=timezone.now())


def test_an_ended_reward_stays_ended(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on)
    first = catalogue.end(reward.pk, timezone.now())
    assert catalogue.end(reward.pk, timezone.now()).ends_at == first.ends_at
    with pytest.raises(errors.Invalid):
        catalogue.update(reward.pk, name="Again", now=timezone.now())
    with pytest.raises(errors.RewardUnavailable):
        redemption.redeem(rich, reward.pk, "a", now=timezone.now())


def test_the_standard_reward_takes_limits_and_nothing_of_the_page(programme_on: Any) -> None:
    standard = Reward.objects.get()
    catalogue.update(standard.pk, stock=3, validity_days=30, now=timezone.now())
    for change in ({"points": 1}, {"name": "Mine"}, {"value": Decimal(1)}, {"is_active": False}):
        with pytest.raises(errors.Invalid):
            catalogue.update(standard.pk, **change, now=timezone.now())
    with pytest.raises(errors.Invalid):
        catalogue.end(standard.pk, timezone.now())
    hosts.configure(programme_on, reward_points=80)
    standard.refresh_from_db()
    assert (standard.points, standard.stock, standard.validity_days) == (80, 3, 30)


def test_one_customer_has_no_more_than_the_limit_in_its_days(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on, limit_per_customer=2, limit_days=30)
    first = redemption.redeem(rich, reward.pk, "a", now=timezone.now())
    redemption.redeem(rich, reward.pk, "b", now=timezone.now())
    with pytest.raises(errors.LimitReached):
        redemption.redeem(rich, reward.pk, "c", now=timezone.now())
    assert redemption.redeem(rich, reward.pk, "a", now=timezone.now()) == first, "the same key is no new redemption"
    closing.cancel(first.pk, "user:1", now=timezone.now())
    redemption.redeem(rich, reward.pk, "d", now=timezone.now())
    Redemption.objects.filter(key="b").update(created_at=timezone.now() - timedelta(days=30))
    redemption.redeem(rich, reward.pk, "e", now=timezone.now())
    with pytest.raises(errors.LimitReached):
        redemption.redeem(rich, reward.pk, "f", now=timezone.now())


def test_a_reward_for_a_tier_is_for_those_who_reached_it_or_a_higher_one(rich: Any, programme_on: Any) -> None:
    ladder(("bronze", 500, "1"), ("silver", 1500, "1"), ("gold", 3000, "1"))
    bronze, silver = (offer(programme_on, tier=tier) for tier in ("bronze", "silver"))
    assert redemption.redeem(rich, bronze.pk, "a", now=timezone.now()).points == 10
    with pytest.raises(errors.TierTooLow):
        redemption.redeem(rich, silver.pk, "b", now=timezone.now())
    assert Account.objects.get().available == 990
    assert silver not in queries.affordable(programme_on.id, Account.objects.get(), timezone.now())


def test_a_tier_that_is_gone_is_nobodys(rich: Any, programme_on: Any) -> None:
    ladder(("bronze", 500, "1"))
    reward = offer(programme_on, tier="bronze")
    ladder(("silver", 500, "1"))
    with pytest.raises(errors.TierTooLow):
        redemption.redeem(rich, reward.pk, "a", now=timezone.now())


def test_a_limit_for_ever(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on, limit_per_customer=1)
    redemption.redeem(rich, reward.pk, "a", now=timezone.now())
    Redemption.objects.update(created_at=timezone.now() - timedelta(days=5000))
    with pytest.raises(errors.LimitReached):
        redemption.redeem(rich, reward.pk, "b", now=timezone.now())


def test_what_is_given_back_is_in_stock_again(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on, stock=1)
    made = redemption.redeem(rich, reward.pk, "a", now=timezone.now())
    with pytest.raises(errors.OutOfStock):
        redemption.redeem(rich, reward.pk, "b", now=timezone.now())
    closing.cancel(made.pk, "user:1", now=timezone.now())
    redemption.redeem(rich, reward.pk, "b", now=timezone.now())


def test_edge_case_24_stock_of_one_and_fifty_customers_at_once(
    transactional_db: Any, programme_on: Any, give_points: Any
) -> None:
    people = [hosts.customer(f"customer{number}@example.com") for number in range(50)]
    for person in people:
        give_points(person, 100)
    reward = offer(programme_on, stock=1)
    results = at_once(
        50, lambda number: redemption.redeem(host.person(people[number]), reward.pk, "k", now=timezone.now())
    )
    assert sum(isinstance(result, Redemption) for result in results) == 1
    assert sum(type(result) is errors.OutOfStock for result in results) == 49
    assert sorted(Account.objects.values_list("available", flat=True)) == [90] + [100] * 49


def test_one_customer_from_sixteen_devices_keeps_to_the_limit(
    transactional_db: Any, programme_on: Any, rich: Any
) -> None:
    reward = offer(programme_on, limit_per_customer=3)
    results = at_once(16, lambda number: redemption.redeem(rich, reward.pk, f"key {number}", now=timezone.now()))
    assert sum(isinstance(result, Redemption) for result in results) == 3
    assert Account.objects.get().available == 970


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"kind": "percentage"}, "percent"),
        ({"kind": "percentage", "percent": Decimal(101)}, "percent"),
        ({"kind": "percentage", "percent": Decimal("1.2345")}, "percent"),
        ({"percent": Decimal(10)}, "percent"),
        ({"kind": "free product"}, "productId"),
        ({"kind": "free product", "product_id": 999_999}, "productId"),
        ({"product_id": 1}, "productId"),
        ({"least_points": 5}, "mostPoints"),
        ({"most_points": 5}, "leastPoints"),
        ({"least_points": 9, "most_points": 8}, "mostPoints"),
        ({"kind": "free shipping", "least_points": 1, "most_points": 2}, "leastPoints"),
        ({"least_points": 1, "most_points": 2**31 - 1, "value": "1000000000"}, "mostPoints"),
        ({"kind": "gift card", "minimum_spent": Decimal(5)}, "minimumSpent"),
        ({"minimum_spent": Decimal("0.001")}, "minimumSpent"),
        ({"stock": -1}, "stock"),
        ({"limit_per_customer": 0}, "limitPerCustomer"),
        ({"limit_days": 5}, "limitPerCustomer"),
        ({"limit_days": 0, "limit_per_customer": 1}, "limitDays"),
        ({"validity_days": 5000}, "validityDays"),
        ({"starts_at": timezone.now(), "ends_at": timezone.now() - timedelta(days=1)}, "endsAt"),
    ],
)
def test_a_reward_that_makes_no_sense_is_refused_at_its_field(terms: Any, field: str, channel: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        offer(channel, **terms)
    assert refused.value.field == field
    assert Reward.objects.count() == 0


def test_edge_case_21_a_key_gives_the_same_code_for_ever(rich: Any, programme_on: Any) -> None:
    reward = offer(programme_on)
    made = redemption.redeem(rich, reward.pk, "key", now=timezone.now())
    closing.cancel(made.pk, "user:1", now=timezone.now())
    catalogue.end(reward.pk, timezone.now())
    hosts.configure(programme_on, active=False)
    Redemption.objects.update(created_at=timezone.now() - timedelta(days=3650))
    again = redemption.redeem(rich, reward.pk, " key ", now=timezone.now())
    assert (again.pk, again.code, again.state) == (made.pk, made.code, "cancelled")
    with pytest.raises(errors.ProgrammeOff):
        redemption.redeem(rich, reward.pk, "another key", now=timezone.now())
    assert Account.objects.get().available == 1000


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_edge_case_28_the_currency_of_a_reward_never_changes(rich: Any, programme_on: Any) -> None:
    from saleor.channel.models import Channel

    reward = offer(programme_on)
    Channel.objects.filter(pk=programme_on.id).update(currency_code="EUR")
    with pytest.raises(errors.RewardUnavailable):
        redemption.redeem(rich, reward.pk, "a", now=timezone.now())
