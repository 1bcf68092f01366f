"""What the rest of the package relies on, on whichever Saleor is installed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.host.facts import OrderState

from .. import hosts


def facts(order: Any) -> host.Order:
    found = host.order(host.order_id(order))
    assert found is not None
    return found


def test_the_facts_of_an_order(channel: Any, customer: Any) -> None:
    placed_at = timezone.now() - timedelta(days=3)
    order = hosts.order(customer, [("16.65", 3), ("5", 1)], shipping="10", placed_at=placed_at)
    found = facts(order)
    assert found.id == host.order_id(order)
    assert found.channel_id == channel.id
    assert found.currency == "USD"
    assert found.placed_at == placed_at
    assert found.state is OrderState.PLACED
    assert found.person == host.Person(customer.pk, "ada@example.com", confirmed=True)
    assert (found.goods, found.shipping, found.refunded) == (Decimal("54.95"), Decimal(10), Decimal(0))
    assert [(line.quantity, line.fulfilled, line.given_back, line.total) for line in found.lines] == [
        (3, 0, 0, Decimal("49.95")),
        (1, 0, 0, Decimal(5)),
    ]


def test_shipped_pieces_count_until_the_shipment_is_cancelled(channel: Any, customer: Any) -> None:
    order = hosts.order(customer, [("10", 3)])
    hosts.ship(order, [2])
    assert [line.fulfilled for line in facts(order).lines] == [2]
    hosts.unship(order)
    assert [line.fulfilled for line in facts(order).lines] == [0]


def test_a_discount_on_the_whole_order_comes_off_the_goods(channel: Any, customer: Any) -> None:
    assert facts(hosts.order(customer, [("30", 1)], shipping="10", discount="12")).goods == Decimal(18)
    assert facts(hosts.order(customer, [("30", 1)], shipping="10", discount="40")).goods == Decimal(0)


@pytest.mark.parametrize(
    ("status", "state"),
    [("draft", OrderState.NOT_YET), ("canceled", OrderState.VOID), ("unfulfilled", OrderState.PLACED),
     ("partially fulfilled", OrderState.PLACED), ("fulfilled", OrderState.PLACED)],
)  # fmt: skip
def test_what_a_status_means(status: str, state: OrderState, channel: Any, customer: Any) -> None:
    assert facts(hosts.order(customer, [("10", 1)], status=status)).state is state


def test_refunds_add_up(channel: Any, customer: Any) -> None:
    order = hosts.order(customer, [("10", 3)])
    hosts.refund(order, "4")
    hosts.refund(order, "6.50")
    assert facts(order).refunded == Decimal("10.5")


def test_a_guest_is_known_by_the_address(channel: Any) -> None:
    assert facts(hosts.order("guest@example.com", [("10", 1)])).person == host.Person(None, "guest@example.com", False)


def test_an_unconfirmed_user_has_not_proved_the_address(channel: Any) -> None:
    assert not host.person(hosts.customer("eve@example.com", confirmed=False)).confirmed


def test_an_order_that_is_not_there(channel: Any) -> None:
    for order_id in ("nothing", "", "00000000-0000-0000-0000-000000000000"):
        assert host.order(order_id) is None
        assert host.order_fingerprint(order_id) is None
    assert host.order_id_of_number("no number") is None


def test_the_fingerprint_moves_with_everything_that_counts(channel: Any, customer: Any) -> None:
    order = hosts.order(customer, [("10", 2), ("5", 1)], shipping="3")
    seen = [host.order_fingerprint(host.order_id(order))]

    def differs_after(change: Any) -> None:
        change()
        seen.append(host.order_fingerprint(host.order_id(order)))
        assert len(set(seen)) == len(seen)

    differs_after(lambda: hosts.ship(order, [1, 0]))
    differs_after(lambda: hosts.ship(order, [1, 1]))
    differs_after(lambda: hosts.refund(order, "1"))
    differs_after(lambda: hosts.refund(order, "1"))
    differs_after(lambda: type(order).objects.filter(pk=order.pk).update(user=None))
    differs_after(lambda: type(order).objects.filter(pk=order.pk).update(user_email="other@example.com"))
    differs_after(lambda: type(order).objects.filter(pk=order.pk).update(total_gross_amount=Decimal(1)))
    differs_after(lambda: hosts.cancel(order))
    assert host.order_fingerprint(host.order_id(order)) == seen[-1]


def test_channels_are_found_by_id_and_slug(channel: Any) -> None:
    assert channel in host.channels()
    assert host.channel(channel.id) == channel
    assert host.channel_by_slug(channel.slug) == channel
    assert host.channel_by_slug(None) == channel
    assert host.channel_by_slug("nowhere") is None
    with connection.cursor() as cursor:
        cursor.execute(f"{host.CHANNELS} ORDER BY id")
        assert [host.Channel(*row) for row in cursor.fetchall()] == sorted(host.channels(), key=lambda each: each.id)


def issue_voucher(code: str, channel: host.Channel, user_id: int) -> None:
    host.issue_voucher(host.OFF_ORDER, code, "Five", Decimal(5), channel, timezone.now() + timedelta(days=1))


def issue_gift_card(code: str, channel: host.Channel, user_id: int) -> None:
    host.issue_gift_card(code, "Five", Decimal(5), channel, user_id, timezone.now() + timedelta(days=1))


@pytest.mark.parametrize(
    ("issue", "length"), [(issue_voucher, host.VOUCHER_CODE_LENGTH), (issue_gift_card, host.GIFT_CARD_CODE_LENGTH)]
)
def test_a_code_that_was_issued_is_taken(issue: Any, length: int, channel: Any, customer: Any) -> None:
    code = "A" * length
    assert not is_taken(code)
    issue(code, channel, customer.pk)
    assert is_taken(code)
    with pytest.raises(Exception, match="unique"), transaction.atomic():
        issue(code, channel, customer.pk)


def is_taken(code: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM ({host.PROMO_CODES}) c WHERE c.code = %s", [code])  # noqa: S608 - a constant
        return cursor.fetchone() is not None


def test_gift_cards_can_be_spent(channel: Any) -> None:
    assert host.gift_cards_accepted(channel.id)


def test_the_plugin_is_off_until_it_is_switched_on(channel: Any) -> None:
    assert host.plugin_configuration("saleor_reciprocity", channel.id) == (False, {})
    hosts.configure(channel, active=True, points_per_unit="2")
    active, values = host.plugin_configuration("saleor_reciprocity", channel.id)
    assert active
    assert values["points_per_unit"] == "2"


@pytest.mark.skipif(not hosts.RETURNS, reason="Saleor 2.10 has no returns, only refunds")
class TestReturns:
    def test_returned_pieces_are_given_back_and_no_longer_shipped(self, channel: Any, customer: Any) -> None:
        order = hosts.order(customer, [("10", 3)])
        hosts.ship(order)
        hosts.give_back(order, 0, 2)
        (line,) = facts(order).lines
        assert (line.fulfilled, line.given_back) == (1, 2)
        assert facts(order).refunded == Decimal(20)

    def test_a_replacement_says_so(self, channel: Any, customer: Any) -> None:
        assert facts(hosts.order(customer, [("10", 1)], origin="reissue")).replaces_another

    def test_an_unconfirmed_and_an_expired_order(self, channel: Any, customer: Any) -> None:
        assert facts(hosts.order(customer, [("10", 1)], status="unconfirmed")).state is OrderState.NOT_YET
        assert facts(hosts.order(customer, [("10", 1)], status="expired")).state is OrderState.VOID
