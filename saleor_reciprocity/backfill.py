"""Backfill: awards orders that were placed before the programme, by the settings and rules of today.

What is left to do is found by looking: orders before the programme without terms. So it may be stopped at any point.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Callable, Iterator

from django.db import connection
from django.utils import timezone

from . import host, programme, settlement
from .points import earning, orders, queries, rulebook
from .points.entitlement import entitlement

BATCH = 1000

# Orders from before the programme that were not awarded; those that were only noted as such count among them.
_PAST = """
FROM ({orders}) o
LEFT JOIN reciprocity_orderterms t ON t.order_id = o.order_id AND t.verdict <> 'programme off'
LEFT JOIN reciprocity_settledorder s ON s.order_id = o.order_id AND s.erased
WHERE o.channel_id = %(channel)s AND o.is_placed AND o.placed_at < %(before)s AND o.placed_at >= %(since)s
  AND t.id IS NULL AND s.id IS NULL
"""
_NEXT = "SELECT o.placed_at, o.order_id {past} AND (o.placed_at, o.order_id) > (%(placed_at)s, %(order_id)s)"


@dataclass
class Cost:
    """What a backfill gave, or would give."""

    orders: int = 0
    points: int = 0
    pending: int = 0
    people: set[object] = field(default_factory=set)
    worth: Decimal = Decimal(0)  # by the price of the standard reward, in the channel's currency


def begins(channel: host.Channel, until: datetime | None) -> datetime | None:
    """Before which moment orders of a channel are past: the first switching on, or earlier. None: never switched on."""
    first = programme.SettingsVersion.objects.filter(channel_id=channel.id, active=True).order_by("since").first()
    if first is None:
        return None
    return min(first.since, until) if until else first.since


def count(channel: host.Channel, since: datetime, before: datetime) -> int:
    """How many orders there are to look at."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) {_PAST.format(orders=host.ORDER_STATES)}",
            {"channel": channel.id, "since": since, "before": before},
        )
        return int(cursor.fetchone()[0])


def run(
    channel: host.Channel,
    since: datetime,
    before: datetime,
    *,
    dry: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Cost:
    """Award the past orders of a channel, the oldest first, each by itself; or, `dry`, add up what they are worth."""
    version = programme.current(channel.id)
    cost = Cost()
    if version is None:
        return cost
    rules, in_force = version.programme, rulebook.in_force(channel.id, timezone.now())
    for number, order_id in enumerate(_order_ids(channel, since, before), 1):
        order = host.order(order_id)
        if order is not None and earning.verdict(order, rules) == earning.EARNS:
            account = queries.account_of(order.person)
            agreed = orders.past_terms(order, rules, in_force, account)
            due = entitlement(order, agreed, timezone.now())
            worth_it = due.earned + due.pending > 0 and not earning.is_too_large(order, agreed)
            if worth_it and (dry or orders.award_past(order, rules, in_force)):
                cost.orders, cost.points, cost.pending = (
                    cost.orders + 1,
                    cost.points + due.earned,
                    cost.pending + due.pending,
                )
                cost.people.add(order.person.user_id or order.person.email.casefold())
                if not dry:
                    settlement.settle_and_record(order_id)
        progress(number)
    if rules.reward_points:
        cost.worth = (cost.points + cost.pending) * rules.reward_value / rules.reward_points
    return cost


def _order_ids(channel: host.Channel, since: datetime, before: datetime) -> Iterator[str]:
    sql = _NEXT.format(past=_PAST.format(orders=host.ORDER_STATES)) + f" ORDER BY 1, 2 LIMIT {BATCH}"
    values = {"channel": channel.id, "since": since, "before": before, "placed_at": since, "order_id": ""}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall()
        if not rows:
            return
        for _placed_at, order_id in rows:
            yield order_id
        values["placed_at"], values["order_id"] = rows[-1]
