"""What the report costs: a shop of so many orders, a fifth as many people, and all that the plugin knows of them.

The base is the least that could be done: each row that the report looks at is read once, by a bare count.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_reciprocity import digests, host, identity
from saleor_reciprocity.experiments import trust
from saleor_reciprocity.experiments.evidence import GIFT, LEVELS, PROGRAMME, SURVEY
from saleor_reciprocity.experiments.models import Plan
from saleor_reciprocity.reports import report
from tests.surprises.shop import campaign

from . import history
from .ratio import Once
from .shop import settle_down

LONGEST = 10.0  # seconds
ORDERS_OF_ONE = 5
DAYS, SPAN = 700, 600  # of the past, and in which people come
SHARE, PROBABILITY = Decimal("0.2"), Decimal("0.3")

_KEY = digests.INSTALLATION_KEY
# Each person with an account that has five earnings; of every second one 100 points were redeemed from three of them.
_PEOPLE = f"""
CREATE TEMP TABLE bench_person AS
SELECT n, user_id, person, begin, get_byte(byte, 0) AS chance, get_byte(byte, 1) AS after
FROM (SELECT row_number() OVER (ORDER BY u.id) AS n, u.id AS user_id, {digests.digest("key", "u.email")} AS person,
    %(begin)s + %(span)s * (row_number() OVER (ORDER BY u.id))::float8 / %(people)s AS begin
  FROM account_user u CROSS JOIN {_KEY} key WHERE u.email LIKE 'past-%%') u,
  LATERAL (SELECT decode(substr(person, 9, 4), 'hex') AS byte) b;
INSERT INTO reciprocity_account (user_id, email_hash, available, pending, debt, version, created_at, had_user)
SELECT user_id, person, CASE WHEN n %% 2 = 0 THEN 100 ELSE 200 END, 0, 0, 6 - n %% 2, begin, true FROM bench_person;
CREATE TEMP TABLE bench_account AS SELECT p.*, a.id AS account_id FROM bench_person p
  JOIN reciprocity_account a ON a.user_id = p.user_id;
INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after, pending_after, source,
  order_id, reason, actor, happened_at, written_at)
SELECT account_id, k, CASE WHEN k = 6 THEN 'redemption' ELSE 'earned' END, CASE WHEN k = 6 THEN -100 ELSE 40 END, 0,
  CASE WHEN k = 6 THEN 100 ELSE 40 * k END, 0, 'bench:' || account_id || ':' || k, '', '', '',
  begin + k * interval '16 days', now()
FROM bench_account, generate_series(1, 6) k WHERE k < 6 OR n %% 2 = 0;
INSERT INTO reciprocity_lot (account_id, order_id, channel_id, points, remaining, earned_at, expires_at, qualifies)
SELECT e.account_id, '', %(channel)s, 40, CASE WHEN a.n %% 2 = 1 OR e.version > 3 THEN 40 WHEN e.version = 3 THEN 20
  ELSE 0 END, e.happened_at, e.happened_at + interval '730 days', true
FROM reciprocity_entry e JOIN bench_account a USING (account_id) WHERE e.kind = 'earned';
INSERT INTO reciprocity_lotuse (entry_id, lot_id, points)
SELECT e.id, l.id, l.remaining - 40 FROM reciprocity_entry e JOIN reciprocity_lot l USING (account_id)
WHERE e.kind = 'redemption' AND l.remaining < 40;
INSERT INTO reciprocity_reward (channel_id, kind, name, points, value, currency, is_active, is_standard, taken,
  returns_points, tier) VALUES (%(channel)s, 'voucher', 'Bench', 100, 5, %(currency)s, true, false, 0, true, '');
INSERT INTO reciprocity_redemption (account_id, reward_id, entry_id, key, kind, code, points, value, currency,
  channel_id, created_at, state, returns_points, from_stock, used_by_order)
SELECT e.account_id, (SELECT max(id) FROM reciprocity_reward), e.id, 'bench', 'voucher', 'B' || e.id, 100, 5,
  %(currency)s, %(channel)s, e.happened_at, 'used', true, false, '' FROM reciprocity_entry e WHERE e.kind = 'redemption'
"""
# Arms and tickets are those that the keys give; a quarter of the people comes back.
_FOLLOWED = f"""
INSERT INTO reciprocity_assignment (person, experiment, held_out, share, assigned_at)
SELECT p.person, x, {digests.digest("key", "x || ':' || p.person")} COLLATE "C" < %(held_out)s, %(share)s, p.begin
FROM bench_person p CROSS JOIN {_KEY} key CROSS JOIN unnest(ARRAY['surprises', 'surveys']) x;
INSERT INTO reciprocity_draw (campaign_id, order_id, order_number, person, user_id, address, ticket, choices, outcome,
  prize_id, cost, currency, drawn_at, seal, state, used_by_order, used_by_another)
SELECT c.id, 'bench' || p.n, p.n, p.person, p.user_id, '', CASE WHEN a.held_out THEN '' ELSE t.ticket END, '[]',
  w.outcome,
  CASE WHEN w.outcome = 'won' THEN z.id END, CASE WHEN w.outcome = 'won' THEN 5 ELSE 0 END, %(currency)s, p.begin, '',
  CASE WHEN w.outcome = 'won' THEN 'used' ELSE '' END, '', false
FROM bench_person p JOIN reciprocity_assignment a ON a.person = p.person AND a.experiment = 'surprises'
CROSS JOIN reciprocity_campaign c JOIN reciprocity_prize z ON z.campaign_id = c.id
CROSS JOIN (SELECT {digests.padded("c.secret")} FROM reciprocity_campaign c OFFSET 0) s
CROSS JOIN LATERAL (SELECT {digests.digest("s", "'bench' || p.n")} AS ticket) t
CROSS JOIN LATERAL (SELECT CASE WHEN a.held_out THEN 'held out' WHEN t.ticket COLLATE "C" < %(wins)s THEN 'won'
  ELSE 'no' END AS outcome) w;
INSERT INTO reciprocity_outcome (question, unit, day, held_out, share, stratum, channel_id, returned_after, money,
  treated, frozen_at)
SELECT q.question, q.unit, (p.begin AT TIME ZONE 'UTC')::date + 90, q.held_out, q.share, p.chance %% 5, %(channel)s,
  CASE WHEN p.chance < 64 THEN p.after %% 90 END, CASE WHEN p.chance < 64 THEN p.after ELSE 0 END, false,
  p.begin + interval '97 days'
FROM bench_person p JOIN (
  SELECT 'programme' AS question, id AS unit, person, held_out, share::numeric FROM reciprocity_assignment
    WHERE experiment = 'surprises'
  UNION ALL SELECT 'survey', id, person, held_out, share FROM reciprocity_assignment WHERE experiment = 'surveys'
  UNION ALL SELECT 'gift', d.id, d.person, d.outcome = 'no', 1 - c.probability FROM reciprocity_draw d
    JOIN reciprocity_campaign c ON c.id = d.campaign_id WHERE d.outcome IN ('won', 'no')) q ON q.person = p.person
WHERE p.begin <= %(now)s - interval '97 days';
INSERT INTO reciprocity_invitation (order_id, order_number, channel_id, person, user_id, language, question, state,
  made_at, invited_at)
SELECT 'bench' || n, n, %(channel)s, person, user_id, 'en', 'csat', 'invited', begin, begin FROM bench_person;
INSERT INTO reciprocity_answer (invitation_id, question, score, comment, started_at, answered_at, is_unhappy)
SELECT i.id, 'csat', 1 + p.chance %% 5, '', p.begin, p.begin + interval '1 day', false
FROM reciprocity_invitation i JOIN bench_person p USING (person) WHERE p.after < 128;
INSERT INTO reciprocity_listedproducts (user_id, listed_on, product_ids, share, held_out)
SELECT user_id, %(now)s::date - 7 * week, CASE WHEN chance < 64 THEN thing ELSE 0 END || '{{1,2,3,4,5,6,7,8,9}}'::int[],
  %(share)s, after %% 5 = 0
FROM bench_person, generate_series(1, 4) week, (SELECT max(id) AS thing FROM product_product) p;
DROP TABLE bench_person, bench_account
"""
READ = (
    "order_order", "order_orderline", "account_user", "reciprocity_account", "reciprocity_entry", "reciprocity_lot",
    "reciprocity_lotuse", "reciprocity_redemption", "reciprocity_assignment", "reciprocity_draw", "reciprocity_outcome",
    "reciprocity_invitation", "reciprocity_answer", "reciprocity_listedproducts",
)  # fmt: skip


def measure(channel: host.Channel, orders: int) -> Once:
    """The report of a shop with so many orders, made anew."""
    now = timezone.now()
    make(channel, orders, now)
    settle_down()
    base = _seconds(_read_all)
    scope, parts, began = report.Scope(None, report.last_day(now), now), [0.0], time.perf_counter()
    found = report.made(scope, lambda done: parts.append(time.perf_counter() - began))
    assert found.use is not None
    assert found.use.members == orders // ORDERS_OF_ONE
    assert found.questions[0].state.value != "withheld", found.questions[0].checks
    slowest = max(range(len(report.PARTS)), key=lambda part: parts[part + 1] - parts[part])
    notes = {
        "times reading each row once": round(parts[-1] / base, 1),
        f"s of them for the part {report.PARTS[slowest].__name__[1:]}": round(parts[slowest + 1] - parts[slowest], 2),
    }
    return Once(f"the report over {orders:,} orders and {orders // ORDERS_OF_ONE:,} people", parts[-1], LONGEST, notes)


def make(channel: host.Channel, orders: int, now: datetime) -> None:
    """A shop with so many orders of the last 700 days, and everything that the plugin knows of them, in SQL."""
    past = timedelta(days=DAYS)
    identity.installation_key()
    history.make(orders, now, of_one=ORDERS_OF_ONE, gap=past / orders, shelved=True)
    campaign(channel, probability=PROBABILITY)
    for question, share in ((PROGRAMME, SHARE), (GIFT, 1 - PROBABILITY), (SURVEY, SHARE)):
        _plan(question, share, channel, now - past, orders)
    values = {
        "begin": now - past,
        "span": timedelta(days=SPAN),
        "people": orders // ORDERS_OF_ONE,
        "channel": channel.id,
        "currency": channel.currency,
        "share": SHARE,
        "held_out": trust.limits([SHARE], 64)["limits"][0],
        "wins": trust.limits([PROBABILITY], 32)["limits"][0],
        "now": now,
    }
    with connection.cursor() as cursor:
        for statement in [*_PEOPLE.split(";"), *_FOLLOWED.split(";")]:
            cursor.execute(statement, values)


def _plan(question: str, share: Decimal, channel: host.Channel, begin: datetime, orders: int) -> None:
    Plan.objects.create(
        question=question,
        made_at=begin,
        start=begin.date(),
        evaluation=begin.date() + timedelta(days=277),
        share=share,
        prior_rate=0.25,
        planned_people=orders // ORDERS_OF_ONE // 4 + 1,
        level=Decimal(str(LEVELS[question])),
        currency=channel.currency,
        cap=Decimal(300),
        money_mean=30.0,
        money_variance=2000.0,
    )


def _read_all() -> None:
    with connection.cursor() as cursor:
        for table in READ:
            cursor.execute(f"SELECT count(t.*) FROM {table} t")


def _seconds(do: Any) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin
