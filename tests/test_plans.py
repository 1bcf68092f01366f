"""No statement of a hot path, and none of the sweep of every minute, scans a table that grows with the orders."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_reciprocity import host, inputs, settlement, sweep
from saleor_reciprocity.points.earning import simulation
from saleor_reciprocity.points.earning.conditions import Conditions
from saleor_reciprocity.points.earning.rules import Effect, Rule, Stacking, Trigger
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.settlement import SettledOrder
from saleor_reciprocity.surprises import due
from saleor_reciprocity.surveys import queue
from saleor_reciprocity.surveys.models import Invitation

from . import hosts
from .crowds_of_orders import fill
from .points.programmes import ladder, rule
from .surprises.shop import night, on_occasion

GROWING = re.compile(r"Seq Scan on (order_\w+|payment_\w+|reciprocity_settledorder)\b")


@pytest.fixture
def large_shop(programme_on: host.Channel) -> None:
    """A shop with 20,000 settled orders, in which the programme has tiers and a bonus for a second order."""
    ladder(("gold", 10_000, "2"))
    rule("bonus", "5", order_number=2)
    sweep.sweep_recent()
    fill(20_000)


def scans(of: Callable[[], Any]) -> list[str]:
    """The statements that read the whole of a growing table, each with the tables."""
    with CaptureQueriesContext(connection) as asked:
        of()
    assert asked.captured_queries
    found = []
    with connection.cursor() as cursor:
        for sql in (query["sql"] for query in asked.captured_queries):
            if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", sql):
                cursor.execute(f"EXPLAIN {sql.replace('%', '%%')}", [])
                plan = "\n".join(row[0] for row in cursor.fetchall())
                found += [f"{tables}: {sql}\n{plan}" for tables in [set(GROWING.findall(plan))] if tables]
    return found


@pytest.mark.parametrize("tried", ["a programme", "a rule"])
def test_what_is_tried_on_the_past_meets_each_order_once(tried: str, programme_on: host.Channel) -> None:
    fill(2000)
    double = Rule(0, 1, "Double", Effect.MULTIPLIER, Decimal(2), Trigger.ORDER, Stacking.ADD, 0, Conditions())
    now, by = timezone.now(), inputs.parse({})
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        cursor.execute("ANALYZE")
        if tried == "a rule":
            simulation.simulate(programme_on, double, 90, now)
        else:
            simulation.simulate_programme(programme_on, by, 90, now)
        (sql,) = (query["sql"] for query in asked.captured_queries if "order_orderline" in query["sql"])
        cursor.execute(f"EXPLAIN ANALYZE {sql.replace('%', '%%')}", [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert sum(map(int, re.findall(r"Rows Removed by Join Filter: (\d+)", plan))) <= 2000, plan


def settle(order: Any) -> None:
    settlement.settle(host.order_id(order))


def test_settling_an_order_scans_nothing(large_shop: None, customer: Any) -> None:
    first, second = (hosts.order(customer, [("20", 1)]) for _ in range(2))
    assert scans(lambda: settle(first)) == []
    assert scans(lambda: settle(second)) == []
    hosts.ship(second)
    assert scans(lambda: settle(second)) == []
    assert Account.objects.get(user=customer).available == 25


_INVITED = """
INSERT INTO reciprocity_invitation (order_id, order_number, channel_id, person, language, question, state, made_at)
SELECT md5(n::text)::uuid::text, n::text, %s, encode(sha256(n::text::bytea), 'hex'), 'en', 'csat', 'no consent',
  now() - n * interval '1 minute' FROM generate_series(1, 20000) n
"""


def test_whether_somebody_was_asked_before_scans_no_invitations(programme_on: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    settle(order)
    with connection.cursor() as cursor:
        cursor.execute(_INVITED, [programme_on.id])
        cursor.execute("ANALYZE reciprocity_invitation")
    invitation = Invitation(order_id=host.order_id(order), person="0" * 64, user_id=customer.pk, made_at=timezone.now())
    account = Account.objects.get(user=customer)
    plan = Invitation.objects.filter(queue._same_person(invitation, account)).explain()
    assert "Seq Scan on reciprocity_invitation" not in plan, plan


def test_settling_a_guests_order_scans_nothing(large_shop: None) -> None:
    order = hosts.order("guest-7@example.com", [("20", 1)])
    assert scans(lambda: settle(order)) == []


def test_the_sweep_of_every_minute_scans_nothing(large_shop: None, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)])
    assert scans(lambda: sweep.sweep_recent()) == []
    assert SettledOrder.objects.filter(order_id=host.order_id(order)).exists()
    hosts.refund(order, "5")
    failing = SettledOrder.objects.exclude(order_id=host.order_id(order)).first()
    assert failing is not None
    SettledOrder.objects.filter(pk=failing.pk).update(attempts=1, retry_at=timezone.now())
    assert scans(lambda: sweep.sweep_recent()) == []
    facts = host.order(host.order_id(order))
    assert facts is not None
    assert facts.refunded == Decimal(5)
    assert SettledOrder.objects.get(pk=failing.pk).attempts == 0


@pytest.mark.parametrize("occasion", ["win back", "anniversary", "orders reached", "tier reached"])
def test_the_search_for_occasions_scans_no_orders(occasion: str, large_shop: None, programme_on: host.Channel) -> None:
    needs = {"win back": {"after_days": 30}, "tier reached": {"tier": "gold"}}
    on_occasion(programme_on, occasion, **needs.get(occasion, {}))
    assert scans(lambda: due.number(night(1))) == []
    assert scans(lambda: due.look(night(1))) == []


def test_the_host_has_an_index_for_everything_that_the_sweep_looks_at(db: Any) -> None:
    with connection.cursor() as cursor:
        wanted = {(name, table) for name, table, _columns in host.INDEXES}
        cursor.execute("SELECT indexname, tablename FROM pg_indexes")
        assert wanted - set(cursor.fetchall()) == set()
    assert {"reciprocity_shipments_by_time", "reciprocity_payments_by_time"} <= {name for name, _table in wanted}


def test_an_index_that_is_missing_is_made_and_one_that_is_broken_made_anew(db: Any) -> None:
    (name, _table, _columns), *_ = host.INDEXES
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
        host.make_missing_indexes(host.INDEXES)
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name])
        host.make_missing_indexes(host.INDEXES)
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [name])
        assert cursor.fetchone() == (True,)
