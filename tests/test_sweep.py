"""The sweep: finds what the hooks missed, and nothing else. Edge cases 11, 13, 15 and 42 of the engine's list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from saleor_reciprocity import host, settlement, sweep, tasks
from saleor_reciprocity.points import expiry
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.programmes import SettingsVersion
from saleor_reciprocity.settlement import SettledOrder

from . import hosts
from .faults.crowd import before


def test_an_order_without_any_event_is_found(programme_on: Any, customer: Any) -> None:
    hosts.ship(hosts.order(customer, [("20", 1)]))
    assert sweep.sweep() == (1, 0)
    assert Account.objects.get().available == 20


def test_a_settled_order_is_left_alone_until_it_changes(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    assert sweep.sweep() == (1, 0)
    assert sweep.sweep() == (0, 0)
    for change in (lambda: hosts.ship(order), lambda: hosts.refund(order, "5"), lambda: hosts.cancel(order)):
        change()
        assert sweep.sweep() == (1, 0)
    assert Account.objects.get().available == 0


def test_a_guests_order_that_finds_its_user_is_looked_at_again(programme_on: Any) -> None:
    order = hosts.order("ada@example.com", [("20", 1)])
    sweep.sweep()
    user = hosts.customer("ada@example.com")
    type(order).objects.filter(pk=order.pk).update(user=user)
    assert sweep.sweep() == (1, 0)
    assert Account.objects.get().user == user


def test_a_late_commit_with_an_early_time_stamp_is_found(programme_on: Any, customer: Any) -> None:
    SettingsVersion.objects.update(since=timezone.now() - timedelta(days=90))
    assert sweep.sweep_recent() == (0, 0)
    an_old_order(customer, timedelta(minutes=59))
    assert sweep.sweep_recent() == (1, 0)
    an_old_order(customer, timedelta(days=80))
    assert sweep.sweep_recent() == (0, 0)
    assert sweep.sweep() == (1, 0)


def an_old_order(customer: Any, age: timedelta) -> Any:
    """An order that was placed some time ago and of which nothing is newer."""
    order = hosts.order(customer, [("20", 1)], placed_at=timezone.now() - age)
    hosts.age(order, age)
    return order


def test_the_first_sweep_of_every_minute_looks_45_days_back(programme_on: Any, customer: Any) -> None:
    SettingsVersion.objects.update(since=timezone.now() - timedelta(days=90))
    an_old_order(customer, timedelta(days=44))
    an_old_order(customer, timedelta(days=46))
    assert sweep.sweep_recent() == (1, 0)
    assert sweep.sweep() == (1, 0)


@pytest.mark.parametrize("change", hosts.DATED_CHANGES)
def test_a_dated_change_to_an_old_order_is_found_within_the_minute(
    change: str, programme_on: Any, customer: Any
) -> None:
    SettingsVersion.objects.update(since=timezone.now() - timedelta(days=90))
    order = an_old_order(customer, timedelta(days=80))
    hosts.ship_at(order, timezone.now() - timedelta(days=79))
    hosts.age(order, timedelta(days=79))
    assert sweep.sweep() == (1, 0)
    assert sweep.sweep_recent() == (0, 0)
    hosts.DATED_CHANGES[change](order)
    assert sweep.sweep_recent() == (1, 0)
    assert sweep.sweep_recent() == (0, 0)


def test_an_imported_line_of_no_pieces_holds_up_no_order(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 2), ("7", 1)])
    order.lines.filter(product_sku="sku-1").update(quantity=0)
    hosts.ship(order, [1])
    assert sweep.sweep() == (1, 0)
    account = Account.objects.get()
    assert (account.available, account.pending) == (20, 20)


@pytest.mark.skipif(not hosts.RETURNS, reason="Saleor 2.10 has no transactions of payment apps")
def test_a_charge_back_takes_the_points_and_a_won_dispute_brings_them_back(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 2)])
    paid = hosts.transact(order, charged="40")
    hosts.ship(order)
    assert sweep.sweep_recent() == (1, 0)
    assert Account.objects.get().available == 40
    hosts.charge_back(paid, "40")
    assert sweep.sweep_recent() == (1, 0)
    assert Account.objects.get().available == 0
    hosts.transact(order, charged="40")
    assert sweep.sweep_recent() == (1, 0)
    assert Account.objects.get().available == 40


def test_after_a_pause_all_that_has_changed_meanwhile_is_found(programme_on: Any, customer: Any) -> None:
    SettingsVersion.objects.update(since=timezone.now() - timedelta(days=90))
    sweep.sweep_recent()
    sweep.SweepMark.objects.update(looked_at=timezone.now() - timedelta(days=10))
    an_old_order(customer, timedelta(days=9))
    assert sweep.sweep_recent() == (1, 0)
    assert sweep.SweepMark.objects.get().looked_at > timezone.now() - timedelta(minutes=1)


def test_a_mark_in_the_future_hides_nothing(programme_on: Any, customer: Any) -> None:
    sweep.sweep_recent()
    sweep.SweepMark.objects.update(looked_at=timezone.now() + timedelta(days=10))
    hosts.order(customer, [("20", 1)])
    assert sweep.sweep_recent() == (1, 0)


def break_points(monkeypatch: Any, broken: str, error: Exception) -> None:
    """Let the points of one order fail."""

    def settle(order_id: str, now: Any, look: Any) -> None:
        if order_id == broken:
            raise error
        points.settle(order_id, now, look)

    others = [domain for domain in settlement.DOMAINS if domain.name != "points"]
    monkeypatch.setattr(settlement, "DOMAINS", (settlement.Domain("points", settle), *others))


def test_one_order_that_fails_stops_no_other(programme_on: Any, customer: Any, monkeypatch: Any) -> None:
    bad, good = (hosts.order(customer, [("20", 1)]) for _ in range(2))

    def look(order_id: str, *beside: Any) -> Any:
        if order_id == host.order_id(bad):
            raise ValueError("a row that cannot be read")
        return read(order_id, *beside)

    read = host.look
    monkeypatch.setattr(host, "look", look)
    assert sweep.sweep() == (1, 1)
    monkeypatch.undo()
    assert OrderTerms.objects.get().order_id == host.order_id(good)
    failed = settlement.SettledOrder.objects.get(order_id=host.order_id(bad))
    assert (failed.error, failed.attempts) == ("ValueError", 1)
    settlement.SettledOrder.objects.filter(pk=failed.pk).update(retry_at=timezone.now())
    assert sweep.sweep_recent() == (1, 0)


def test_an_order_whose_failure_cannot_be_recorded_ends_the_sweep_all_the_same(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    order = hosts.order(customer, [("20", 1)])
    break_points(monkeypatch, host.order_id(order), RuntimeError("broken"))
    monkeypatch.setattr(settlement, "_record", lambda *args, **values: 1 / 0)
    assert sweep.sweep() == (0, 1)


def test_a_failing_order_that_matures_waits_for_its_next_try(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    hosts.configure(programme_on, return_window_days="14")
    order = hosts.order(customer, [("20", 1)])
    hosts.ship(order)
    sweep.sweep()
    OrderTerms.objects.update(matures_at=timezone.now() - timedelta(days=1))
    break_points(monkeypatch, host.order_id(order), RuntimeError("broken"))
    assert sweep.sweep_recent() == (0, 1)
    assert sweep.sweep_recent() == (0, 0), "not before its time"
    settlement.SettledOrder.objects.update(retry_at=timezone.now())
    assert sweep.sweep_recent() == (0, 1)
    assert settlement.SettledOrder.objects.get().attempts == 2
    monkeypatch.undo()
    settlement.SettledOrder.objects.update(retry_at=timezone.now())
    assert sweep.sweep_recent() == (1, 0)
    settled = settlement.SettledOrder.objects.get()
    assert (settled.attempts, settled.retry_at, settled.error) == (0, None, "")
    assert OrderTerms.objects.get().matures_at > timezone.now()


def test_what_the_database_refused_is_stored_and_logged_without_values(
    programme_on: Any, customer: Any, monkeypatch: Any, caplog: Any
) -> None:
    order = hosts.order(customer, [("20", 1)])

    def settle(order_id: str, now: Any, look: Any) -> None:
        with transaction.atomic():
            for _twice in range(2):
                SettingsVersion.objects.create(
                    channel_id="SECRETCODE", number=1, since=timezone.now(), active=True, values={}
                )

    monkeypatch.setattr(settlement, "DOMAINS", (settlement.Domain("points", settle),))
    assert sweep.sweep() == (0, 1)
    stored = settlement.SettledOrder.objects.get(order_id=host.order_id(order)).error
    assert stored == "points: IntegrityError (reciprocity_settings_versions_in_turn)"
    assert "IntegrityError (reciprocity_settings_versions_in_turn)" in caplog.text
    assert "in settle" in caplog.text, "the traceback says where"
    assert "SECRETCODE" not in caplog.text
    assert "DETAIL" not in caplog.text


def test_orders_from_before_the_programme_are_not_touched(channel: Any, customer: Any) -> None:
    hosts.order(customer, [("20", 1)])
    hosts.configure(channel, active=True)
    assert sweep.sweep() == (0, 0)
    assert Entry.objects.count() == 0


def test_drafts_are_not_looked_at(programme_on: Any, customer: Any) -> None:
    hosts.order(customer, [("20", 1)], status="draft")
    assert sweep.sweep() == (0, 0)


def test_switched_off_awards_nothing_new_and_still_takes_back(programme_on: Any, customer: Any) -> None:
    old = hosts.order(customer, [("20", 1)])
    hosts.ship(old)
    sweep.sweep()
    hosts.configure(programme_on, active=False)
    new = hosts.order(customer, [("30", 1)])
    hosts.refund(old, "20")
    sweep.sweep()
    assert Account.objects.get().available == 0
    assert OrderTerms.objects.get(order_id=host.order_id(new)).verdict == "programme off"

    hosts.configure(programme_on, active=True)
    sweep.sweep()
    assert Account.objects.get().pending == 0, "what was ordered while it was off stays without points"


def test_an_order_follows_the_settings_of_its_time(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    hosts.configure(programme_on, points_per_unit="3")
    later = hosts.order(customer, [("20", 1)])
    sweep.sweep()
    assert Account.objects.get().pending == 20 + 60

    hosts.configure(programme_on, points_per_unit="0")
    hosts.ship(order)
    hosts.ship(later)
    sweep.sweep()
    assert Account.objects.get().available == 20 + 60


def test_a_change_by_a_script_is_in_force_from_the_first_look_on(channel: Any, customer: Any) -> None:
    hosts.configure(channel, active=True)
    from saleor.plugins.models import PluginConfiguration

    row = PluginConfiguration.objects.get(identifier="saleor_reciprocity")
    row.configuration = [{"name": "points_per_unit", "value": "2"}]
    row.save()
    sweep.sweep()
    hosts.order(customer, [("20", 1)])
    sweep.sweep()
    assert Account.objects.get().pending == 40


def test_the_commands_settle_and_report(programme_on: Any, customer: Any, capsys: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    call_command("reciprocity_work", "--once")
    call_command("reciprocity_settle", str(getattr(order, "number", order.pk)))
    call_command("reciprocity_settle", host.order_id(order))
    call_command("reciprocity_sweep", "--recent")
    said = capsys.readouterr().out
    assert "1 orders settled, 0 to be tried again" in said
    assert f"Order {host.order_id(order)} is settled." in said
    assert "Settled 0 orders." in said
    assert settlement.SettledOrder.objects.count() == 1


def test_work_that_fails_keeps_no_other_work_from_being_done(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    order = hosts.order(customer, [("20", 1)])

    def fail(now: Any) -> None:
        raise RuntimeError("no expiry today")

    monkeypatch.setattr(expiry, "run", fail)
    with pytest.raises(CommandError, match=r"reciprocity-expire-points$"):
        call_command("reciprocity_work", "--once")
    assert settlement.SettledOrder.objects.get().order_id == host.order_id(order)


def test_without_celery_all_of_its_schedule_is_done(programme_on: Any, capsys: Any) -> None:
    call_command("reciprocity_work", "--once")
    said = capsys.readouterr().out
    assert [name for name in tasks.SCHEDULE if f"{name}: " not in said] == []


def test_what_another_look_recorded_meanwhile_stays_and_is_looked_at(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    hosts.cancel(order)

    def another_look() -> None:
        SettledOrder.objects.update(fingerprint="older", settled_at=timezone.now())

    with before('UPDATE "reciprocity_settledorder"', another_look):
        settlement.settle(host.order_id(order))
    assert SettledOrder.objects.get().fingerprint == "older"
    assert sweep.sweep() == (1, 0)
