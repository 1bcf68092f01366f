"""Starting in a shop with history. Edge case 42 of the engine's list, and the oldest orders of all."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import backfill, host, programmes, settlement, sweep
from saleor_reciprocity.management.commands.reciprocity_backfill import EVER
from saleor_reciprocity.points import orders
from saleor_reciprocity.points.models import Account, Entry, Lot, OrderTerms

from . import hosts


def history(channel: Any, customer: Any) -> list[Any]:
    """Shipped, pending, partly refunded, cancelled, a guest's; then the programme is switched on."""
    past = timezone.now() - timedelta(days=100)
    found = [
        hosts.order(buyer, [(price, 1)], placed_at=past + timedelta(days=number))
        for number, (buyer, price) in enumerate(
            [(customer, "49.95"), (customer, "30"), (customer, "20"), (customer, "70"), ("guest@example.com", "10")]
        )
    ]
    for position in (0, 2, 4):
        hosts.ship(found[position])
    hosts.refund(found[2], "5")
    hosts.cancel(found[3])
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", reward_value="5")
    return found


def run(**options: Any) -> str:
    out = StringIO()
    call_command("reciprocity_backfill", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


SAID = "74 points and 30 pending points for 4 orders of 2 customers, worth 10.40 USD by the standard reward.\n"


def test_a_dry_run_says_what_it_costs_and_writes_nothing(channel: Any, customer: Any) -> None:
    history(channel, customer)
    assert run(dry_run=True) == f"{channel.slug}: would award {SAID}"
    assert Entry.objects.count() == Account.objects.count() == OrderTerms.objects.count() == 0


def test_past_orders_are_awarded_once_and_then_settled_like_any_other(channel: Any, customer: Any) -> None:
    orders = history(channel, customer)
    assert run() == f"{channel.slug}: awarded {SAID}"
    assert "awarded 0 points and 0 pending points for 0 orders of 0 customers" in run()
    account = Account.objects.get(user=customer)
    assert (account.available, account.pending) == (64, 30)
    hosts.cancel(orders[0])
    assert sweep.sweep() == (1, 0)
    account.refresh_from_db()
    assert account.available == 15


def test_an_order_that_was_looked_at_before_is_awarded_too(channel: Any, customer: Any) -> None:
    order = history(channel, customer)[0]
    settlement.settle(host.order_id(order))
    assert OrderTerms.objects.get().verdict == "programme off"
    run()
    assert OrderTerms.objects.get(order_id=host.order_id(order)).earned == 49


def test_an_order_that_is_cancelled_and_looked_at_while_it_is_awarded_has_no_points(
    channel: Any, customer: Any, monkeypatch: Any
) -> None:
    order, award = history(channel, customer)[0], orders.award_past

    def cancelled_meanwhile(*args: Any) -> bool:
        hosts.cancel(order)
        settlement.settle(host.order_id(order))
        return award(*args)

    monkeypatch.setattr(orders, "award_past", cancelled_meanwhile)
    now = timezone.now()
    version = programmes.current(channel.id, now)
    assert version is not None
    backfill._one(host.order_id(order), version.programme, (), False, now)
    assert [entry.points for entry in Entry.objects.order_by("pk")] == [49, -49]


def test_only_a_part_of_the_past(channel: Any, customer: Any) -> None:
    history(channel, customer)
    day = (timezone.now() - timedelta(days=96)).date()
    assert "for 1 orders of 1 customers" in run(since=str(day), channel=channel.slug)


def test_a_backfill_that_was_stopped_goes_on(channel: Any, customer: Any, monkeypatch: Any) -> None:
    history(channel, customer)
    before = backfill.begins(channel, None)
    assert before is not None
    monkeypatch.setattr(backfill, "BATCH", 2)

    def stop(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backfill.run(channel, backfill.past_orders(channel, EVER, before), progress=stop, now=timezone.now())
    assert Entry.objects.count() == 2
    run()
    account = Account.objects.get(user=customer)
    assert (account.available, account.pending) == (64, 30)


def test_what_was_set_first_does_not_count_but_what_is_set_now(channel: Any, customer: Any) -> None:
    """Points of the past end by the validity of today, at once and when more of them become available later."""
    pending = history(channel, customer)[1]
    hosts.configure(channel, points_valid_months="3", points_taken_back="pending only")
    programmes.current(channel.id, timezone.now())
    hosts.configure(channel, points_valid_months="12", points_taken_back="pending only")
    run()
    hosts.configure(channel, points_valid_months="1")
    hosts.ship(pending)
    assert sweep.sweep() == (1, 0)
    months = {(lot.expires_at - timezone.now()).days // 30 for lot in Lot.objects.all()}
    assert months == {12}
    assert Lot.objects.count() == 4
