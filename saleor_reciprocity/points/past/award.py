"""Past orders: awards many at once, in a handful of statements, what `orders.award_past` gives one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Collection, Mapping, Sequence

from django.db import connection, transaction

from saleor_reciprocity import host
from saleor_reciprocity.settings import Programme

from .. import expiry, merging
from ..earning.rules import Rule
from ..earning.terms import EARNS, PROGRAMME_OFF
from ..models import Account
from .accounts import accounts_of, known
from .due import reckon

_PEOPLE = f"SELECT o.order_id, o.user_id, o.email FROM ({host.SOLD_ORDERS} AND {host.CHOSEN_ORDERS}) o"  # noqa: S608

_WRITE = """
WITH due AS (SELECT * FROM past_due WHERE NOT is_odd),
agreed AS (
  INSERT INTO reciprocity_orderterms (order_id, order_number, account_id, channel_id, currency, placed_at, verdict,
    terms, pending, earned, kept, postings, matures_at)
  SELECT order_id, number, account_id, %(channel)s, currency, placed_at, %(earns)s, terms, pending, earned, 0, 1,
    matures_at FROM due ORDER BY placed_at, order_id
  ON CONFLICT (order_id) DO NOTHING RETURNING order_id),
posted AS (
  SELECT d.*, row_number() OVER so_far AS place, sum(d.earned) OVER so_far AS earned_so_far,
    sum(d.pending) OVER so_far AS pending_so_far
  FROM due d JOIN agreed USING (order_id)
  WINDOW so_far AS (PARTITION BY d.account_id ORDER BY d.placed_at, d.order_id)),
entries AS (
  INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
    order_id, reason, actor, happened_at, written_at)
  SELECT a.id, a.version + p.place, CASE WHEN p.earned > 0 THEN 'earned' ELSE 'pending' END, p.earned, p.pending,
    a.available - a.debt + p.earned_so_far, a.pending + p.pending_so_far, 'order:' || p.order_id || ':1', p.order_id,
    '#' || p.number, '', %(now)s, %(now)s
  FROM posted p JOIN reciprocity_account a ON a.id = p.account_id ORDER BY p.placed_at, p.order_id),
lots AS (
  INSERT INTO reciprocity_lot (account_id, order_id, channel_id, points, remaining, earned_at, expires_at, qualifies)
  SELECT account_id, order_id, %(channel)s, earned, earned, %(now)s, %(expires_at)s::timestamptz, true
  FROM posted WHERE earned > 0 ORDER BY placed_at, order_id),
accounts AS (
  UPDATE reciprocity_account a SET available = a.available + p.earned, pending = a.pending + p.pending,
    version = a.version + p.entries,
    next_expiry_at = least(a.next_expiry_at, CASE WHEN p.earned > 0 THEN %(expires_at)s::timestamptz END)
  FROM (SELECT account_id, sum(earned) AS earned, sum(pending) AS pending, count(*) AS entries
    FROM posted GROUP BY account_id) p WHERE p.account_id = a.id),
settled AS (
  INSERT INTO reciprocity_settledorder (order_id, fingerprint, attempts, error, settled_at, erased)
  SELECT order_id, fingerprint, 0, '', %(now)s, false FROM posted
  ON CONFLICT (order_id) DO UPDATE SET fingerprint = excluded.fingerprint, attempts = 0, error = '', retry_at = NULL,
    settled_at = excluded.settled_at)
"""
# What an earlier look noted, of orders that are awarded now.
_FORGET = """
DELETE FROM reciprocity_orderterms t USING past_due d
WHERE NOT d.is_odd AND t.order_id = d.order_id AND t.verdict = %(off)s AND t.account_id IS NULL
"""
_SUM = """
SELECT count(*), coalesce(sum(earned), 0)::bigint, coalesce(sum(pending), 0)::bigint,
  coalesce(array_agg(DISTINCT person), '{{}}') FROM {of}
"""


@dataclass
class Award:
    """What past orders were given, or would be. `left` have to go one by one."""

    orders: int = 0
    points: int = 0
    pending: int = 0
    people: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)


def award(
    channel: host.Channel,
    order_ids: Sequence[str],
    programme: Programme,
    in_force: Sequence[Rule],
    now: datetime,
) -> Award:
    """Award those of these orders that were not, in a transaction of its own. Once, whoever asks.

    Accounts are made before: whoever makes one holds it, and they are to be locked in their order.
    """
    people = _people(order_ids)
    accounts = accounts_of(people.values(), now)
    with transaction.atomic():
        held = _lock(accounts.values(), now)
        theirs = {order_id: accounts[person] for order_id, person in people.items() if accounts.get(person) in held}
        reckon(theirs, programme, in_force, now)
        written = _write(channel, now)
        written.left += people.keys() - theirs.keys()
        return written


def rehearse(order_ids: Sequence[str], programme: Programme, in_force: Sequence[Rule], now: datetime) -> Award:
    """What `award` would give. Nothing is written."""
    with transaction.atomic():
        people = _people(order_ids)
        accounts = known(people.values(), now)
        theirs = {order_id: accounts.get(person) for order_id, person in people.items()}
        reckon(theirs, programme, in_force, now)
        found = _sum("past_due WHERE NOT is_odd")
        transaction.set_rollback(True)
        return found


def _people(order_ids: Sequence[str]) -> dict[str, host.Person]:
    """Who placed which of the orders that count, where that is known."""
    rows = _rows(_PEOPLE, {"order_ids": list(order_ids)})
    people = host.people({user_id for _order_id, user_id, _email in rows if user_id is not None})
    return {
        order_id: people[user_id] if user_id is not None else host.person_with_email(email)
        for order_id, user_id, email in rows
        if user_id in people or (user_id is None and email)
    }


def _lock(account_ids: Collection[int], now: datetime) -> set[int]:
    """Lock accounts, in their order, and write off what has ended there. Returns those that are still somebody's."""
    merging.hold_users_of(account_ids)
    rows = Account.objects.select_for_update().filter(pk__in=set(account_ids), merged_into=None, erased_at=None)
    held = dict(rows.order_by("pk").values_list("pk", "next_expiry_at"))
    ended = [pk for pk, ends_at in held.items() if ends_at is not None and ends_at <= now]
    if ended:
        expiry.write_off(ended, now)
    return set(held)


def _write(channel: host.Channel, now: datetime) -> Award:
    """Write what is in `past_due`: terms, entries, lots, accounts, and that the orders were settled."""
    asked = {
        "channel": channel.id,
        "earns": EARNS,
        "now": now,
        "expires_at": expiry.of_channel(channel.id, now, now, now),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"off": PROGRAMME_OFF})
    return _sum("posted", _WRITE, asked)


def _sum(of: str, before: str = "", values: Mapping[str, Any] | None = None) -> Award:
    ((orders, points, pending, people),) = _rows(before + _SUM.format(of=of), values)
    left = [
        order_id for (order_id,) in _rows("SELECT order_id FROM past_due WHERE is_odd ORDER BY placed_at, order_id")
    ]
    return Award(orders, points, pending, set(people), left)


def _rows(sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
