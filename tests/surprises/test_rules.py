"""Who gets a draw: the order's number, total and groups, the holdout, and the limits against fishing for gifts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from saleor_reciprocity import errors, host, identity, settlement, sweep
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.points import accounts, merging
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.surprises import campaigns
from saleor_reciprocity.surprises import orders as surprises
from saleor_reciprocity.surprises.models import Budget, Campaign, Draw, PrizeKind

from .. import hosts, turns
from .shop import VOUCHER, campaign, draw_of, settled


def outcome(order: Any) -> str:
    return str(draw_of(order).outcome)


def test_a_thousand_looks_at_one_order_are_one_draw(shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer)
    for _ in range(1000):
        turns.settle(surprises, host.order_id(order), timezone.now())
    assert Draw.objects.count() == 1
    assert Budget.objects.get().spent == 5


def test_gifts_begin_with_the_second_order(shop: Any, customer: Any) -> None:
    campaign(shop, from_order_number=2)
    yesterday = timezone.now() - timedelta(minutes=1)
    hosts.order(customer, [("1", 1)], status="canceled", placed_at=yesterday)
    assert outcome(settled(customer)) == "order number"
    assert outcome(settled(customer)) == "won"


def test_a_guest_and_an_account_are_one_customer(shop: Any, customer: Any) -> None:
    campaign(shop, from_order_number=2)
    assert outcome(settled("ada@example.com")) == "order number"
    assert outcome(settled(customer)) == "won"


def test_a_minimum_counts_goods_and_shipping(shop: Any, customer: Any) -> None:
    campaign(shop, minimum_total=Decimal(50))
    assert outcome(settled(customer, "49")) == "order total"
    assert outcome(settled(customer, "40", shipping="10")) == "won"


def test_a_campaign_for_groups(shop: Any, customer: Any) -> None:
    campaign(shop, groups=["Friends"])
    assert outcome(settled(customer)) == "group"
    customer.groups.create(name="Friends")
    assert outcome(settled(customer)) == "won"
    assert outcome(settled("guest@example.com")) == "group"


def test_after_a_gift_there_is_none_for_a_while(shop: Any, customer: Any) -> None:
    campaign(shop, cooling_off_days=10)
    first = settled(customer)
    hosts.cancel(first)
    settlement.settle(host.order_id(first))
    assert outcome(settled(customer)) == "cooling off", "a withdrawn gift counts: cancelling gains nothing"
    Draw.objects.update(drawn_at=timezone.now() - timedelta(days=11))
    assert outcome(settled(customer)) == "won"


def test_many_accounts_at_one_address_get_one_gift(shop: Any) -> None:
    campaign(shop, cooling_off_days=10)
    orders = [hosts.order(f"guest{number}@example.com", [("40", 1)]) for number in range(4)]
    for order, street in zip(orders, ("1 Main Street", "1  main street", "1 MAIN STREET ", "2 Main Street")):
        hosts.ship_to(order, street)
        settlement.settle(host.order_id(order))
    assert [outcome(order) for order in orders] == ["won", "address", "address", "won"]


def test_fishing_with_many_orders_ends_for_the_day(shop: Any, customer: Any) -> None:
    campaign(shop)
    orders = []
    for _ in range(5):
        orders.append(settled(customer))
        hosts.cancel(orders[-1])
        settlement.settle(host.order_id(orders[-1]))
    assert [outcome(order) for order in orders] == ["won", "won", "won", "too many orders", "too many orders"]


def test_an_order_that_is_cancelled_at_the_first_look_gets_no_draw(shop: Any, customer: Any) -> None:
    campaign(shop)
    order = settled(customer, status="canceled")
    assert outcome(order) == "cancelled"


def test_only_campaigns_that_ran_when_the_order_was_placed_draw(shop: Any, customer: Any) -> None:
    before = hosts.order(customer, [("40", 1)])
    spring = campaign(shop)
    during = hosts.order(customer, [("40", 1)])
    campaigns.end(spring.pk, timezone.now())
    after = hosts.order(customer, [("40", 1)])
    sweep.sweep()
    assert [draw.order_id for draw in Draw.objects.all()] == [host.order_id(during)]
    assert {before, after}


def test_a_programme_that_was_off_draws_nothing(shop: Any, customer: Any) -> None:
    campaign(shop)
    hosts.configure(shop, active=False)
    settled(customer)
    assert Draw.objects.count() == 0


def test_an_order_without_a_campaign_costs_no_account(shop: Any) -> None:
    hosts.configure(shop, points_per_unit="1")
    order = hosts.order("", [("40", 1)])
    settlement.settle(host.order_id(order))
    assert Account.objects.count() == 0


def test_people_who_are_held_out_get_nothing_ever(shop: Any, customer: Any) -> None:
    hosts.configure(shop, holdout_share="0.9")
    campaign(shop)
    orders = [settled(f"guest{number}@example.com") for number in range(12)]
    held = [order for order in orders if outcome(order) == "held out"]
    assert 5 <= len(held) < 13
    hosts.configure(shop, holdout_share="0")
    again = [settled(order.user_email.upper()) for order in held]
    assert [outcome(order) for order in again] == ["held out"] * len(held)
    user = hosts.customer(held[0].user_email)
    assert outcome(settled(user)) == "held out"
    user.delete()
    assert draw_of(settled(hosts.customer(held[0].user_email))).outcome in ("held out", "too many orders")
    assert Assignment.objects.count() == 12


def test_the_plugin_page_keeps_the_standard_campaign(shop: Any, customer: Any) -> None:
    assert Campaign.objects.count() == 0
    hosts.configure(shop, surprise_probability="1", surprise_value="4", surprise_from_order="1")
    first = Campaign.objects.get()
    assert (first.probability, first.is_standard, first.ends_at) == (1, True, None)
    assert outcome(settled(customer)) == "won"
    hosts.configure(shop, surprise_probability="1")
    hosts.configure(shop, surprise_budget_per_month="7")
    assert Campaign.objects.count() == 1

    hosts.configure(shop, surprise_value="6")
    first.refresh_from_db()
    second = Campaign.objects.get(ends_at=None)
    assert first.revealed_secret(timezone.now()) == first.secret
    assert second.budget == first.budget, "a changed page does not open the month's budget again"
    assert outcome(settled("guest@example.com")) == "no budget"

    hosts.configure(shop, surprise_probability="0")
    assert not Campaign.objects.filter(ends_at=None).exists()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"probability": Decimal(0)}, "probability"),
        ({"probability": Decimal("1.01")}, "probability"),
        ({"name": " "}, "name"),
        ({"from_order_number": 0}, "fromOrderNumber"),
        ({"validity_days": 0}, "validityDays"),
        ({"cooling_off_days": -1}, "coolingOffDays"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "endsAt"),
        ({"limits": {"total": Decimal(-1)}}, "budget"),
        ({"limits": {"total": None}}, "budget"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_at_its_field(terms: Any, field: str, shop: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        campaign(shop, **terms)
    assert refused.value.field == field
    assert Campaign.objects.count() == 0


@pytest.mark.parametrize(
    "gift",
    [
        campaigns.Gift(PrizeKind.VOUCHER, "No value"),
        campaigns.Gift(PrizeKind.VOUCHER, "", Decimal(1)),
        campaigns.Gift(PrizeKind.VOUCHER, "No weight", Decimal(1), weight=0),
        campaigns.Gift(PrizeKind.PERCENTAGE, "No percentage", Decimal(1)),
        campaigns.Gift(PrizeKind.POINTS, "No points", Decimal(1)),
        campaigns.Gift(PrizeKind.FREE_PRODUCT, "No product", Decimal(1), product_id=999_999),
    ],
    ids=lambda gift: gift.name,
)
def test_a_prize_that_cannot_be_is_refused(gift: Any, shop: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        campaign(shop, gift)
    assert refused.value.field == "prizes"


def test_a_lowered_limit_is_in_force_at_once_and_breaks_nothing(shop: Any) -> None:
    spring = campaign(shop, limits={"per_month": Decimal(20)})
    assert outcome(settled("a@example.com")) == "won"
    campaigns.update(spring.pk, {"per_month": Decimal(3)})
    assert outcome(settled("b@example.com")) == "no budget"
    campaigns.update(spring.pk, {"per_month": Decimal(10)})
    assert outcome(settled("c@example.com")) == "won"
    assert outcome(settled("d@example.com")) == "no budget"


ALTERATIONS = {
    "outcome": {"outcome": "no budget", "state": "", "cost": 0},
    "ticket": {"ticket": "0" * 64},
    "code": {"code": "another"},
    "order": {"order_id": "00000000-0000-0000-0000-000000000000"},
    "expiry": {"expires_at": timezone.now()},
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_verification_names_the_one_draw_that_was_altered(alteration: str, shop: Any, capsys: Any) -> None:
    spring = campaign(shop, VOUCHER, campaigns.Gift(PrizeKind.POINTS, "Points", points=3), probability=Decimal("0.6"))
    for number in range(30):
        settled(f"guest{number}@example.com")
    call_command("reciprocity_verify_draws")
    assert "ok" in capsys.readouterr().out
    row = Draw.objects.filter(outcome="won").exclude(code=None).first()
    assert row is not None
    before = {name: getattr(row, name) for name in ALTERATIONS[alteration]}

    Draw.objects.filter(pk=row.pk).update(**ALTERATIONS[alteration])
    with pytest.raises(CommandError, match="1 of the draws"):
        call_command("reciprocity_verify_draws", str(spring.pk))
    changed = Draw.objects.get(pk=row.pk)
    assert f"order {changed.order_id}" in capsys.readouterr().out
    Draw.objects.filter(pk=row.pk).update(**before)


def test_a_no_that_should_have_been_a_yes_is_found(shop: Any, capsys: Any) -> None:
    campaign(shop, probability=Decimal("0.00000001"))
    settled("guest@example.com")
    Campaign.objects.update(probability=1)
    with pytest.raises(CommandError):
        call_command("reciprocity_verify_draws")
    assert "the draw said yes" in capsys.readouterr().out
    Campaign.objects.update(secret="00" * 32)
    with pytest.raises(CommandError):
        call_command("reciprocity_verify_draws")
    assert "not the one that was published" in capsys.readouterr().out


def changed(customer: Any, email: str) -> Any:
    """A customer who has changed the address of the account."""
    customer.email = email
    customer.save(update_fields=["email"])
    return customer


def test_another_address_of_the_same_account_is_no_other_customer(shop: Any, customer: Any) -> None:
    """Not for the pause after a gift."""
    campaign(shop, cooling_off_days=10)
    won = [outcome(settled(changed(customer, f"ada+{number}@example.com"))) for number in range(3)]
    assert won == ["won", "cooling off", "cooling off"]


def test_another_address_of_the_same_account_has_no_orders_of_its_own(shop: Any, customer: Any) -> None:
    campaign(shop)
    drawn = [outcome(settled(changed(customer, f"ada+{number}@example.com"))) for number in range(4)]
    assert drawn == ["won", "won", "won", "too many orders"]


def test_whoever_is_held_out_stays_so_under_another_address(shop: Any, customer: Any) -> None:
    hosts.configure(shop, holdout_share="0.5")
    campaign(shop)
    Assignment.objects.create(
        person=identity.email_hash("ada@example.com"),
        experiment="surprises",
        held_out=True,
        share=Decimal("0.5"),
        assigned_at=timezone.now(),
    )
    drawn = [outcome(settled(customer))]
    drawn += [outcome(settled(changed(customer, f"ada+{number}@example.com"))) for number in range(3)]
    assert drawn == ["held out"] * 4
    assert set(Assignment.objects.values_list("held_out", flat=True)) == {True}


def test_a_gift_of_a_merged_account_counts(shop: Any, customer: Any) -> None:
    campaign(shop, cooling_off_days=10)
    assert outcome(settled("ada@work.example.com")) == "won"
    guest = Account.objects.get(user=None)
    target = accounts.open_account(host.person(customer), timezone.now())
    with transaction.atomic():
        merging.merge(guest.pk, target.pk, timezone.now(), "user:1")
    assert outcome(settled(customer)) == "cooling off"


def test_two_accounts_of_one_mailbox_get_one_gift(shop: Any, customer: Any) -> None:
    campaign(shop, cooling_off_days=10)
    assert outcome(settled(customer)) == "won"
    assert outcome(settled(hosts.customer("ADA@example.com"))) == "cooling off"
