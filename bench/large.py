"""What is done to a whole shop at once: awarding its past, writing off what has expired, a sweep that finds nothing."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import Callable, Iterator

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from saleor_reciprocity import backfill, host, programmes, sweep
from saleor_reciprocity.management.progress import Progress
from saleor_reciprocity.points import expiry
from saleor_reciprocity.points.models import Account, Lot, OrderTerms
from saleor_reciprocity.settlement import SettledOrder

from . import history
from .ratio import Once
from .shop import settle_down, switch

LONGEST = 60.0  # seconds

# Accounts that have ten lots each; every lot has ended, each at a moment of its own.
_DUE = """
WITH a AS (
  INSERT INTO reciprocity_account (available, pending, debt, version, created_at, next_expiry_at, had_user)
  SELECT 490, 0, 0, 10, now() - interval '2 years', now() - interval '10 days', false
  FROM generate_series(1, %(lots)s / 10) RETURNING id
), e AS (
  INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
    order_id, reason, actor, happened_at, written_at)
  SELECT a.id, n, 'earned', 49, 0, 49 * n, 0, 'bench:' || a.id || ':' || n, '', '', '',
    now() - interval '1 year' - n * interval '1 day', now() FROM a, generate_series(1, 10) n
  RETURNING account_id, version, happened_at
)
INSERT INTO reciprocity_lot (account_id, order_id, channel_id, points, remaining, earned_at, expires_at, qualifies)
SELECT account_id, '', '', 49, 49, happened_at, now() - version * interval '1 day', true FROM e
"""

_SETTLED = """
INSERT INTO reciprocity_settledorder (order_id, fingerprint, attempts, error, settled_at, erased)
SELECT order_id, fingerprint, 0, '', now(), false FROM ({orders}) o
ON CONFLICT (order_id) DO UPDATE SET fingerprint = excluded.fingerprint
"""


def award_the_past(channel: host.Channel, orders: int) -> Once:
    """Award so many past orders, beside an `INSERT … SELECT` of the rows that this wrote into tables of the same make.

    Those have the same columns, constraints and indexes, but no triggers and no foreign keys.
    """
    switch(True)
    programmes.current(channel.id, timezone.now())
    begin = backfill.begins(channel, None)
    assert begin is not None
    history.make(orders, begin)
    settle_down()
    before = dict(_newest_rows())
    took = _seconds(lambda: call_command("reciprocity_backfill"))
    assert OrderTerms.objects.filter(verdict="earns", earned=49).count() == orders, "not every order was awarded"
    settle_down()
    rows, base = _copy_newer(before)
    notes = {"rows": rows, "orders a second": round(orders / took)}
    return Once(
        f"{orders:,} past orders awarded ÷ INSERT … SELECT of as many rows", took, base=base, goal=5, notes=notes
    )


def _newest_rows() -> Iterator[tuple[str, int]]:
    """Each table of ours with its greatest id."""
    for model in apps.get_app_config("reciprocity").get_models():
        if model._meta.pk.name == "id":
            yield model._meta.db_table, model.objects.aggregate(newest=Max("id"))["newest"] or 0


def _copy_newer(before: dict[str, int]) -> tuple[int, float]:
    """How many rows are newer than those, and how many seconds it takes to copy them, committed table by table."""
    rows, took = 0, 0.0
    with connection.cursor() as cursor:
        for table, newest in _newest_rows():
            if newest == before[table]:
                continue
            cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
            copy = f"INSERT INTO bench_copy SELECT * FROM {table} WHERE id > {before[table]} ORDER BY id"
            took += _seconds(lambda copy=copy: cursor.execute(copy))
            rows += cursor.rowcount
            cursor.execute("DROP TABLE bench_copy")
    return rows, took


def write_off(channel: host.Channel, lots: int) -> Once:
    """Write off so many lots of a tenth as many accounts, each with ten moments at which points end."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"lots": lots})
    settle_down()
    now, progress = timezone.now(), Progress(OutputWrapper(sys.stderr), lots, "lots")
    assert expiry.due_lots(now)[0] == lots
    took = _seconds(lambda: expiry.run(now, progress=lambda done, points: progress(done)))
    assert not Lot.objects.filter(remaining__gt=0, expires_at__lte=now).exists(), "a lot was not written off"
    assert not Account.objects.filter(next_expiry_at__lte=now).exists()
    return Once(f"{lots:,} due lots written off", took, goal=LONGEST, notes={"lots a second": round(lots / took)})


def sweep_nothing(channel: host.Channel, orders: int) -> Once:
    """A sweep over at least so many orders, all settled in the state that they are in."""
    switch(True)
    missing = orders - SettledOrder.objects.count()
    if missing > 0:
        history.make(missing, timezone.now() - timedelta(days=1))
        with connection.cursor() as cursor:
            cursor.execute(_SETTLED.format(orders=host.ORDER_STATES))
    settle_down()
    found: list[tuple[int, int]] = []
    took = _seconds(lambda: found.append(sweep.sweep()))
    assert found == [(0, 0)], "the sweep found an order"
    settled = SettledOrder.objects.count()
    return Once(f"an empty sweep over {settled:,} settled orders", took, goal=LONGEST, notes={})


def _seconds(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin
