"""A shop with rows of every kind is taken from the first tables to those of today: nothing is lost or twice."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal
from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from saleor_reciprocity import host, settlement
from saleor_reciprocity.dashboard import DeskApp
from saleor_reciprocity.experiments.models import Outcome, Plan
from saleor_reciprocity.health.models import LastCheck, TaskMark
from saleor_reciprocity.mail.models import MailPace, Pause, Route
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.recommendations.models import ModelVersion, Neighbour, Popularity
from saleor_reciprocity.surprises.models import Draw
from saleor_reciprocity.sweep import SweepMark

from .lives import a_full_life, totals
from .surprises.shop import shipped_for_nothing
from .traces import every_row

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)

# The one migration of the first version. What later ones add is named here.
FIRST = "0001_initial"
NEW_TABLES: set[str] = {
    "reciprocity_event",
    "reciprocity_feed",
    "reciprocity_openanswer",
    "reciprocity_opencount",
    "reciprocity_opensurvey",
    "reciprocity_regard",
    "reciprocity_uploadedcode",
}
NEW_COLUMNS: dict[str, set[str]] = {
    "reciprocity_listedproducts": {"share", "held_out"},
    "reciprocity_plan": {"margin"},
    "reciprocity_redemption": {"closed_by", "close_reason"},
    "reciprocity_reward": {"text", "codes_left"},
    "reciprocity_campaign": {"occasion", "after_days"},
    "reciprocity_draw": {"occasion_at", "account_id"},
    "reciprocity_answer": {"may_recommend", "product_id"},
}
KEYS_TO_USERS = {
    ("reciprocity_account", "SET NULL"),
    ("reciprocity_communicationchoice", "SET NULL"),
    ("reciprocity_draw", "SET NULL"),
    ("reciprocity_invitation", "SET NULL"),
    ("reciprocity_mail", "SET NULL"),
    ("reciprocity_customerlist", "CASCADE"),
    ("reciprocity_listedproducts", "CASCADE"),
    ("reciprocity_preference", "CASCADE"),
}
INDEXES = {
    ("reciprocity_orders_of_address", "order_order"),
    ("reciprocity_users_of_address", "account_user"),
    ("reciprocity_shipments_by_time", "order_fulfillment"),
    ("reciprocity_payments_by_time", "payment_transaction"),
    ("reciprocity_mail_of_person", "reciprocity_mail"),
    ("reciprocity_settling_again", "reciprocity_settledorder"),
}

_KEYS = """
SELECT conrelid::regclass::text, CASE confdeltype WHEN 'n' THEN 'SET NULL' WHEN 'c' THEN 'CASCADE' END
FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'reciprocity%'
  AND confrelid = 'account_user'::regclass AND convalidated
"""
_VALID_INDEXES = "SELECT indexrelid::regclass::text, indrelid::regclass::text FROM pg_index WHERE indisvalid"
_SCHEMA = """
SELECT table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_name LIKE 'reciprocity%'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'reciprocity%'
UNION ALL SELECT conname, conrelid::regclass || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE conrelid::regclass::text LIKE 'reciprocity%'
UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'reciprocity%'
UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'reciprocity%'
"""


def asked(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def migrate(*target: str) -> None:
    call_command("migrate", "reciprocity", *target, verbosity=0)


@pytest.fixture
def today() -> Iterator[set[Any]]:
    """The schema as it is; a test that takes it back leaves it as it was."""
    schema = set(asked(_SCHEMA))
    yield schema
    migrate()
    assert set(asked(_SCHEMA)) == schema


def rows_of(found: dict[str, list[str]]) -> dict[str, list[Any]]:
    """The rows of the first tables with their columns of then."""
    return {
        table: sorted(
            json.dumps({name: value for name, value in json.loads(row).items() if name not in new}, sort_keys=True)
            for row in rows
        )
        for table, rows in found.items()
        if table not in NEW_TABLES
        for new in [NEW_COLUMNS.get(table, set())]
    }


def a_shop(channel: host.Channel, customer: Any) -> None:
    """Rows in every table."""
    a_full_life(channel, customer)
    shipped_for_nothing(customer)
    version = ModelVersion.objects.get()
    Neighbour.objects.create(version=version, product_id=1, neighbour_id=2, score=1, people=5)
    Popularity.objects.create(version=version, channel_id=channel.id, product_id=1, score=1, people=5)
    MailPace.objects.create(channel_id=channel.id, route=Route.EMAIL)
    Pause.objects.create(channel_id=channel.id, since=NOW, actor="user:1")
    SweepMark.objects.create(looked_at=NOW)
    DeskApp.objects.create(key=1, made_at=NOW)
    LastCheck.objects.create(checked_at=NOW, broken=[])
    TaskMark.objects.create(name="night", began_at=NOW)
    share = Decimal("0.2")
    Plan.objects.create(
        question="programme", made_at=NOW, start=NOW.date(), evaluation=NOW.date(), share=share, prior_rate=0.25,
        planned_people=1000, level=Decimal("0.05"), currency="USD", cap=500, money_mean=20, money_variance=900,
    )  # fmt: skip
    Outcome.objects.create(
        question="programme", unit=0, day=NOW.date(), held_out=False, share=share, stratum=0, frozen_at=NOW
    )


def test_an_upgrade_with_rows_in_every_table_keeps_them_all_and_the_books_right(
    programme_on: Any, customer: Any, today: set[Any]
) -> None:
    a_shop(programme_on, customer)
    assert Draw.objects.exclude(code=None).count() == 3
    migrate(FIRST)
    before = every_row()
    assert not NEW_TABLES & set(before)
    assert [table for table, rows in before.items() if not rows] == []

    migrate()

    assert TaskMark.objects.filter(name="reciprocity.draw_for_occasions").delete()[0] == 1, "it begins now"
    assert rows_of(every_row()) == rows_of(before)
    assert set(asked(_SCHEMA)) == today
    assert set(asked(_KEYS)) == KEYS_TO_USERS
    assert INDEXES - set(asked(_VALID_INDEXES)) == set()
    call_command("reciprocity_check", stdout=StringIO())

    balances, seen = list(Account.objects.values_list("available", "pending", "debt")), totals()
    for (order_id,) in asked("SELECT order_id FROM reciprocity_settledorder"):
        settlement.settle(order_id, again=True)
    assert (list(Account.objects.values_list("available", "pending", "debt")), totals()) == (balances, seen)
    assert Draw.objects.exclude(code=None).count() == 3


def test_after_an_upgrade_the_database_sees_to_a_deleted_user(programme_on: Any, customer: Any, today: Any) -> None:
    a_shop(programme_on, customer)
    migrate(FIRST)
    migrate()
    customer.delete()
    users = {table: _users_in(table) for table, _action in KEYS_TO_USERS}
    assert users == {table: [(None,)] if action == "SET NULL" else [] for table, action in KEYS_TO_USERS}


def test_what_is_removed_leaves_indexes_of_the_host_only_and_comes_back_as_it_was(today: set[Any]) -> None:
    migrate("zero")
    assert {name for name, _definition in asked(_SCHEMA)} <= {name for name, *_rest in host.INDEXES}
    migrate()
    assert set(asked(_SCHEMA)) == today


def _users_in(table: str) -> list[Any]:
    return asked(f"SELECT DISTINCT user_id FROM {table}")  # noqa: S608 - our own tables
