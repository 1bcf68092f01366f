"""The hooks never disturb the shop: nothing inside its transaction, nothing escapes, and they give up in time."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from saleor.plugins.manager import get_plugins_manager

from saleor_reciprocity import host, settlement, sweep
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account, Entry

from .. import hosts

HOOKS = (
    "order_created",
    "order_confirmed",
    "order_updated",
    "order_paid",
    "order_fully_paid",
    "order_fulfilled",
    "order_cancelled",
    "order_refunded",
    "order_fully_refunded",
    "order_expired",
)


@pytest.fixture
def broken_tables() -> Any:
    """A table of ours is missing: every statement on it is an SQL error."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reciprocity_orderterms RENAME TO elsewhere")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO reciprocity_orderterms")


@pytest.fixture
def unhurried(settings: Any) -> None:
    """Time enough for settling in line, however busy the machine is."""
    settings.RECIPROCITY_HOOK_SECONDS = 60


SHIPPED = ("fulfillment_created", "fulfillment_approved") if hosts.MULTI_CHANNEL else ("fulfillment_created",)


@pytest.mark.parametrize("hook", SHIPPED)
def test_a_shipment_that_the_host_reports_makes_points_available(
    hook: str, unhurried: None, transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = hosts.order(customer, [("10", 1), ("5", 1)])
    settlement.settle(host.order_id(order))
    hosts.report(hook, hosts.ship(order, [1, 0]))
    account = Account.objects.get()
    assert (account.pending, account.available) == (5, 10)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has no such hook")
def test_a_cancelled_shipment_that_the_host_reports_makes_points_pending(
    unhurried: None, transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = hosts.order(customer, [("10", 1)])
    shipment = hosts.ship(order)
    settlement.settle(host.order_id(order))
    hosts.unship(order)
    hosts.report("fulfillment_canceled", shipment)
    account = Account.objects.get()
    assert (account.pending, account.available) == (10, 0)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 imports no orders")
@pytest.mark.parametrize("loaded", [True, False])
def test_imported_orders_are_settled_in_line_or_by_the_sweep(
    loaded: bool, unhurried: None, transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    """Saleor tells plugins with settings per channel of an import only once it has loaded those of a channel."""
    other = hosts.open_channel("pln", "PLN")
    orders = [hosts.order(customer, [(price, 1)]) for price in ("10", "20", "30")]
    off = hosts.order(customer, [("500", 1)], channel=other)
    manager = get_plugins_manager(**({"allow_replica": False} if hosts.MULTI_CHANNEL else {}))
    if loaded:
        manager.get_plugins(channel_slug=programme_on.slug)
    manager.order_bulk_created([*orders, off])
    assert sorted(Account.objects.values_list("pending", flat=True)) == ([60] if loaded else [])
    sweep.sweep()
    assert Account.objects.get().pending == 60, "nothing for the channel in which the programme is off"


def test_nothing_is_asked_of_the_database_inside_the_hosts_transaction(
    transactional_db: Any, programme_on: Any, customer: Any, django_assert_num_queries: Any
) -> None:
    order = hosts.order(customer, [("10", 1)])
    from saleor_reciprocity.plugin import ReciprocityPlugin

    plugin = ReciprocityPlugin(configuration=[], active=True)
    with transaction.atomic():
        with django_assert_num_queries(0):
            for hook in HOOKS:
                assert getattr(plugin, hook)(order, previous_value="kept") == "kept"
        assert Entry.objects.count() == 0
    assert Entry.objects.count() == 1


def test_an_sql_error_of_ours_does_not_roll_the_paid_order_back(
    transactional_db: Any, programme_on: Any, customer: Any, broken_tables: Any, caplog: Any
) -> None:
    with transaction.atomic():
        order = hosts.order(customer, [("10", 1)])
        hosts.report("order_created", order)
    assert hosts.find_order(host.order_id(order)) == order
    assert "the sweep will do it" in caplog.text


def test_what_failed_in_line_is_awarded_by_the_sweep(
    transactional_db: Any, programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("broken")

    order = hosts.order(customer, [("10", 1)])
    with monkeypatch.context() as patched:
        patched.setattr(settlement, "DOMAINS", (settlement.Domain("points", fail),))
        hosts.report("order_created", order)
        assert sweep.sweep() == (0, 1)
        assert sweep.sweep() == (0, 0), "a failed order waits before it is tried again"
    failure = settlement.SettledOrder.objects.get()
    assert (failure.attempts, failure.error) == (1, "points: RuntimeError")

    settlement.SettledOrder.objects.update(retry_at=failure.retry_at - settlement.FIRST_RETRY)
    assert sweep.sweep() == (1, 0)
    assert Account.objects.get().pending == 10
    assert settlement.SettledOrder.objects.get().error == ""


def test_a_locked_account_holds_nobody_up_beyond_the_bound(
    transactional_db: Any, programme_on: Any, customer: Any, settings: Any
) -> None:
    settings.RECIPROCITY_HOOK_SECONDS = 1.5
    first = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(first))
    locked, done = Event(), Event()

    def hold() -> None:
        with host.allow_writer(), transaction.atomic():
            accounts.lock(Account.objects.get().pk, timezone.now())
            locked.set()
            done.wait(20)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    locked.wait(20)
    second = hosts.order(customer, [("10", 1)])
    started = time.monotonic()
    hosts.report("order_created", second)
    waited = time.monotonic() - started
    done.set()
    holder.join()

    assert 1.5 <= waited < 3.5, "the wait for the lock, and at most as long before it"
    assert Account.objects.get().pending == 10
    sweep.sweep()
    assert Account.objects.get().pending == 20


def sleep_in_the_database() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")


def sleep_between_statements() -> None:
    with transaction.atomic():
        Account.objects.count()
        time.sleep(0.3)
        Account.objects.count()


@pytest.mark.parametrize("sleep", [sleep_in_the_database, sleep_between_statements])
def test_running_out_of_time_is_one_warning_without_a_traceback(
    sleep: Any, transactional_db: Any, programme_on: Any, customer: Any, settings: Any, monkeypatch: Any, caplog: Any
) -> None:
    settings.RECIPROCITY_HOOK_SECONDS = 0.2
    later: list[str] = []
    slow = settlement.Domain("slow", lambda *_: sleep())
    domains = (slow, settlement.Domain("later", lambda order_id, *_: later.append(order_id)))
    monkeypatch.setattr(settlement, "DOMAINS", domains)
    hosts.report("order_created", hosts.order(customer, [("10", 1)]))

    said = [record for record in caplog.records if record.name.startswith("saleor_reciprocity")]
    assert [(record.levelname, record.getMessage(), record.exc_info) for record in said] == [
        ("WARNING", "Settling in line took longer than 0.2 s; the sweep will do it", None)
    ]
    assert later == [], "there is no time for others either"
    assert settlement.SettledOrder.objects.count() == 0, "it is no failure that the sweep would wait with"


def test_the_limits_end_with_the_hook(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    def limits() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            return cursor.fetchone()

    before = limits()
    hosts.report("order_created", hosts.order(customer, [("10", 1)]))
    assert limits() == before


def test_a_hook_runs_out_of_time_between_two_statements(transactional_db: Any, programme_on: Any) -> None:
    def slow() -> None:
        with settlement.bounded(0.05):
            time.sleep(0.1)
            Account.objects.count()

    with pytest.raises(settlement.OutOfTime):
        slow()


@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_database_that_goes_away_between_two_turns_ends_the_settlement(
    moment: str, transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    """Each domain has failed once, none is tried for ever, and what was committed before stays."""
    hosts.configure(programme_on, surprise_probability="1", surprise_from_order="1", survey_question="nps")
    order = hosts.order(customer, [("10", 1)])
    begun = []

    @contextmanager
    def each() -> Iterator[None]:
        begun.append(moment)
        assert len(begun) < 20, "it goes round and round"
        if len(begun) > 1 and moment == "begin":
            raise OperationalError
        with transaction.atomic():
            yield
            if len(begun) > 1:
                raise OperationalError

    with pytest.raises(settlement.SettlementFailed):
        settlement.settle(host.order_id(order), each=each)
    assert 2 <= len(begun) <= len(settlement.DOMAINS)
    assert Account.objects.get().pending == 10
    assert settlement.SettledOrder.objects.count() == 0


def test_an_inactive_plugin_settles_nothing_in_line(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, active=False)
    hosts.report("order_created", hosts.order(customer, [("10", 1)]))
    assert settlement.SettledOrder.objects.count() == 0
