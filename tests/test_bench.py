"""The benchmarks run, on few rows, and leave books that are right."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from bench import large, messages, redemptions, reports, volume
from bench.ratio import Once
from saleor_reciprocity.experiments.models import Outcome
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points.models import Account, Entry, LotUse
from saleor_reciprocity.rewards.models import IssuedCode, Redemption

from . import hosts
from .mail.mails import redeemed


@pytest.fixture(autouse=True)
def at_once(monkeypatch: Any, transactional_db: Any) -> None:
    """Nothing is timed here, so nothing has to settle down."""
    for module in (large, redemptions, reports, volume):
        monkeypatch.setattr(module, "settle_down", lambda: None)


def test_a_past_is_made_awarded_and_copied(programme_on: Any) -> None:
    done = large.award_the_past(programme_on, 20)
    assert Account.objects.filter(available=490).count() == 2
    assert done.notes["rows"] >= 20 * 4, "terms, entry, lot and what was settled, of each order"
    assert done.base is not None
    assert done.figure == done.seconds / done.base


def test_due_lots_are_made_and_written_off(programme_on: Any) -> None:
    large.write_off(programme_on, 40)
    assert Entry.objects.filter(kind="expired").count() == 40
    assert set(Account.objects.values_list("available", flat=True)) == {0}


def test_a_sweep_over_settled_orders_finds_nothing(programme_on: Any) -> None:
    assert "over 20 settled orders" in large.sweep_nothing(programme_on, 20).what


def test_a_shop_is_made_and_its_report(programme_on: Any) -> None:
    """What the bench makes has no codes in the host, so it is gone before the books are proved."""
    with transaction.atomic():
        done = reports.measure(programme_on, 100)
        assert (Outcome.objects.filter(question="survey").count(), Entry.objects.count()) == (20, 110)
        transaction.set_rollback(True)
    assert done.what == "the report over 100 orders and 20 people"


def test_an_account_with_many_entries_redeems(programme_on: Any) -> None:
    hosts.site_of_shop()
    redeemed, balance = volume.measure(programme_on, 10, 2)
    assert (redeemed.pairs, balance.pairs) == (2, 2)


def test_a_redemption_by_hand_leaves_what_a_redemption_leaves(programme_on: Any) -> None:
    """Its books are proved after this test, and each of its rows has what ours has beside its numbers."""
    redemptions.measure(programme_on, 2)
    for model in (Redemption, Mail, Entry, LotUse, IssuedCode):
        assert model.objects.count() >= 2 * 52
    rows = Redemption.objects.values("account", "reward", "kind", "points", "value", "currency", "channel_id", "state")
    assert rows.distinct().count() == 1


def test_a_goal_is_in_seconds_where_there_is_no_base() -> None:
    missed = Once("a", 61.0, goal=60, notes={})
    assert missed.cells[:3] == ["a", "61.000 s", "≤ 60 s MISSED"]
    assert Once("b", 8.0, goal=5, base=2.0, notes={}).cells[:3] == ["b", "4.000", "≤ 5 reached"]


def test_messages_of_redemptions_that_were_timed_before_are_not_counted(programme_on: Any, customer: Any) -> None:
    redeemed(customer)
    assert Mail.objects.filter(state="waiting").count() == 1
    messages.forget_what_waits()
    assert Mail.objects.count() == 0
