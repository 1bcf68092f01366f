"""How a programme is used; a small shop, counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from freezegun import freeze_time

from saleor_reciprocity import host
from saleor_reciprocity.experiments.evidence import Arms
from saleor_reciprocity.points.models import Kind
from saleor_reciprocity.recommendations.models import ListedProducts
from saleor_reciprocity.reports.spent import spent
from saleor_reciprocity.reports.use import use
from saleor_reciprocity.reports.values import Use
from saleor_reciprocity.surprises.models import Budget, Draw

from .. import hosts
from ..surprises.shop import campaign, settled
from .shop import post, redeem

BEGIN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


@pytest.fixture
def shop(channel: host.Channel) -> host.Channel:
    with freeze_time(BEGIN):
        hosts.configure(channel, active=True, points_valid_months="0", holdout_share="0")
        campaign(channel)
    return channel


def test_an_empty_shop_has_nothing_to_say(db: Any) -> None:
    assert use(None, BEGIN) == Use(0, 0, None, None)


def test_members_what_they_redeem_and_when_they_first_do(shop: host.Channel) -> None:
    """Three members: one redeems after 10 days, one after 30 and again, one has done nothing for more than a year."""
    ada, bob, eve = (hosts.customer(f"{name}@example.com") for name in ("ada", "bob", "eve"))
    post(eve, Kind.BONUS, 100, day(0), shop)
    post(ada, Kind.BONUS, 300, day(300), shop)
    post(bob, Kind.BONUS, 600, day(300), shop)
    redeem(ada, shop, 50, day(310))
    redeem(bob, shop, 100, day(330))
    redeem(bob, shop, 200, day(340))
    found = use(None, day(370))
    assert (found.members, found.active, found.redemption_rate, found.days_to_first_redemption) == (3, 2, 0.35, 20.0)
    assert (use(shop.id, day(370)).members, use("another", day(370)).members) == (3, 0)
    assert use(None, day(299)).members == 1


def test_surprises_are_counted_with_what_they_cost(shop: host.Channel) -> None:
    with freeze_time(day(3)):
        for name in ("ada", "bob"):
            settled(f"{name}@example.com")
    found = use(None, day(4))
    assert (found.surprises_won, found.surprises_used, found.surprises_cost) == (2, 0, (("USD", Decimal(10)),))


def test_each_campaign_says_what_it_has_cost_and_what_its_budget_leaves(shop: host.Channel) -> None:
    """Three of 5 each are won: one in January, of which the money is back, and two on day 40, of 100 a month."""
    Budget.objects.update(total=Decimal(30), per_month=Decimal(100), per_day=Decimal(12))
    for name, when in (("ada", 3), ("bob", 40), ("eve", 40.1)):
        with freeze_time(day(when)):
            settled(f"{name}@example.com")
    lapsed = Draw.objects.filter(drawn_at__lt=day(4))
    with transaction.atomic():
        lapsed.update(state="expired")
        (found,) = spent(None, day(40).date())
        transaction.set_rollback(True)
    assert (found.channel, found.currency, found.won, found.used, found.cost) == (shop.slug, "USD", 3, 0, Decimal(10))
    assert (found.per_day, found.per_month, found.total, found.left) == (12, 100, 30, Decimal(2))
    (before,) = spent(shop.id, day(39).date())
    assert (before.won, before.cost, before.left) == (1, Decimal(5), Decimal(12))
    assert spent("another", day(40).date()) == ()
    assert spent(None, day(2).date()) == ()


def test_what_stood_in_a_list_and_was_bought_within_thirty_days(shop: host.Channel, customer: Any) -> None:
    orders = {}
    for when in (10, 20, 45, 75):
        orders[when] = hosts.order(customer, [("10", 1)], placed_at=day(when))
    listed, other = (hosts.shelve(orders[when], 0).pk for when in (20, 10))
    for when in (45, 75):
        line = orders[when].lines.get()
        line.variant = orders[20].lines.get().variant
        line.save(update_fields=["variant"])
    ListedProducts.objects.create(user=customer, listed_on=date(2026, 1, 18), product_ids=[listed, 999])
    assert use(None, day(30)).recommendations_bought == 1  # on day 20 the listed one, on day 10 before it was listed
    assert use(None, day(46)).recommendations_bought == 2  # on day 45, which is 28 days after
    assert use(None, day(76)).recommendations_bought == 0  # day 45 is more than 30 days ago, day 75 too late
    assert (use(None, day(30)).recommendations_shown, use(None, day(76)).recommendations_shown) == (1, 0)
    assert other != listed


def test_lists_that_were_shown_beside_those_held_out(shop: host.Channel) -> None:
    """Of 30 held out 3 bought of the list that they did not see, of 40 others 20 of theirs; one was not drawn for."""
    bought = hosts.order("first@example.com", [("10", 1)], placed_at=day(1))
    thing = hosts.shelve(bought, 0).pk
    variant = bought.lines.get().variant
    for number in range(71):
        held_out, share = number < 30, Decimal(0) if number == 70 else Decimal("0.5")
        user = hosts.customer(f"{number}@example.com")
        ListedProducts.objects.create(
            user=user, listed_on=date(2026, 1, 11), product_ids=[thing], share=share, held_out=held_out
        )
        if number < 3 or 30 <= number < 50 or number == 70:
            line = hosts.order(user, [("10", 1)], placed_at=day(20)).lines.get()
            line.variant = variant
            line.save(update_fields=["variant"])
    found = use(None, day(25))
    assert (found.recommendations_shown, found.recommendations_bought) == (41, 21)
    compared = found.recommendations_compared
    assert compared is not None
    assert compared.arms == Arms(30, 3, 40, 20)
    # Newcombe's method 10 of 20/40 and 3/30 at 95 %: Wilson 0.3520 to 0.6480 and 0.0346 to 0.2562
    assert compared.interval.low == pytest.approx(0.1848, abs=5e-5)
    assert compared.interval.high == pytest.approx(0.5618, abs=5e-5)
    ListedProducts.objects.filter(user__email="0@example.com").delete()
    assert use(None, day(25)).recommendations_compared is None  # 29 are too few
