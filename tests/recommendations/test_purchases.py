"""What counts as bought, whichever way a training goes: not what was given back, and nobody for two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Callable

import pytest
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.recommendations import training
from saleor_reciprocity.recommendations.models import CustomerList, Neighbour, Popularity
from saleor_reciprocity.settlement import SettledOrder

from .. import hosts
from . import model

DAY = timedelta(days=1)
both_ways = pytest.mark.parametrize("train", [lambda: training.train(timezone.now()), model.count])
returns = pytest.mark.skipif(not hosts.RETURNS, reason="Saleor 2.10 has no returns, only refunds")


def bought(columns: str = "user_id, product_id") -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({host.PURCHASES}) line ORDER BY 1, 2")  # noqa: S608
        return list(cursor.fetchall())


def shipped(buyer: Any, product: Any, pieces: int = 1, **options: Any) -> Any:
    """An order of some pieces of one product, which have been shipped."""
    order = hosts.order(buyer, [("10", pieces)], **options)
    order.lines.update(variant=product.variants.get())
    hosts.ship(order)
    return order


@both_ways
def test_cancelled_and_refunded_orders_do_not_count(train: Callable[[], Any], programme_on: Any, customer: Any) -> None:
    good, cancelled, refunded, draft = (hosts.product(name, programme_on) for name in ("good", "c", "r", "d"))
    yesterday = timezone.now() - DAY
    hosts.buy(customer, [good], placed_at=yesterday)
    hosts.cancel(hosts.buy(customer, [cancelled], placed_at=yesterday))
    paid_back = hosts.buy(customer, [refunded], placed_at=yesterday)
    hosts.refund(paid_back, str(paid_back.total_gross_amount))
    hosts.buy(customer, [draft], placed_at=yesterday, status="draft")
    train()
    assert CustomerList.objects.get().product_ids == [good.pk]


@both_ways
def test_orders_of_an_erased_person_are_not_learned_from(
    train: Callable[[], Any], programme_on: Any, customer: Any
) -> None:
    tea, milk = hosts.product("tea", programme_on), hosts.product("milk", programme_on)
    hosts.buy(customer, [tea], placed_at=timezone.now() - DAY)
    gone = hosts.buy(customer, [milk], placed_at=timezone.now() - DAY)
    SettledOrder.objects.create(order_id=host.order_id(gone), erased=True)
    train()
    assert CustomerList.objects.get(kind="again").product_ids == [tea.pk]


@both_ways
@pytest.mark.parametrize("confirmed", [True, False])
def test_nobody_is_counted_for_two(train: Callable[[], Any], confirmed: bool, programme_on: Any) -> None:
    """Four people, one of whom also buys without signing in, are not five."""
    basket = [hosts.product("tea", programme_on), hosts.product("milk", programme_on)]
    people = [hosts.customer(f"c{number}@example.com", confirmed=confirmed) for number in range(4)]
    for buyer in (*people, "C0@Example.com"):
        hosts.buy(buyer, basket, placed_at=timezone.now() - DAY)
    train()
    assert not Neighbour.objects.exists()
    assert not Popularity.objects.exists()
    hosts.buy("fifth@example.com", basket, placed_at=timezone.now() - DAY)
    train()
    assert {row.people for row in Neighbour.objects.all()} == {5}
    assert {row.people for row in Popularity.objects.all()} == {5}


def test_a_guest_whose_address_nobody_proved_is_shown_to_nobody(programme_on: Any) -> None:
    tea, milk = hosts.product("tea", programme_on), hosts.product("milk", programme_on)
    user = hosts.customer_to_confirm("ada@example.com")
    hosts.buy(user, [tea])
    hosts.buy("ADA@example.com", [milk])
    assert bought() == [(user.pk, tea.pk)]
    hosts.confirm(user)
    merged = [(user.pk, tea.pk), (user.pk, milk.pk)] if hosts.MULTI_CHANNEL else [(user.pk, tea.pk)]
    assert bought() == merged


def test_two_accounts_of_one_address_do_not_double_a_guest(programme_on: Any) -> None:
    for email in ("ada@example.com", "Ada@example.com"):
        hosts.customer(email)
    hosts.buy("ada@example.com", [hosts.product("tea", programme_on)])
    assert len(bought()) == (1 if hosts.MULTI_CHANNEL else 0)


def test_a_draft_was_bought_when_it_was_completed(programme_on: Any, customer: Any) -> None:
    tea, now = hosts.product("tea", programme_on), timezone.now()
    draft = hosts.buy(customer, [tea], placed_at=now - 9 * DAY, status="draft")
    assert bought() == []
    hosts.leave_draft(draft, now - DAY)
    assert bought("product_id, placed_at") == [(tea.pk, now - DAY)]


@returns
def test_pieces_that_were_given_back_do_not_count(programme_on: Any, customer: Any) -> None:
    kept, part, gone, returned = (hosts.product(name, programme_on) for name in ("kept", "part", "gone", "returned"))
    shipped(customer, kept, 3)
    hosts.give_back(shipped(customer, part, 3), 0, 2, refunded=False)
    hosts.give_back(shipped(customer, gone, 2), 0, 2)
    hosts.give_back(shipped(customer, returned, 2), 0, 2, refunded=False)
    assert bought("product_id, quantity") == [(kept.pk, 3), (part.pk, 1)]


@returns
def test_a_replacement_and_a_gift_were_not_bought(programme_on: Any, customer: Any) -> None:
    tea, milk = hosts.product("tea", programme_on), hosts.product("milk", programme_on)
    shipped(customer, tea)
    shipped(customer, tea, origin="reissue")
    shipped(customer, milk).lines.update(is_gift=True)
    assert bought() == [(customer.pk, tea.pk)]
