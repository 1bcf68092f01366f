"""Promises of the README that no other test proves word for word, with figures written out by hand."""

from __future__ import annotations

import random
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo import story
from demo.storefront import Customer, Staff
from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account, Entry, Lot
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.codes import new_code
from saleor_reciprocity.rewards.models import Reward

from . import hosts
from .storefront import ShopInProcess
from .traces import every_row


def shipped(buyer: Any, price: str) -> Any:
    order = hosts.order(buyer, [(price, 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


@pytest.mark.parametrize(
    ("refunds", "left"),
    [
        (["49.95"], [0]),
        (["20", "29.95"], [29, 0]),
        (["0.01"] * 3, [49, 49, 49]),
        (["0.95", "0.01", "48.99"], [49, 48, 0]),
        (["10", "10", "10", "10", "9.95"], [39, 29, 19, 9, 0]),
        (["30", "30"], [19, 0]),
    ],
)
def test_refunds_in_any_number_of_steps_take_back_what_the_order_gave_and_nothing_else(
    refunds: list[str], left: list[int], programme_on: Any, customer: Any
) -> None:
    """An order over 49.95 gave 49 points, another one 20: those stay, in their lot."""
    shipped(customer, "20")
    order = shipped(customer, "49.95")
    account = Account.objects.get()
    assert account.available == 69
    found = []
    for refund in refunds:
        hosts.refund(order, refund)
        settlement.settle(host.order_id(order))
        account.refresh_from_db()
        found.append(account.available - 20)
    assert found == left
    assert account.debt == 0
    assert Lot.objects.filter(account=account, points=20).get().remaining == 20
    of_order = Entry.objects.filter(order_id=host.order_id(order))
    assert sum(entry.points for entry in of_order) == left[-1]


def test_codes_are_random_in_every_character(programme_on: Any, customer: Any) -> None:
    """Five bits a character, each as likely in every place, whatever the program's own random numbers are.

    A place has 4,000 characters: 125 of each are expected, and 63 to 187 allow for 5.6 standard deviations.
    """
    random.seed(0)
    codes = [new_code(16) for _ in range(4000)]
    random.seed(0)
    again = [new_code(16) for _ in range(4000)]
    assert len({*codes, *again}) == 8000
    for place in range(16):
        counts = Counter(code[place] for code in codes)
        assert sorted(counts) == list("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        assert 63 <= min(counts.values()) <= max(counts.values()) <= 187
    for place in range(15):
        pairs = Counter(code[place : place + 2] for code in codes)
        assert max(pairs.values()) <= 25, "about 4 of each of 1,024 pairs are expected"


@pytest.mark.parametrize(("kind", "characters"), [("voucher", 16 if hosts.MULTI_CHANNEL else 12), ("gift card", 16)])
def test_a_code_that_a_customer_gets_has_all_its_characters(
    kind: str, characters: int, programme_on: Any, customer: Any
) -> None:
    hosts.configure(programme_on, reward_kind=kind)
    shipped(customer, "60")
    made = redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())
    assert len(made.code) == characters
    assert not set(made.code) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({host.PROMO_CODES}) c WHERE c.code = %s", [made.code])  # noqa: S608
        assert cursor.fetchone() == (1,)


def test_where_the_plugin_was_never_on_a_purchase_writes_the_same_rows_by_the_same_statements(
    transactional_db: Any, channel: Any, settings: Any
) -> None:
    """The same purchase, shipment and refund, once with the plugin installed and once without it."""
    settings.ALLOWED_CLIENT_HOSTS = ["localhost", "testserver"]
    hosts.open_shop(channel)
    hosts.administrator(story.STAFF_EMAIL, story.STAFF_PASSWORD)
    shop = ShopInProcess(channel.slug)
    staff = Staff(shop, story.STAFF_EMAIL, story.STAFF_PASSWORD)
    ada = Customer.register(shop, "ada@example.com", "difference-engine", staff)
    installed = settings.PLUGINS
    without = [path for path in installed if "reciprocity" not in path]
    assert len(without) == len(installed) - 1
    lived(ada, staff)  # what is only done once is done
    settings.PLUGINS = without
    expected = lived(ada, staff)
    settings.PLUGINS = installed
    assert lived(ada, staff) == expected
    assert {table for table, rows in every_row().items() if rows} <= {"reciprocity_installationkey"}


def lived(ada: Customer, staff: Staff) -> tuple[dict[str, int], Counter]:
    """What a purchase, its shipment and its refund write and ask."""
    before = host_rows()
    with CaptureQueriesContext(connection) as asked:
        order = ada.buy(ada.variants()[0], 1)
        staff.ship(order.id)
        staff.refund(order.id, Decimal(20))
    after = host_rows()
    statements = Counter(re.sub(r"'[^']*'|\d+|\(\?(, \?)*\)", "?", query["sql"]) for query in asked.captured_queries)
    return {table: count - before[table] for table, count in after.items() if count != before[table]}, statements


def host_rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'reciprocity%'"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - the host's own
            found[table] = cursor.fetchone()[0]
        return found
