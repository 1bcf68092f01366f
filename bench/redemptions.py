"""A redemption, beside the least SQL that could do it, written by hand."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.codes import new_code
from saleor_reciprocity.rewards.models import Reward
from tests import hosts

from .ratio import Row, Timed, in_turns
from .shop import settle_down, switch
from .statements import sent_by

# The voucher of `%(code)s` over `%(value)s`, in the tables of either host, as parts of one statement.
_VOUCHER = (
    """
voucher AS (
  INSERT INTO discount_voucher (name, type, discount_value_type, usage_limit, start_date, apply_once_per_order,
    apply_once_per_customer, countries, only_for_staff, single_use)
  SELECT name, 'entire_order', 'fixed', 1, %(now)s, false, true, '', false, true FROM entry RETURNING id),
listed AS (
  INSERT INTO discount_voucherchannellisting (voucher_id, channel_id, currency, discount_value)
  SELECT id, %(channel)s, 'USD', %(value)s FROM voucher),
named AS (
  INSERT INTO discount_vouchercode (id, voucher_id, code, used, is_active, created_at)
  SELECT gen_random_uuid(), id, %(code)s, 0, true, %(now)s FROM voucher),"""
    if hosts.MULTI_CHANNEL
    else """
voucher AS (
  INSERT INTO discount_voucher (name, code, discount_value, currency, type, discount_value_type, usage_limit, used,
    start_date, apply_once_per_order, apply_once_per_customer, countries)
  SELECT name, %(code)s, %(value)s, 'USD', 'entire_order', 'fixed', 1, 0, %(now)s, false, false, '' FROM entry),"""
)
# Whoever wants points waits for the account; what it has and what the reward costs is read at once.
_LOCK = """
SELECT a.id, a.available, a.pending, a.version, l.id, r.points, r.value, r.name
FROM reciprocity_account a JOIN reciprocity_lot l ON l.account_id = a.id AND l.remaining > 0
CROSS JOIN reciprocity_reward r WHERE a.user_id = %(user)s AND r.id = %(reward)s FOR UPDATE OF a
"""
# The debit, the lot that it empties, the code, the voucher, the redemption and the wish for the mail.
_WRITE = f"""
WITH account AS (
  UPDATE reciprocity_account SET available = available - %(points)s, version = version + 1 WHERE id = %(account)s),
entry AS (
  INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
    order_id, reason, actor, happened_at, written_at)
  VALUES (%(account)s, %(version)s, 'redemption', -%(points)s, 0, %(balance)s, %(pending)s,
    'redemption:' || %(account)s || ':' || %(key)s, '', %(name)s, 'user:' || %(user)s, %(now)s, %(now)s)
  RETURNING id, reason AS name),
lot AS (UPDATE reciprocity_lot SET remaining = remaining - %(points)s WHERE id = %(lot)s),
used AS (INSERT INTO reciprocity_lotuse (entry_id, lot_id, points) SELECT id, %(lot)s, -%(points)s FROM entry),
issued AS (INSERT INTO reciprocity_issuedcode (code) VALUES (%(code)s)),
{_VOUCHER}
redemption AS (
  INSERT INTO reciprocity_redemption (account_id, reward_id, entry_id, key, kind, code, points, value, currency,
    channel_id, created_at, state, returns_points, from_stock, used_by_order)
  SELECT %(account)s, %(reward)s, id, %(key)s, 'voucher', %(code)s, %(points)s, %(value)s, 'USD', %(channel)s, %(now)s,
    'unused', true, false, '' FROM entry RETURNING id)
INSERT INTO reciprocity_mail (kind, source, person, user_id, is_guest, order_id, channel_id, language, context,
  wanted_at, due_at, expires_at, state, reason, next_at, attempts, route, basis, message_id)
SELECT 'redemption', 'redemption:' || id, %(person)s, %(user)s, false, '', %(channel)s, '',
  jsonb_build_object('redemption', id), %(now)s, %(now)s, %(now)s::timestamptz + interval '7 days', 'waiting', '',
  %(now)s, 0, '', '', '' FROM redemption
"""


def measure(channel: host.Channel, pairs: int) -> Row:
    """Time one customer's redemptions, from the call to after the commit.

    By hand means: whoever knew beforehand that there is one reward, one lot and nothing to refuse needs two statements
    in a transaction, sent through a cursor of the driver itself. They write every row that a redemption writes.
    """
    switch(True)
    user = hosts.customer("redeems@example.com")
    order = hosts.order(user, [("1000000", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(user), Reward.objects.get()
    driver = connection.get_new_connection(connection.get_connection_params())

    def redeem() -> Any:
        return redemption.redeem(person, reward.pk, secrets.token_hex(16), now=timezone.now())

    def prepare_by_hand() -> Timed:
        known = {"user": user.pk, "reward": reward.pk, "channel": channel.id, "person": "0" * 64}
        made = {"key": secrets.token_hex(16), "code": new_code(host.VOUCHER_CODE_LENGTH), "now": timezone.now()}
        return lambda: by_hand(driver, {**known, **made})

    redeem()
    settle_down()
    row = in_turns(
        "redemption ÷ the least SQL by hand",
        2,
        lambda: redeem,
        prepare_by_hand,
        pairs=pairs,
        warm_up=50,
        notes={"statements, with BEGIN and COMMIT": len(sent_by(redeem)), "by hand": 4},
    )
    driver.close()
    redeemed = Entry.objects.filter(kind="redemption").count()
    assert redeemed == 2 * (pairs + 50) + 2, "not every turn redeemed"
    assert Account.objects.get(user=user).available == 1_000_000 - redeemed * reward.points
    return row


def by_hand(driver: Any, values: dict[str, Any]) -> None:
    """Redeem a customer's points with two statements."""
    with driver.cursor() as cursor:
        cursor.execute(_LOCK, values)
        account, available, pending, version, lot, points, value, name = cursor.fetchone()
        figures = {"account": account, "pending": pending, "version": version + 1, "lot": lot, "name": name}
        cursor.execute(_WRITE, {**values, **figures, "points": points, "value": value, "balance": available - points})
    driver.commit()
