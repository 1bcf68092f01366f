"""Points that no order earned: valid as their channel says, and counted towards a tier by what they were given for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Callable

import pytest
from django.utils import timezone as clock

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points import adjustments, bonuses, expiry
from saleor_reciprocity.points.models import Account, Entry, Lot
from saleor_reciprocity.points.tiers.models import AccountTier
from saleor_reciprocity.surprises import campaigns
from saleor_reciprocity.surprises.models import PrizeKind
from saleor_reciprocity.surveys import responses
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..surprises.shop import campaign, settled
from ..surveys.conftest import asking  # noqa: F401 - a fixture
from ..surveys.shop import invited
from .programmes import ladder, rule

Give = Callable[[Any, host.Channel], None]


def survey(customer: Any, channel: host.Channel) -> None:
    responses.take(invited(customer), Given(5), clock.now())


def surprise(customer: Any, channel: host.Channel) -> None:
    campaign(channel, campaigns.Gift(PrizeKind.POINTS, "Thirty", Decimal(3), points=30))
    settled(customer)


def bonus(customer: Any, channel: host.Channel) -> None:
    made = rule("bonus", "30", trigger="staff")
    bonuses.give_by_staff(host.person(customer), made.rule_id, "key", "why", "user:1", clock.now())


def adjustment(customer: Any, channel: host.Channel) -> None:
    adjustments.adjust(host.person(customer), 30, "why", "user:1", "key", clock.now(), channel_id=channel.id)


@pytest.fixture
def shop(asking: Any) -> host.Channel:  # noqa: F811
    """30 points as thanks, none for orders, points valid for a month, and a tier from 30 points on."""
    channel = asking(survey_points="30", points_per_unit="0", points_valid_months="1", holdout_share="0")
    ladder(("silver", 30, "1"))
    return channel


@pytest.mark.parametrize(("give", "tier"), [(survey, "silver"), (bonus, "silver"), (surprise, ""), (adjustment, "")])
def test_whatever_they_are_given_for_they_expire_and_the_tier_follows(
    give: Give, tier: str, shop: host.Channel, customer: Any
) -> None:
    give(customer, shop)
    lot = Lot.objects.get()
    assert (lot.points, lot.channel_id) == (30, shop.id)
    month_later = clock.now() + timedelta(days=34)
    assert lot.expires_at == expiry.ends_at(lot.earned_at, 1, "UTC")
    assert lot.expires_at is not None
    assert lot.expires_at < month_later
    assert AccountTier.objects.get().code == tier, "at once, before anybody looks"
    assert expiry.run(month_later) == (1, 30)
    assert (Account.objects.get().available, Entry.objects.get(kind="expired").points) == (0, -30)


def cancelled(order: Any) -> None:
    hosts.cancel(order)


def refunded(order: Any) -> None:
    hosts.refund(order, "40")


def partly_refunded(order: Any) -> None:
    hosts.refund(order, "39")


def kept(order: Any) -> None:
    pass


@pytest.mark.parametrize(("happens", "points"), [(cancelled, 0), (refunded, 0), (partly_refunded, 45), (kept, 45)])
def test_an_answer_about_an_order_of_which_nothing_is_kept_is_taken_without_thanks(
    happens: Any, points: int, shop: host.Channel, customer: Any
) -> None:
    rule("bonus", "15", since=clock.now() - timedelta(days=30), trigger="survey")
    invitation = invited(customer)
    happens(hosts.find_order(invitation.order_id))
    taken = responses.take(invitation, Given(1, "It broke"), clock.now())
    assert (taken.is_first, taken.points) == (True, points)
    assert sum(Entry.objects.values_list("points", flat=True)) == points


def test_thanks_stay_when_the_order_goes_back_after_the_answer(shop: host.Channel, customer: Any) -> None:
    invitation = invited(customer)
    assert responses.take(invitation, Given(1), clock.now()).points == 30
    order = hosts.find_order(invitation.order_id)
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    assert Account.objects.get().available == 30


def test_a_year_of_february_29_is_no_year(shop: host.Channel, customer: Any) -> None:
    hosts.configure(shop, points_valid_months="12", time_zone="UTC")
    day = datetime(2032, 2, 29, 12, tzinfo=timezone.utc)
    adjustments.adjust(host.person(customer), 30, "why", "user:1", "key", day, channel_id=shop.id)
    assert Lot.objects.get().expires_at == datetime(2033, 3, 1, tzinfo=timezone.utc)
