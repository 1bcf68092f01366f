"""The surprise budget is a hard limit: under crowds, and killed at every statement; a draw is never rolled again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.surprises import budget, campaigns, due
from saleor_reciprocity.surprises.models import Budget, Draw, PrizeKind

from .. import hosts
from ..surprises.shop import VOUCHER, campaign, night, on_occasion
from .crowd import at_once, interrupted
from .killing import shop_is_right, until_it_survives

THREADS, ORDERS_EACH = 64, 16


@pytest.fixture
def shop(programme_on: Any) -> Any:
    """The channel with the programme on and nobody held out."""
    hosts.configure(programme_on, holdout_share="0", points_per_unit="0")
    return programme_on


def test_a_thousand_orders_at_once_spend_the_budget_to_the_cent(transactional_db: Any, shop: Any) -> None:
    gift = campaigns.Gift(PrizeKind.VOUCHER, "Small", Decimal("3.33"))
    campaign(shop, gift, limits={"per_day": Decimal("333.30"), "per_month": Decimal("99.90"), "total": Decimal(500)})
    orders = [hosts.order(f"guest{n}@example.com", [("40", 1)]) for n in range(THREADS * ORDERS_EACH)]

    def settle_some(number: int) -> None:
        for order in orders[number::THREADS]:
            settlement.settle(host.order_id(order))

    results = at_once(THREADS, settle_some)

    assert results == [None] * THREADS
    assert Draw.objects.count() == THREADS * ORDERS_EACH
    assert Draw.objects.filter(outcome="won").count() == 30
    assert Draw.objects.filter(outcome="no budget").count() == THREADS * ORDERS_EACH - 30
    row = Budget.objects.get()
    assert (row.spent, row.day_spent, row.month_spent) == (Decimal("99.90"),) * 3


def test_a_guest_and_a_user_of_one_address_who_order_at_once_win_once(
    transactional_db: Any, shop: Any, customer: Any
) -> None:
    campaign(shop, cooling_off_days=10)
    orders = [hosts.order(buyer, [("40", 1)]) for buyer in ("ada@example.com", customer)]
    assert at_once(2, lambda number: settlement.settle(host.order_id(orders[number]))) == [None, None]
    assert sorted(Draw.objects.values_list("outcome", flat=True)) == ["cooling off", "won"]


def test_an_order_that_is_sent_elsewhere_meanwhile_is_drawn_for_by_its_new_address(
    transactional_db: Any, shop: Any
) -> None:
    campaign(shop, cooling_off_days=10)
    first, second = (hosts.order(f"guest{n}@example.com", [("40", 1)]) for n in range(2))
    hosts.ship_to(first, "1 Main Street")
    hosts.ship_to(second, "2 Main Street")
    settlement.settle(host.order_id(first))
    settle = partial(settlement.settle, host.order_id(second))
    assert interrupted(settle, "pg_advisory_xact_lock", lambda: hosts.ship_to(second, "1 main street")) == [None, None]
    assert Draw.objects.get(order_id=host.order_id(second)).outcome == "address"


def test_one_order_settled_by_thirty_two_at_once_is_one_draw(transactional_db: Any, shop: Any, customer: Any) -> None:
    campaign(shop)
    order = hosts.order(customer, [("40", 1)])
    results = at_once(32, lambda number: settlement.settle(host.order_id(order), again=True))
    assert results == [None] * 32
    assert Draw.objects.get().outcome == "won"
    assert Budget.objects.get().spent == 5
    assert Mail.objects.count() == 1


def test_one_persons_orders_at_once_win_once(transactional_db: Any, shop: Any, customer: Any) -> None:
    campaign(shop, cooling_off_days=30)
    orders = [hosts.order(customer, [("40", 1)]) for _ in range(3)]
    orders += [hosts.order("Ada@example.com", [("40", 1)]) for _ in range(3)]
    at_once(6, lambda number: settlement.settle(host.order_id(orders[number])))
    assert Draw.objects.filter(outcome="won").count() == 1


def test_people_at_one_address_at_once_win_once(transactional_db: Any, shop: Any) -> None:
    campaign(shop, cooling_off_days=30)
    orders = [hosts.order(f"guest{number}@example.com", [("40", 1)]) for number in range(16)]
    for order in orders:
        hosts.ship_to(order, "1 Main Street")
    at_once(16, lambda number: settlement.settle(host.order_id(orders[number])))
    assert Draw.objects.filter(outcome="won").count() == 1
    assert Draw.objects.filter(outcome="address").count() == 15


def test_the_last_piece_goes_to_one(transactional_db: Any, shop: Any) -> None:
    campaign(shop, campaigns.Gift(PrizeKind.VOUCHER, "Rare", Decimal(5), stock=1))
    orders = [hosts.order(f"guest{number}@example.com", [("40", 1)]) for number in range(16)]
    at_once(16, lambda number: settlement.settle(host.order_id(orders[number])))
    assert Draw.objects.filter(outcome="won").count() == 1
    assert Draw.objects.filter(outcome="out of stock").count() == 15


@pytest.mark.parametrize(
    "gift", [VOUCHER, campaigns.Gift(PrizeKind.POINTS, "Points", points=30)], ids=["code", "points"]
)
def test_a_win_is_all_or_nothing_and_comes_in_the_end(
    gift: Any, transactional_db: Any, shop: Any, customer: Any
) -> None:
    campaign(shop, gift)
    order = hosts.order(customer, [("40", 1)])

    def money_and_gifts_agree() -> None:
        shop_is_right()
        spent = sum(Draw.objects.filter(outcome="won").values_list("cost", flat=True))
        assert Budget.objects.get().spent == spent

    statements = until_it_survives(lambda: settlement.settle(host.order_id(order), again=True), money_and_gifts_agree)

    assert statements > 20
    assert Draw.objects.get().outcome == "won"
    assert Draw.objects.get().noted_at is not None
    assert Mail.objects.count() == 1


def lapsed(people: int) -> list[Any]:
    """So many customers whose last order was 29 days and a half ago."""
    customers = [hosts.customer(f"lapsed{number}@example.com") for number in range(people)]
    for customer in customers:
        hosts.order(customer, [("40", 1)], placed_at=timezone.now() - timedelta(days=29.5))
    return customers


@pytest.mark.parametrize(
    "gift", [VOUCHER, campaigns.Gift(PrizeKind.POINTS, "Points", points=30)], ids=["code", "points"]
)
def test_a_gift_for_an_occasion_is_all_or_nothing_and_comes_in_the_end(
    gift: Any, transactional_db: Any, shop: Any
) -> None:
    lapsed(1)
    on_occasion(shop, "win back", gift, after_days=30)
    at = night(1)

    def money_and_gifts_agree() -> None:
        shop_is_right()
        assert Budget.objects.get().spent == sum(Draw.objects.filter(outcome="won").values_list("cost", flat=True))

    assert until_it_survives(lambda: due.look(at), money_and_gifts_agree) > 20
    assert Draw.objects.get().outcome == "won"
    assert Mail.objects.count() == 1


def test_eight_workers_in_one_night_draw_once_and_within_the_budget(transactional_db: Any, shop: Any) -> None:
    lapsed(24)
    on_occasion(shop, "win back", after_days=30, limits={"total": Decimal(35)})
    at = night(1)
    assert not any(isinstance(result, Exception) for result in at_once(8, lambda number: due.look(at)))
    due.look(at)
    assert sorted(Draw.objects.values_list("outcome", flat=True)) == ["no budget"] * 17 + ["won"] * 7
    assert Budget.objects.get().spent == 35


def test_an_order_that_is_placed_while_the_night_looks_ends_the_lapse(transactional_db: Any, shop: Any) -> None:
    (customer,) = lapsed(1)
    on_occasion(shop, "win back", after_days=30)

    def order_again() -> None:
        hosts.order(customer, [("40", 1)])

    assert interrupted(partial(due.look, night(1)), "FOR KEY SHARE OF u FOR UPDATE", order_again) == [0, None]
    assert Draw.objects.count() == 0


def test_a_withdrawal_is_all_or_nothing(transactional_db: Any, shop: Any, customer: Any) -> None:
    campaign(shop)
    order = hosts.order(customer, [("40", 1)])
    settlement.settle(host.order_id(order))
    hosts.cancel(order)
    until_it_survives(lambda: settlement.settle(host.order_id(order)), shop_is_right)
    assert Draw.objects.get().state == "withdrawn"
    assert Budget.objects.get().spent == 0


def test_the_database_itself_refuses_to_overspend(shop: Any) -> None:
    campaign(shop, limits={"per_day": Decimal(10)})
    row = Budget.objects.get()
    assert budget.take(row.pk, Decimal(10), timezone.now())
    assert not budget.take(row.pk, Decimal("0.01"), timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reciprocity_budget SET spent = spent + 1, day_spent = day_spent + 1")
    budget.put_back(row.pk, Decimal(10), timezone.now())


def test_a_clock_that_is_behind_opens_no_day_again(shop: Any) -> None:
    campaign(shop, limits={"per_day": Decimal(10)})
    row = Budget.objects.get()
    now = timezone.now()
    assert budget.take(row.pk, Decimal(10), now)
    assert not budget.take(row.pk, Decimal(10), now - timedelta(days=1))
    assert budget.take(row.pk, Decimal(10), now + timedelta(days=1))
    assert not budget.take(row.pk, Decimal(1), now)
    Budget.objects.update(spent=0)
