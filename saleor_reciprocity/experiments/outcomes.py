"""Outcomes: freezes what became of the people whom a question follows, once, when their time has come.

A person's orders are those under the same address, of the same user, and of the same account, whatever was merged into
it; the same rule for both arms. An order that is some other person's by its address is that person's; of two who share
a user or an account it is the one's who was followed first, whenever either is frozen.
"""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any, Iterable, Sequence

from django.db import connection, transaction

from saleor_reciprocity import addresses, digests, host
from saleor_reciprocity.errors import told

from .models import Plan
from .units import BEGAN_WITH, EXPERIMENT, SETTLING, UNITS, WINDOW

logger = logging.getLogger(__name__)

BATCH = 5000

_DUE = """
SELECT u.unit FROM ({units}) u
WHERE u.started_at > %(since)s AND {whose}
  AND NOT EXISTS (SELECT FROM reciprocity_outcome o WHERE o.question = %(question)s AND o.unit = u.unit)
ORDER BY u.started_at, u.unit
"""
_FOLLOWED = """
CREATE TEMP TABLE followed ON COMMIT DROP AS
SELECT u.*, b.channel_id, b.order_id AS began_with
FROM ({units}) u LEFT JOIN LATERAL ({began_with}) b ON true WHERE u.unit = ANY(%(units)s)
"""
# Who is followed, too, and shares a user or an account with somebody of these: to whom the orders belong is decided
# among all of them, and only what is asked for is frozen.
_SHARING = """
INSERT INTO followed SELECT u.*, NULL, NULL FROM ({units}) u WHERE u.started_at > %(since)s
  AND NOT EXISTS (SELECT FROM followed f WHERE f.unit = u.unit) AND u.person IN (
    SELECT d.person FROM known_user k JOIN reciprocity_draw d ON d.user_id = k.user_id
    UNION SELECT i.person FROM known_user k JOIN reciprocity_invitation i ON i.user_id = k.user_id
    UNION SELECT a.email_hash FROM known_account k JOIN reciprocity_account a ON a.id = k.account_id
    UNION SELECT d.person FROM known_account k JOIN reciprocity_orderterms t ON t.account_id = k.account_id
      JOIN reciprocity_draw d ON d.order_id = t.order_id
    UNION SELECT i.person FROM known_account k JOIN reciprocity_orderterms t ON t.account_id = k.account_id
      JOIN reciprocity_invitation i ON i.order_id = t.order_id)
"""
# By which addresses, orders, accounts and users a person is known to us.
_KNOWN = """
CREATE TEMP TABLE known_person ON COMMIT DROP AS
  SELECT f.unit, a.person FROM followed f JOIN reciprocity_assignment a ON a.id = f.root
  UNION SELECT f.unit, a.person FROM followed f JOIN reciprocity_assignment a ON a.repeats_id = f.root;
ANALYZE known_person;
CREATE TEMP TABLE known_order ON COMMIT DROP AS
  SELECT p.unit, d.order_id, d.user_id FROM known_person p JOIN reciprocity_draw d ON d.person = p.person
  UNION SELECT p.unit, i.order_id, i.user_id FROM known_person p JOIN reciprocity_invitation i ON i.person = p.person;
ANALYZE known_order;
CREATE TEMP TABLE known_account ON COMMIT DROP AS
  SELECT k.unit, a.id AS account_id, a.user_id FROM known_order k
    JOIN reciprocity_orderterms t ON t.order_id = k.order_id JOIN reciprocity_account a ON a.id = t.account_id
  UNION SELECT p.unit, a.id, a.user_id FROM known_person p JOIN reciprocity_account a ON a.email_hash = p.person
  UNION SELECT k.unit, a.id, a.user_id FROM known_order k JOIN reciprocity_account a ON a.user_id = k.user_id;
ANALYZE known_account;
CREATE TEMP TABLE known_user ON COMMIT DROP AS
  SELECT unit, user_id FROM known_order WHERE user_id IS NOT NULL
  UNION SELECT unit, user_id FROM known_account WHERE user_id IS NOT NULL;
ANALYZE known_user;
"""
_OF_KNOWN = "known_person, known_order, known_account, known_user, known_address"
_ADDRESSES = f"""
CREATE TEMP TABLE known_address ON COMMIT DROP AS
  SELECT DISTINCT k.unit, {addresses.in_sql("u.email")} AS address
    FROM known_user k JOIN {host.USERS} u ON u.id = k.user_id WHERE u.email <> ''
  UNION SELECT k.unit, o.address FROM known_order k
    JOIN (SELECT s.order_id, {addresses.in_sql("s.user_email")} AS address
      FROM ({host.ORDER_STATES} WHERE {host.CHOSEN_ORDERS}) s) o ON o.order_id = k.order_id
    CROSS JOIN {digests.INSTALLATION_KEY} key
    JOIN known_person p ON p.unit = k.unit AND p.person = {digests.digest("key", "o.address")};
ANALYZE known_address;
INSERT INTO known_user SELECT k.unit, u.id FROM known_address k
  JOIN {host.USERS} u ON {addresses.in_sql("u.email")} = k.address
  WHERE NOT EXISTS (SELECT FROM known_user w WHERE w.unit = k.unit AND w.user_id = u.id);
"""  # noqa: S608 - constants
_ORDERS_OF_ACCOUNTS = """
SELECT t.order_id FROM known_account k JOIN reciprocity_orderterms t ON t.account_id = k.account_id
"""
# Money is what was paid for goods and shipping, without tax, and is not paid back.
_COLUMNS = """s.order_id, s.placed_at, s.person, s.currency, greatest(s.goods + s.shipping - s.refunded, 0)
    * coalesce((s.lines_net + s.shipping_net) / nullif(s.lines_total + s.shipping, 0), 1) AS paid"""
_ORDERS = f"""
CREATE TEMP TABLE followed_order ON COMMIT DROP AS
WITH found AS (
  SELECT k.unit, {_COLUMNS} FROM known_user k JOIN ({host.SOLD_ORDERS}) s ON s.user_id = k.user_id
  UNION SELECT k.unit, {_COLUMNS} FROM known_address k
    JOIN ({host.SOLD_ORDERS}) s ON s.address = k.address AND s.user_id IS NULL
  UNION SELECT k.unit, {_COLUMNS} FROM known_account k
    JOIN reciprocity_orderterms t ON t.account_id = k.account_id
    JOIN ({host.SOLD_ORDERS} AND {host.CHOSEN_ORDERS}) s ON s.order_id = t.order_id)
SELECT DISTINCT ON (o.order_id) o.*, f.started_at,
  o.placed_at > f.started_at AND o.placed_at <= f.started_at + %(window)s
    AND o.order_id IS DISTINCT FROM f.began_with AS is_return
FROM found o JOIN followed f ON f.unit = o.unit CROSS JOIN {digests.INSTALLATION_KEY} key
LEFT JOIN reciprocity_assignment a
  ON a.experiment = %(experiment)s AND a.person = {digests.digest("key", "o.person")}
WHERE coalesce(a.repeats_id, a.id, f.root) = f.root
  AND NOT EXISTS (SELECT FROM reciprocity_settledorder e WHERE e.erased AND e.order_id = o.order_id)
ORDER BY o.order_id, f.started_at, o.unit;
ANALYZE followed_order;
"""  # noqa: S608 - constants
_GIFTS = """
CREATE TEMP TABLE followed_gift ON COMMIT DROP AS
SELECT DISTINCT f.unit, d.id, d.drawn_at AS treated_at,
  CASE WHEN p.kind = 'free product' AND d.state = 'used' AND d.currency = %(currency)s THEN d.cost ELSE 0 END AS cost
FROM followed f JOIN (
  SELECT k.unit, d.id FROM known_person k JOIN reciprocity_draw d ON d.person = k.person
  UNION SELECT k.unit, d.id FROM known_user k JOIN reciprocity_draw d ON d.user_id = k.user_id) k ON k.unit = f.unit
JOIN reciprocity_draw d ON d.id = k.id JOIN reciprocity_prize p ON p.id = d.prize_id
WHERE d.outcome = 'won' AND d.drawn_at >= f.started_at AND d.drawn_at <= f.started_at + %(window)s;
"""
_ASKED = """
SELECT k.unit, i.invited_at AS treated_at FROM known_person k JOIN followed f ON f.unit = k.unit
JOIN reciprocity_invitation i ON i.person = k.person
WHERE i.invited_at >= f.started_at AND i.invited_at <= f.started_at + %(window)s
"""
# Points that the orders of the window earned and kept, whenever they were shipped, and those won or given within it. An
# account that two share is the one's who was followed first, as its orders are.
_POINTS = """
SELECT unit, sum(points) AS points FROM (
  SELECT o.unit, e.points FROM followed_order o JOIN reciprocity_entry e ON e.order_id = o.order_id
  WHERE o.is_return AND e.kind IN ('earned', 'clawback')
  UNION ALL SELECT k.unit, e.points FROM (
    SELECT DISTINCT ON (k.account_id) k.account_id, f.unit, f.started_at FROM (
      SELECT unit, account_id FROM known_account
      UNION SELECT k.unit, m.id FROM known_account k JOIN reciprocity_account m ON m.merged_into_id = k.account_id
    ) k JOIN followed f ON f.unit = k.unit ORDER BY k.account_id, f.started_at, f.unit
  ) k JOIN reciprocity_entry e ON e.account_id = k.account_id
  WHERE e.kind IN ('bonus', 'surprise') AND e.happened_at <= k.started_at + %(window)s
    AND (e.happened_at > k.started_at OR e.kind = 'surprise' AND e.happened_at = k.started_at)) p
GROUP BY unit
"""
# What was paid with points: they counted when they were given.
_WITH_POINTS = """
SELECT o.unit, sum(r.value) AS paid FROM followed_order o JOIN reciprocity_redemption r ON r.used_by_order = o.order_id
WHERE o.is_return AND r.state = 'used' AND r.currency = %(currency)s AND o.currency = r.currency GROUP BY o.unit
"""
# What gifts took off the orders: it lowers what is paid, and all of it is a cost, whatever the goods leave to the shop.
_WITH_GIFTS = """
SELECT o.unit, sum(d.cost) AS paid FROM followed_order o JOIN reciprocity_draw d ON d.used_by_order = o.order_id
JOIN reciprocity_prize p ON p.id = d.prize_id
WHERE o.is_return AND d.state = 'used' AND p.kind NOT IN ('free product', 'points')
  AND d.currency = %(currency)s AND o.currency = d.currency GROUP BY o.unit
"""
_FREEZE = f"""
INSERT INTO reciprocity_outcome (question, unit, day, held_out, share, stratum, channel_id, returned_after, money,
  treated, frozen_at)
SELECT %(question)s, f.unit, (f.started_at AT TIME ZONE 'UTC')::date + %(days)s, f.held_out, f.share,
  width_bucket(coalesce(o.earlier, 0), ARRAY[2, 3, 5, 10]::bigint[]), coalesce(f.channel_id, ''),
  floor(extract(epoch FROM o.returned_at - f.started_at) / 86400),
  greatest(least((coalesce(o.paid, 0) + coalesce(w.paid, 0) + coalesce(v.paid, 0)) * %(margin)s
    - coalesce(v.paid, 0) - coalesce(g.cost, 0) - coalesce(p.points, 0) * %(point_cost)s, 1e12), -1e12),
  coalesce(t.treated_at < coalesce(o.returned_at, 'infinity'), false), %(now)s
FROM followed f
LEFT JOIN (SELECT unit, count(*) FILTER (WHERE placed_at <= started_at) AS earlier,
    min(placed_at) FILTER (WHERE is_return) AS returned_at,
    sum(paid) FILTER (WHERE is_return AND currency = %(currency)s) AS paid
  FROM followed_order GROUP BY unit) o ON o.unit = f.unit
LEFT JOIN (SELECT unit, sum(cost) AS cost FROM followed_gift GROUP BY unit) g ON g.unit = f.unit
LEFT JOIN (SELECT unit, min(treated_at) AS treated_at FROM ({{treated}}) a GROUP BY unit) t ON t.unit = f.unit
LEFT JOIN ({_POINTS}) p ON p.unit = f.unit
LEFT JOIN ({_WITH_POINTS}) w ON w.unit = f.unit
LEFT JOIN ({_WITH_GIFTS}) v ON v.unit = f.unit
WHERE f.unit = ANY(%(units)s)
ORDER BY f.started_at, f.unit
ON CONFLICT (question, unit) DO NOTHING
"""  # noqa: S608 - constants
_TREATED = {"surprises": "SELECT unit, treated_at FROM followed_gift", "surveys": _ASKED}


def freeze(now: datetime) -> int:
    """Freeze all that is due at a moment. Returns how many outcomes were frozen.

    Any number of times, in any number of processes: what is frozen stays. What can't be frozen stops nothing else.
    """
    return sum(_freeze_due(plan, now) for plan in Plan.objects.order_by("pk"))


def freeze_people(persons: Iterable[str], now: datetime) -> int:
    """Freeze at once whoever is known by one of these hashes, because nothing will be known of them any more."""
    wanted = list(persons)
    if not wanted:
        return 0
    return sum(
        _freeze(plan, _due(plan, "u.person = ANY(%(persons)s)", persons=wanted), now)
        for plan in Plan.objects.order_by("pk")
    )


def _freeze_due(plan: Plan, now: datetime) -> int:
    due = _due(plan, "u.started_at <= %(until)s", until=now - WINDOW - SETTLING)
    return sum(_freeze(plan, due[first : first + BATCH], now) for first in range(0, len(due), BATCH))


def _due(plan: Plan, whose: str, **values: Any) -> list[int]:
    """The units that are not frozen yet, of whoever's window was not over when the question was planned."""
    since = plan.made_at - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE.format(units=UNITS[plan.question], whose=whose), {"question": plan.question, "since": since, **values}
        )
        return [unit for (unit,) in cursor.fetchall()]


def _freeze(plan: Plan, units: Sequence[int], now: datetime) -> int:
    """Freeze these; where one of them can't be, the others, found by halves."""
    if not units:
        return 0
    try:
        with transaction.atomic():
            return _freeze_all(plan, units, now)
    except Exception as error:
        if len(units) == 1:  # the others have their turn
            logger.error("What became of %s %s could not be frozen", plan.question, units[0], exc_info=told(error))
            return 0
    middle = len(units) // 2
    return _freeze(plan, units[:middle], now) + _freeze(plan, units[middle:], now)


def _freeze_all(plan: Plan, units: Sequence[int], now: datetime) -> int:
    experiment = EXPERIMENT[plan.question]
    values = {
        "question": plan.question,
        "experiment": experiment,
        "units": list(units),
        "window": WINDOW,
        "days": WINDOW.days,
        "currency": plan.currency,
        "point_cost": Decimal(plan.point_cost),
        "margin": Decimal(plan.margin),
        "since": plan.made_at - WINDOW,
        "now": now,
    }
    units_of = UNITS[plan.question]
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED.format(units=units_of, began_with=BEGAN_WITH[plan.question]), values)
        _know(cursor, values)
        cursor.execute(_SHARING.format(units=units_of), values)
        if cursor.rowcount:
            cursor.execute(f"DROP TABLE {_OF_KNOWN}")
            _know(cursor, values)
        _each(cursor, _ORDERS, {**values, "order_ids": _order_ids(cursor, _ORDERS_OF_ACCOUNTS)})
        _each(cursor, _GIFTS, values)
        cursor.execute(_FREEZE.format(treated=_TREATED[experiment]), values)
        frozen = int(cursor.rowcount)
        _drop(cursor)
        return frozen


def _know(cursor: Any, values: Any) -> None:
    """By which addresses, orders, accounts and users all are known who are followed."""
    _each(cursor, _KNOWN, values)
    _each(cursor, _ADDRESSES, {"order_ids": _order_ids(cursor, "SELECT DISTINCT order_id FROM known_order")})


def _each(cursor: Any, statements: str, values: Any) -> None:
    """Execute statements one by one, as some drivers want it."""
    for statement in filter(None, map(str.strip, statements.split(";"))):
        cursor.execute(statement, values)


def _order_ids(cursor: Any, sql: str) -> list[str]:
    cursor.execute(sql)
    return host.possible_order_ids(order_id for (order_id,) in cursor.fetchall())


def _drop(cursor: Any) -> None:
    """Drop the tables of this batch; the transaction may be the caller's and go on."""
    cursor.execute(f"DROP TABLE followed, {_OF_KNOWN}, followed_order, followed_gift")
