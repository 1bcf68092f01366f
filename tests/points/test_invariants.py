"""What `reciprocity_check` proves of rules, bonuses and tiers: each rule finds what breaks it, and names it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from datetime import timezone as tz
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host, invariants
from saleor_reciprocity.points import bonuses
from saleor_reciprocity.points import invariants as points
from saleor_reciprocity.points.earning import rulebook
from saleor_reciprocity.points.earning.rules import Trigger
from saleor_reciprocity.points.models import Lot, OrderTerms
from saleor_reciprocity.points.tiers import standing
from saleor_reciprocity.points.tiers.models import AccountTier

from .. import hosts
from .programmes import account_of, bought, ladder, rule, settled

DAY = timedelta(days=1)

# What to break, by the beginning of the title of the invariant that must find it.
BREAKS = {
    "what an entry takes": """INSERT INTO reciprocity_entry (account_id, version, kind, points, pending, balance_after,
        pending_after, source, order_id, reason, actor, happened_at, written_at)
      SELECT id, version + 1, 'clawback', -5, 0, available - 5, 0, 'a theft', '', '', '', now(), now()
      FROM reciprocity_account""",
    "an entry moves the lots": """WITH other AS (
        INSERT INTO reciprocity_account (available, pending, debt, version, created_at, had_user)
        VALUES (0, 0, 0, 0, now(), false) RETURNING id), lot AS (
        INSERT INTO reciprocity_lot (account_id, order_id, channel_id, points, remaining, earned_at, qualifies)
        SELECT id, '', '', 5, 5, now(), false FROM other RETURNING id)
      INSERT INTO reciprocity_lotuse (entry_id, lot_id, points)
      SELECT e.id, lot.id, -5 FROM lot, (SELECT id FROM reciprocity_entry LIMIT 1) e""",
    "the points of an order": "UPDATE reciprocity_orderterms SET order_id = 'another'",
    "the versions of a rule": "UPDATE reciprocity_earningruleversion SET number = number + 1",
    "what an order's terms say": "UPDATE reciprocity_earningruleversion SET value = value + 1 WHERE trigger = 'order'",
    "each bonus that no order": "UPDATE reciprocity_earningruleversion SET value = value + 1 WHERE trigger = 'survey'",
    "nobody had two birthdays": """INSERT INTO reciprocity_entry (account_id, version, kind, points, pending,
        balance_after, pending_after, source, order_id, reason, actor, happened_at, written_at)
      SELECT account_id, 100 + n, 'bonus', 1, 0, 0, 0, 'bonus:0:birthday:' || n, '', '', '',
        now() + n * interval '1 day', now()
      FROM reciprocity_entry, generate_series(1, 2) n WHERE reciprocity_entry.source LIKE 'bonus:%'""",
    "a customer's tier is one": "UPDATE reciprocity_accounttier SET code = 'gold'",
    "every move between tiers": "UPDATE reciprocity_tierchange SET from_code = 'gold'",
    "a tier that is looked at": "UPDATE reciprocity_lot SET points = 10, remaining = 10",
}


# The same for the books: somebody writes in the tables by hand, with the triggers off.
DAMAGES = {
    "the balance is the sum": "UPDATE reciprocity_account SET available = available + 1",
    "the available points are": "UPDATE reciprocity_lot SET remaining = remaining - 1",
    "a lot holds what it began": "UPDATE reciprocity_lot SET points = points + 1",
    "no lot that holds points": "UPDATE reciprocity_lot SET expires_at = now() + interval '1 year'",
    "what one account gave away": "UPDATE reciprocity_entry SET source = 'merged from:1:2' WHERE version = 1",
    "the entries of an account": "DELETE FROM reciprocity_entry WHERE version = 2",
    "every entry carries": "UPDATE reciprocity_entry SET balance_after = balance_after + 1",
    "what is noted as posted": "UPDATE reciprocity_orderterms SET earned = earned + 1",
    "what is posted for a settled": "UPDATE reciprocity_orderterms SET terms = jsonb_set(terms, '{bonuses}', '[]')",
}


@pytest.fixture
def shop(programme_on: Any, customer: Any) -> None:
    """A rule of orders with a multiplier and one with a bonus, a bonus for a survey, and a tier that was reached."""
    ladder(("silver", 50, "1"), ("gold", 1000, "1"))
    rule("multiplier", "2", products=[])
    rule("bonus", "7")
    rule("bonus", "25", trigger="survey")
    bought(customer, "60")
    now = timezone.now()
    bonuses.give(host.person(customer), programme_on.id, Trigger.SURVEY, "answer 1", now, now)
    assert standing.tier_of(account_of(customer), now).code == "silver"
    assert json.dumps(OrderTerms.objects.get().terms).count('"A rule"') == 2


@pytest.mark.parametrize("title", [title for title, _ in (*points.RULES, *points.RULES_OF_NOW)])
def test_each_rule_finds_what_breaks_it(title: str, shop: None) -> None:
    assert not dict(invariants.broken(timezone.now()))[title]
    (change,) = [sql for beginning, sql in BREAKS.items() if title.startswith(beginning)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(change)
            assert cursor.rowcount > 0
        assert dict(invariants.broken(timezone.now()))[title]
        transaction.set_rollback(True)


@pytest.mark.parametrize("beginning", DAMAGES)
def test_each_damage_to_the_books_is_found(beginning: str, shop: None) -> None:
    (title,) = [title for title, _rows in invariants.broken(timezone.now()) if title.startswith(beginning)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = 'replica'")
            cursor.execute(DAMAGES[beginning])
            assert cursor.rowcount > 0
        assert dict(invariants.broken(timezone.now()))[title]
        transaction.set_rollback(True)


def test_a_tier_that_the_policy_keeps_is_no_finding(programme_on: Any, customer: Any) -> None:
    for downgrade in ("after grace", "never"):
        ladder(("silver", 50, "1"), downgrade=downgrade, grace_days=30)
    bought(customer, "60")
    order = OrderTerms.objects.get().order_id
    hosts.cancel(hosts.find_order(order))
    settled(hosts.find_order(order))
    assert AccountTier.objects.get().code == "silver"
    assert not [title for title, rows in invariants.broken(timezone.now()) if rows]


def test_a_tier_is_one_of_the_moment_that_is_asked_about(shop: None) -> None:
    ((title, _sql),) = points.RULES_OF_NOW
    may, june = datetime(2020, 5, 31, tzinfo=tz.utc), datetime(2020, 6, 2, tzinfo=tz.utc)
    with transaction.atomic():
        Lot.objects.update(points=10, remaining=10, earned_at=may - 100 * DAY)
        AccountTier.objects.update(look_at=june - DAY)
        assert [row["code"] for row in dict(invariants.broken(may))[title]] == ["silver"], "for 10 points"
        assert dict(invariants.broken(june))[title] == [], "the next look is due"
        transaction.set_rollback(True)


def test_a_rule_may_be_changed_and_ended(programme_on: Any, customer: Any) -> None:
    made = rule("bonus", "7")
    bought(customer, "60")
    rulebook.update(made.rule_id, "user:1", {"value": 9}, timezone.now())
    rulebook.end(made.rule_id, "user:1", timezone.now())
    bought(customer, "60")
    assert not [title for title, rows in invariants.broken(timezone.now()) if rows]
