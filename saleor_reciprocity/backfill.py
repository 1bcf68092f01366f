"""Backfill: awards orders that were placed before the programme, by the settings and rules of today, in sets.

What is left to do is found by looking: orders before the programme without terms. So it may be stopped at any point.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Callable, Iterator, Sequence

from django.db import connection

from . import host, programmes, settings, settlement
from .addresses import in_sql, normalised
from .points import accounts, orders
from .points.earning import rulebook
from .points.earning.entitlement import entitlement
from .points.earning.rules import Rule
from .points.earning.terms import EARNS, is_too_large, verdict
from .points.past.award import Award, award, rehearse
from .points.tiers import standing

BATCH = 5000  # orders in one transaction, which holds the accounts of their customers

# Orders from before the programme that were not awarded; those that were only noted as such count among them.
_PAST = """
FROM ({orders}) o
LEFT JOIN reciprocity_orderterms t ON t.order_id = o.order_id AND t.verdict <> 'programme off'
LEFT JOIN reciprocity_settledorder s ON s.order_id = o.order_id AND s.erased
WHERE o.channel_id = %(channel)s AND o.is_placed AND o.placed_at < %(before)s AND o.placed_at >= %(since)s
  AND t.id IS NULL AND s.id IS NULL
"""


@dataclass
class Cost(Award):
    """What a backfill gave, or would give. None is left to go one by one."""

    worth: Decimal = Decimal(0)  # by the price of the standard reward, in the channel's currency

    def add(self, more: Award) -> None:
        self.orders += more.orders
        self.points += more.points
        self.pending += more.pending
        self.people |= more.people


def begins(channel: host.Channel, until: datetime | None) -> datetime | None:
    """Before which moment orders of a channel are past: the first switching on, or earlier. None: never switched on."""
    first = programmes.SettingsVersion.objects.filter(channel_id=channel.id, active=True).order_by("since").first()
    if first is None:
        return None
    return min(first.since, until) if until else first.since


def past_orders(channel: host.Channel, since: datetime, before: datetime) -> list[str]:
    """The orders to look at, person by person, of each the oldest first: so a set holds few accounts.

    One statement; a million of them are a hundred megabytes.
    """
    sql = _PAST.format(orders=host.ORDER_STATES)
    sql = f"SELECT o.order_id {sql} ORDER BY o.user_id, {in_sql('o.user_email')}, o.placed_at, o.order_id"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"channel": channel.id, "since": since, "before": before})
        return [order_id for (order_id,) in cursor.fetchall()]


def run(
    channel: host.Channel,
    order_ids: Sequence[str],
    now: datetime,
    *,
    dry: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Cost:
    """Award past orders of a channel, set by set, each in a transaction; or, `dry`, add up what they are worth."""
    version = programmes.current(channel.id, now)
    cost = Cost()
    if version is None:
        return cost
    programme, in_force = version.programme, rulebook.in_force(channel.id, now)
    for begin, batch in _batches(order_ids):
        found = rehearse(batch, programme, in_force, now) if dry else award(channel, batch, programme, in_force, now)
        cost.add(found)
        for order_id in found.left:
            cost.add(_one(order_id, programme, in_force, dry, now))
        progress(begin + len(batch))
    if not dry:
        standing.look(now)
    cost.worth = programme.worth_of(cost.points + cost.pending) or Decimal(0)
    return cost


def _batches(order_ids: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for begin in range(0, len(order_ids), BATCH):
        yield begin, order_ids[begin : begin + BATCH]


def _one(order_id: str, programme: settings.Programme, in_force: Sequence[Rule], dry: bool, now: datetime) -> Award:
    """Award an order by itself."""
    order = host.order(order_id)
    if order is None or verdict(order, programme) != EARNS:
        return Award()
    agreed = orders.past_terms(order, programme, in_force, accounts.account_of(order.person, now))
    due = entitlement(order, agreed, now)
    if due.earned + due.pending == 0 or is_too_large(order, agreed):
        return Award()
    if not dry:
        if not orders.award_past(order, programme, in_force, now):
            return Award()
        settlement.settle_and_record(order_id, again=True)  # it may have changed since it was read
    return Award(1, due.earned, due.pending, {normalised(order.person.email)})
