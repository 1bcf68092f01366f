"""Simulation: what a rule, or a programme, would have given over the shop's last days, in one statement each.

Reckoned for orders placed in the channel that count, as they were placed, so before any return: what comes back later
only makes it cheaper. Each order has the rate of the terms that were agreed for its lines; one from before the
programme has the rate of today. The rule is tried as the last of all: ADD adds its multiplier less 1 times the
channel's rate, MULTIPLY multiplies the line's rate, EXCLUSIVE leaves out the lines and orders that another rule had.
A programme is tried alone: as if nothing had been agreed before, without rules and tiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from saleor_reciprocity import host, inputs, programmes, settings

from .conditions import LINE, ORDER, PERSON, Conditions, in_sql, sql_values
from .rules import Effect, Rule, Stacking, Trigger

MOST_DAYS = 3650
_RELATIONS = {name: getattr(host, name) for name in ("GROUP_MEMBERS", "CATEGORIES_ABOVE", "IN_COLLECTIONS")}

# Each order is met once: planners expect few to fit, and a second look at all of them would be made for each.
_COST = """
WITH numbered AS (
  SELECT o.*, row_number() OVER (PARTITION BY o.person ORDER BY o.placed_at, o.order_id) AS number_of_person
  FROM ({orders}) o
), chosen AS (
  SELECT o.*, {agreed} AS terms, o.placed_at AT TIME ZONE %(zone)s AS local, (
    SELECT c.code FROM reciprocity_tierchange c WHERE c.account_id = t.account_id AND c.changed_at <= o.placed_at
    ORDER BY c.changed_at DESC, c.id DESC LIMIT 1) AS tier
  FROM numbered o LEFT JOIN reciprocity_orderterms t ON t.order_id = o.order_id AND t.account_id IS NOT NULL
  WHERE o.channel_id = %(channel)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.person <> ''
), fitting AS MATERIALIZED (
  SELECT o.order_id, o.person, o.terms, o.goods, o.shipping, o.shipping_net,
    coalesce(jsonb_array_length(o.terms -> 'bonuses'), 0) AS bonuses FROM chosen o WHERE {holds}
), lines AS (
  SELECT f.order_id, f.person, f.goods, f.shipping, f.shipping_net, f.bonuses, p.total, p.quantity,
    CASE WHEN %(net)s THEN p.total_net ELSE p.total END AS counted,
    NOT p.is_gift_card AND {matches}
      AND (NOT %(exclusive)s OR coalesce(jsonb_typeof(agreed), 'string') <> 'array') AS matches,
    CASE WHEN p.is_gift_card THEN 0 ELSE coalesce(
      CASE jsonb_typeof(agreed) WHEN 'array' THEN agreed ->> 0 ELSE agreed #>> '{{}}' END::numeric, %(rate)s::numeric
    ) END AS rate
  FROM fitting f JOIN ({lines}) p ON p.order_id = f.order_id
  CROSS JOIN LATERAL (SELECT f.terms -> 'lines' -> p.line_id AS agreed) a
), summed AS (
  SELECT order_id, person, goods, shipping, shipping_net, bonuses, sum(total) AS total,
    bool_or(matches AND total > 0) AS any_matches,
    sum(counted * rate) AS before, sum(counted * CASE WHEN matches THEN {new_rate} ELSE rate END) AS after,
    coalesce(sum(quantity) FILTER (WHERE matches), 0) AS pieces
  FROM lines GROUP BY order_id, person, goods, shipping, shipping_net, bonuses
), worth AS (
  SELECT person, {gain} AS points FROM summed WHERE total > 0 AND goods > 0 AND any_matches
)
SELECT count(*) FILTER (WHERE points <> 0), count(DISTINCT person) FILTER (WHERE points <> 0),
  coalesce(sum(points), 0)::bigint
FROM worth
"""

# What a line's rate becomes, and what an order gains: fractions are dropped once per order, with the rule and without.
_NEW_RATE = {
    Stacking.ADD: "greatest(rate + %(rate)s::numeric * (%(value)s::numeric - 1), 0)",
    Stacking.MULTIPLY: "rate * %(value)s::numeric",
    Stacking.EXCLUSIVE: "rate * %(value)s::numeric",
}
_SHIPPING = "(CASE WHEN %(net)s THEN shipping_net ELSE shipping END) * total"
_GIVEN = f"div(goods * after + {_SHIPPING} * %(shipping_after)s::numeric, total)"
_GAIN = {
    Effect.MULTIPLIER: f"{_GIVEN} - div(goods * before + {_SHIPPING} * %(shipping_before)s::numeric, total)",
    Effect.BONUS: "CASE WHEN %(exclusive)s AND bonuses > 0 THEN 0 ELSE %(value)s::numeric END",
    Effect.BONUS_PER_PIECE: "%(value)s::numeric * pieces",
}

# What changes nothing.
_NO_RULE = Rule(0, 0, "", Effect.MULTIPLIER, Decimal(1), Trigger.ORDER, Stacking.MULTIPLY, 0, Conditions())


@dataclass(frozen=True)
class Simulation:
    """What a rule or a programme would have given. `liability` is its worth by the standard reward, if there is one."""

    days: int
    orders: int
    customers: int
    points: int
    liability: Decimal | None
    currency: str


def simulate(channel: host.Channel, rule: Rule, days: int, now: datetime) -> Simulation:
    """What a rule for orders would have given for the orders of a channel's last days. Reads only."""
    version = programmes.current(channel.id, now)
    programme = version.programme if version else inputs.parse({})
    return _simulated(_statement(rule, "t.terms", _GAIN[rule.effect]), channel, rule, programme, days, now)


def simulate_programme(channel: host.Channel, programme: settings.Programme, days: int, now: datetime) -> Simulation:
    """What a programme would have given for the orders of a channel's last days, by its rate alone. Reads only."""
    return _simulated(_statement(_NO_RULE, "NULL::jsonb", _GIVEN), channel, _NO_RULE, programme, days, now)


def _simulated(
    statement: str, channel: host.Channel, rule: Rule, programme: settings.Programme, days: int, now: datetime
) -> Simulation:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(channel, rule, programme, now - timedelta(days=days), now))
        orders, customers, points = cursor.fetchone()
    return Simulation(days, orders, customers, points, _cost_of(points, programme), channel.currency)


def _statement(rule: Rule, agreed: str, gain: str) -> str:
    return _COST.format(
        agreed=agreed,
        orders=host.SOLD_ORDERS,
        lines=host.SOLD_LINES,
        holds=in_sql(rule.conditions, _RELATIONS, PERSON, ORDER),
        matches=in_sql(rule.conditions, _RELATIONS, LINE),
        new_rate=_NEW_RATE[rule.stacking],
        gain=gain,
    )


def _values(
    channel: host.Channel, rule: Rule, programme: settings.Programme, since: datetime, until: datetime
) -> dict[str, Any]:
    shipping = programme.points_per_unit if programme.earning_shipping else Decimal(0)
    factor = Decimal(1) if rule.conditions.about_lines else rule.value
    return {
        **sql_values(rule.conditions),
        "channel": channel.id,
        "since": since,
        "until": until,
        "zone": programme.time_zone,
        "net": programme.earning_net,
        "rate": programme.points_per_unit,
        "value": rule.value,
        "exclusive": rule.stacking is Stacking.EXCLUSIVE,
        "shipping_before": shipping,
        "shipping_after": shipping * factor,
    }


def _cost_of(points: int, programme: settings.Programme) -> Decimal | None:
    worth = programme.worth_of(points)
    return None if worth is None else worth.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
