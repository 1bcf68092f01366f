"""From an order to points, to a code, to a cheaper order; the exceptions; and a shop where the plugin is off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from demo import story
from demo.mailbox import Mails
from demo.storefront import Customer, Refused, Shop, Staff
from saleor_reciprocity import host, sweep

from .shop import PROGRAMME, cup, points


def customer_with_points(ada: Customer, staff: Staff, **changes: Any) -> str:
    """Switch the programme on and give a customer 80 points; returns the standard reward."""
    staff.set_programme(True, **{**PROGRAMME, **changes})
    staff.ship(ada.buy(cup(ada), 2).id)
    (reward,) = ada.rewards()
    return str(reward["id"])


@pytest.mark.usefixtures("favourites")
def test_the_story_of_the_demo_holds(shop: Shop, staff: Staff, mails: Mails, capsys: Any) -> None:
    held = story.play(shop.url, mails)

    assert held, capsys.readouterr().out


def test_points_come_with_the_order_and_its_shipments(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)

    order = ada.buy(cup(ada), 2)

    assert (order.total, order.goods) == (90, 80)
    assert order.loyalty == {"verdict": "EARNS", "pending": 80, "earned": 0}
    assert points(ada) == (0, 80, 0)
    staff.ship(order.id, 1)
    assert points(ada) == (40, 40, 0)
    staff.ship(order.id)
    assert points(ada) == (80, 0, 0)


def test_a_code_takes_exactly_its_value_off_one_order(ada: Customer, staff: Staff) -> None:
    reward = customer_with_points(ada, staff)

    redemption = ada.redeem(reward, "first")
    before = ada.start_checkout(cup(ada), 1)
    order = ada.complete(ada.use_code(before, redemption["code"]))

    assert points(ada) == (30, 35, 0)
    assert (before.total, order.total) == (50, 45)
    facts = host.order(_our_id(order.number))
    assert facts is not None
    assert (facts.goods, facts.shipping) == (Decimal(35), Decimal(10))
    with pytest.raises(Refused):
        ada.use_code(ada.start_checkout(cup(ada), 1), redemption["code"])


def test_a_gift_card_takes_its_balance_off_an_order(ada: Customer, staff: Staff) -> None:
    reward = customer_with_points(ada, staff, reward_kind="gift card", reward_value=60)

    redemption = ada.redeem(reward, "card")
    first = ada.buy(cup(ada), 1, redemption["code"])
    second = ada.buy(cup(ada), 1, redemption["code"])

    assert redemption["kind"] == "GIFT_CARD"
    assert (first.total, second.total) == (0, 40)


def test_the_same_key_gives_the_same_code_and_one_debit(ada: Customer, staff: Staff) -> None:
    reward = customer_with_points(ada, staff, reward_points=20)

    first, second, other = (ada.redeem(reward, key) for key in ("one", "one", "two"))

    assert first == second
    assert other["code"] != first["code"]
    assert points(ada) == (40, 0, 0)
    assert [entry["kind"] for entry in ada.loyalty()["entries"]].count("REDEMPTION") == 2


def test_a_reward_that_is_too_dear_is_refused(ada: Customer, staff: Staff) -> None:
    reward = customer_with_points(ada, staff, reward_points=81)

    with pytest.raises(Refused) as refusal:
        ada.redeem(reward, "dear")

    assert refusal.value.codes == ["INSUFFICIENT_POINTS"]
    assert points(ada) == (80, 0, 0)
    assert ada.loyalty()["redemptions"] == []


def test_a_cancelled_order_loses_its_points(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    order = ada.buy(cup(ada), 2)

    cancelled = staff.cancel(order.id)

    assert cancelled.loyalty == {"verdict": "EARNS", "pending": 0, "earned": 0}
    assert points(ada) == (0, 0, 0)


def test_refunds_take_points_back_step_by_step(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    order = ada.buy(cup(ada), 2)
    staff.ship(order.id)

    staff.refund(order.id, Decimal(10))
    assert points(ada) == (80, 0, 0)
    staff.refund(order.id, Decimal(40))
    assert points(ada) == (40, 0, 0)
    staff.refund(order.id, Decimal(40))
    assert points(ada) == (0, 0, 0)


def test_points_that_were_spent_before_a_refund_become_a_debt(ada: Customer, staff: Staff) -> None:
    staff.set_programme(True, **PROGRAMME)
    order = ada.buy(cup(ada), 2)
    staff.ship(order.id)
    (reward,) = ada.rewards()
    ada.redeem(reward["id"], "spent")

    staff.refund(order.id, order.total)

    assert points(ada) == (0, 0, 50)
    staff.ship(ada.buy(cup(ada), 2).id)
    assert points(ada) == (30, 0, 0)


def test_where_the_plugin_was_never_on_the_shop_is_as_without_it(ada: Customer, staff: Staff) -> None:
    order = ada.buy(cup(ada), 1)

    assert order.total == 50
    assert order.loyalty is None
    assert staff.ship(order.id).loyalty is None
    assert staff.refund(order.id, Decimal(20)).loyalty is None
    assert points(ada) == (0, 0, 0)
    assert ada.loyalty()["entries"] == []
    assert ada.rewards() == []


def test_where_the_plugin_was_switched_off_balances_stay_and_nothing_new_begins(ada: Customer, staff: Staff) -> None:
    reward = customer_with_points(ada, staff)
    code = ada.redeem(reward, "in time")["code"]
    open_order = ada.buy(cup(ada), 1)
    staff.set_programme(False)

    order = ada.buy(cup(ada), 1, code)

    assert order.total == 45
    assert order.loyalty in (None, {"verdict": "PROGRAMME_OFF", "pending": 0, "earned": 0})
    with pytest.raises(Refused) as refusal:
        ada.redeem(reward, "too late")
    assert refusal.value.codes == ["PROGRAMME_OFF"]
    assert points(ada) == (30, 40, 0)
    staff.cancel(open_order.id)
    sweep.sweep()
    assert points(ada) == (30, 0, 0)


def _our_id(number: str) -> str:
    found = host.order_id_of_number(number)
    assert found is not None
    return found
