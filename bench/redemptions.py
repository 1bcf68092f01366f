"""A redemption, beside the same SQL statements sent by hand."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward
from tests import hosts

from .ratio import Row, Timed, in_turns
from .shop import settle_down, switch


def measure(channel: host.Channel, pairs: int) -> Row:
    """Time one customer's redemptions, from the call to after the commit.

    By hand means: the very statements, with the very values, that the same redemption at the same moment sends (found
    by a rehearsal that is rolled back), through a cursor of the driver itself, rows fetched, committed.
    """
    switch(True)
    user = hosts.customer("redeems@example.com")
    order = hosts.order(user, [("1000000", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(user), Reward.objects.get()
    by_hand = connection.get_new_connection(connection.get_connection_params())

    def redeem() -> Any:
        return redemption.redeem(person, reward.pk, secrets.token_hex(16), now=timezone.now())

    def prepare_by_hand() -> Timed:
        statements = rehearse(redeem)

        def send() -> None:
            with by_hand.cursor() as cursor:
                for sql, params in statements:
                    cursor.execute(sql, params)
                    if cursor.description:
                        cursor.fetchall()
            by_hand.commit()

        return send

    settle_down()
    row = in_turns(
        "redemption ÷ the same statements by hand",
        2,
        lambda: redeem,
        prepare_by_hand,
        pairs=pairs,
        warm_up=50,
        notes={"statements each, with BEGIN and COMMIT": len(rehearse(redeem)) + 2},
    )
    redeemed = Entry.objects.filter(kind="redemption").count()
    assert redeemed == 2 * (pairs + 50), "not every turn redeemed"
    assert Account.objects.get(user=user).available == 1_000_000 - redeemed * reward.points
    by_hand.close()
    return row


def rehearse(do: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The statements that something sends between BEGIN and COMMIT. Afterwards the database is as it was before."""
    statements: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with unused_numbers(), transaction.atomic():
        with connection.execute_wrapper(record):
            do()
        transaction.set_rollback(True)
    return statements[1:-1]  # within a transaction, what would be BEGIN and COMMIT are statements on a savepoint


@contextmanager
def unused_numbers() -> Iterator[None]:
    """Give back the numbers that sequences hand out meanwhile, which a rollback does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        before = {(schema, name): value for schema, name, value in cursor.fetchall()}
        yield
        cursor.execute("SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        for schema, name, value in cursor.fetchall():
            if value != before[schema, name]:
                number = before[schema, name]
                cursor.execute("SELECT setval(%s, %s, %s)", [f'{schema}."{name}"', number or 1, number is not None])
