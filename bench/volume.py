"""Redemption and balance in an account with many entries, beside one with a thousand and beside Saleor's own `me`."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward
from tests import hosts

from .ratio import Row, in_turns
from .shop import settle_down, switch

# Half of the entries gave a point, each into a lot; the others took it out again. The database need not check that row
# by row: `reciprocity_check` does, in a test.
_FILL = """
SET LOCAL session_replication_role = replica;
INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
  order_id, reason, actor, happened_at, written_at)
SELECT %(account)s, %(version)s + n, CASE WHEN n %% 2 = 1 THEN 'earned' ELSE 'clawback' END,
  CASE WHEN n %% 2 = 1 THEN 1 ELSE -1 END, 0, %(balance)s + n %% 2, 0, 'bench:' || %(account)s || ':' || n, '',
  '#' || n, '', now() - interval '1 year', now() - interval '1 year'
FROM generate_series(1, %(entries)s) n;
ANALYZE reciprocity_entry;
INSERT INTO reciprocity_lot (account_id, order_id, channel_id, points, remaining, earned_at, qualifies)
SELECT %(account)s, '', '', 1, 0, now() - interval '1 year', false FROM generate_series(1, %(entries)s / 2);
ANALYZE reciprocity_lot;
INSERT INTO reciprocity_lotuse (entry_id, lot_id, points) SELECT e.id, l.id, -1
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reciprocity_entry
  WHERE account_id = %(account)s AND kind = 'clawback') e
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reciprocity_lot
  WHERE account_id = %(account)s AND remaining = 0) l ON l.n = e.n;
SET LOCAL session_replication_role = DEFAULT;
"""
FEW = 1000


def measure(channel: host.Channel, entries: int, pairs: int) -> list[Row]:
    """Two customers, one with so many entries and one with a thousand."""
    switch(True)
    many, few = _customer(f"many-{entries}@example.com", entries), _customer(f"few-{entries}@example.com", FEW)
    reward = Reward.objects.get(is_standard=True).pk
    settle_down()
    balance, me = "{ me { loyalty { available pending debt } } }", "{ me { id } }"
    client = hosts.as_user(many)
    return [
        in_turns(
            f"redemption with {entries:,} entries ÷ with {FEW:,}",
            1.2,
            lambda: lambda: redemption.redeem(host.person(many), reward, secrets.token_hex(16), now=timezone.now()),
            lambda: lambda: redemption.redeem(host.person(few), reward, secrets.token_hex(16), now=timezone.now()),
            pairs=pairs,
            warm_up=20,
            notes={},
        ),
        in_turns(
            f"balance with {entries:,} entries ÷ Saleor's own me {{ id }}",
            1.2,
            lambda: lambda: client.data(balance),
            lambda: lambda: client.data(me),
            pairs=pairs,
            warm_up=20,
            notes={},
        ),
    ]


def _customer(email: str, entries: int) -> Any:
    """A customer with an open lot of a million points, behind so many entries."""
    user = hosts.customer(email)
    order = hosts.order(user, [("1000000", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    account = Account.objects.get(user=user)
    entries -= entries % 2
    values = {"account": account.pk, "version": account.version, "balance": account.available, "entries": entries}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL, values)
    Account.objects.filter(pk=account.pk).update(version=account.version + entries)
    return user
