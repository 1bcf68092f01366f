"""A shop with rows of every kind is taken from the tables of long ago to those of today: nothing is lost or twice."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from saleor_reciprocity import host, settlement
from saleor_reciprocity.mail.models import MailPace, Route
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.recommendations.models import ModelVersion, Neighbour, Popularity
from saleor_reciprocity.surprises.models import Draw

from .rewards.test_edited_vouchers import shipped_for_nothing
from .test_erasure import a_full_life, totals
from .traces import every_row

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = "0011_campaign_tier"
NEW_TABLES = {
    "reciprocity_issuedcode", "reciprocity_listedproducts", "reciprocity_outcome", "reciprocity_plan",
    "reciprocity_sweepmark",
}  # fmt: skip

# What shops had then, and no test makes today: settings of an earlier moment that were stored last, a used code that an
# erasure has taken away, and terms that do not say what a voucher took off the shipping.
AS_IT_WAS = """
INSERT INTO reciprocity_settingsversion (channel_id, since, active, values)
  SELECT channel_id, '2024-01-01T00:00:00Z', active, values FROM reciprocity_settingsversion;
UPDATE reciprocity_redemption SET code = '~7' WHERE state = 'used';
UPDATE reciprocity_orderterms SET terms = terms - 'off_shipping'
"""
NEW_COLUMNS = {
    "reciprocity_settingsversion": {"number"},
    "reciprocity_orderterms": {"buyer"},
    "reciprocity_redemption": {"for_checkout"},
    "reciprocity_assignment": {"repeats_id"},
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
    """The rows of long ago's tables with their columns of then."""
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


def test_an_upgrade_with_rows_in_every_table_keeps_them_all_and_the_books_right(
    programme_on: Any, customer: Any, today: set[Any]
) -> None:
    a_shop(programme_on, customer)
    codes = {code for (code,) in asked("SELECT code FROM reciprocity_redemption WHERE state = 'unused'")}
    won = set(Draw.objects.exclude(code=None).values_list("code", flat=True))
    assert (len(codes), len(won)) == (1, 3)
    migrate(LONG_AGO)
    asked(AS_IT_WAS)
    before = every_row()
    assert not NEW_TABLES & set(before)
    assert [table for table, rows in before.items() if not rows] == []

    migrate()

    assert rows_of(every_row()) == rows_of(before)
    assert set(asked(_SCHEMA)) == today
    assert set(asked(_KEYS)) == KEYS_TO_USERS
    assert INDEXES - set(asked(_VALID_INDEXES)) == set()
    numbers = asked("SELECT number, extract(year FROM since) = 2024 FROM reciprocity_settingsversion ORDER BY 1")
    assert numbers == [(1, True), (2, False)]
    assert asked("SELECT DISTINCT buyer FROM reciprocity_orderterms") == [(None,)]
    assert asked("SELECT DISTINCT for_checkout FROM reciprocity_redemption") == [(None,)]
    assert {code for (code,) in asked("SELECT code FROM reciprocity_issuedcode")} == codes | won
    call_command("reciprocity_check", stdout=StringIO())

    balances, seen = list(Account.objects.values_list("available", "pending", "debt")), totals()
    for (order_id,) in asked("SELECT order_id FROM reciprocity_settledorder"):
        settlement.settle(order_id, again=True)
    assert (list(Account.objects.values_list("available", "pending", "debt")), totals()) == (balances, seen)
    assert Draw.objects.exclude(code=None).count() == 3


def test_after_an_upgrade_the_database_sees_to_a_deleted_user(programme_on: Any, customer: Any, today: Any) -> None:
    a_shop(programme_on, customer)
    migrate(LONG_AGO)
    migrate()
    customer.delete()
    users = {table: _users_in(table) for table, _action in KEYS_TO_USERS}
    assert users == {table: [(None,)] if action == "SET NULL" else [] for table, action in KEYS_TO_USERS}


def _users_in(table: str) -> list[Any]:
    return asked(f"SELECT DISTINCT user_id FROM {table}")  # noqa: S608 - our own tables
