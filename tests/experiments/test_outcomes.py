"""Outcomes: frozen once when their time has come, the same for both arms, and never changed afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from saleor_reciprocity import erasure, following, host, identity
from saleor_reciprocity.experiments import trust
from saleor_reciprocity.experiments.models import Assignment, Outcome, Plan
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points.models import Account, OrderTerms
from saleor_reciprocity.reports import owed
from saleor_reciprocity.surprises import campaigns, due, queries
from saleor_reciprocity.surprises.models import Campaign, Draw

from .. import hosts, turns
from ..surprises.shop import campaign, draw_of, on_occasion
from .followed import BEGIN, NOW, SHARE, a_plan, addresses_of, buy, day, frozen


@pytest.mark.parametrize("change", ["UPDATE {} SET share = 0.3", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_what_was_planned_and_what_was_found(change: str, db: Any) -> None:
    a_plan()
    Outcome.objects.create(
        question="programme", unit=1, day=NOW.date(), held_out=False, share="0.2", stratum=0, frozen_at=NOW
    )
    for table in ("reciprocity_plan", "reciprocity_outcome"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(table))
    assert (Plan.objects.get().share, Outcome.objects.get().share) == (Decimal("0.2"), Decimal("0.2"))


def test_a_return_counts_within_ninety_days_and_not_a_second_later(clock: Any, shop: Any) -> None:
    for name, days, expected in (("a", 0.5, 0), ("b", 90, 90), ("c", 90.0001, None), ("d", None, None)):
        person = next(addresses_of(False, name=name))
        buy(clock, 0, person)
        if days is not None:
            buy(clock, days, person)
        following.freeze(day(98))
        unit = Assignment.objects.get(person=identity.email_hash(person)).pk
        outcome = Outcome.objects.get(question="programme", unit=unit)
        assert (outcome.day, outcome.held_out, outcome.share) == (date(2026, 4, 1), False, Decimal("0.5"))
        assert outcome.returned_after == expected, name


def test_both_arms_are_followed_by_the_same_rule(clock: Any, shop: Any) -> None:
    for held_out in (False, True):
        person = next(addresses_of(held_out))
        buy(clock, 1, person)
        buy(clock, 31, person)
    following.freeze(day(99))
    rows = Outcome.objects.filter(question="programme").order_by("held_out")
    assert [(row.held_out, row.returned_after, row.day) for row in rows] == [
        (False, 30, date(2026, 4, 2)),
        (True, 30, date(2026, 4, 2)),
    ]


def test_nothing_is_frozen_before_its_time_and_nothing_twice(clock: Any, shop: Any) -> None:
    buy(clock, 0, next(addresses_of(True)))
    assert following.freeze(day(96.99)) == 0
    assert following.freeze(day(97)) == 1
    assert following.freeze(day(97)) == following.freeze(day(500)) == 0
    assert Outcome.objects.count() == 1


def test_what_changes_after_freezing_changes_nothing(clock: Any, shop: Any) -> None:
    person = next(addresses_of(True))
    buy(clock, 0, person)
    order = buy(clock, 10, person, "30")
    before = frozen()
    hosts.cancel(order)
    hosts.order(person, [("10", 1)], placed_at=day(5))
    following.freeze(day(200))
    after = Outcome.objects.get()
    assert (after.returned_after, after.money) == (before.returned_after, before.money) == (10, Decimal(30))


def test_a_cancelled_order_is_no_return(clock: Any, shop: Any) -> None:
    person = next(addresses_of(False))
    buy(clock, 0, person)
    hosts.cancel(buy(clock, 10, person))
    assert frozen().returned_after is None


def test_a_user_who_changes_the_address_is_followed_once(clock: Any, shop: Any) -> None:
    user = hosts.customer(next(addresses_of(False)))
    buy(clock, 0, user)
    user.email = next(addresses_of(True, name="other"))
    user.save()
    buy(clock, 7, user)
    assert Assignment.objects.count() == 2
    following.freeze(day(300))
    assert [row.returned_after for row in Outcome.objects.filter(question="programme")] == [7]
    assert [row.returned_after for row in Outcome.objects.filter(question="gift")] == [7]


def test_an_order_of_a_user_counts_whatever_the_address_is_by_then(clock: Any, shop: Any) -> None:
    user = hosts.customer(next(addresses_of(False)))
    buy(clock, 0, user)
    user.email = next(addresses_of(True, name="other"))
    user.save()
    hosts.order(user, [("10", 1)], placed_at=day(7))
    assert frozen().returned_after == 7


def test_the_orders_of_accounts_that_were_merged_are_of_one_person(clock: Any, shop: Any) -> None:
    guest, user = next(addresses_of(False)), hosts.customer("ada@example.com")
    buy(clock, 0, guest)
    other = hosts.order(user, [("10", 1)], placed_at=day(3))
    clock.move_to(day(4))
    turns.settle(points, host.order_id(other), day(4))
    accounts.merge_people(host.Person(None, guest, False), host.person(user), "user:1", day(5))
    assert frozen().returned_after == 3


def test_an_order_of_somebody_who_is_followed_is_nobody_elses(clock: Any, shop: Any) -> None:
    """Two people with one account by a merger: an order is of the person whose address it has."""
    people = [next(addresses_of(False, name=name)) for name in "ab"]
    buy(clock, 0, people[0])
    buy(clock, 1, people[1])
    accounts.merge_people(*(host.Person(None, email, False) for email in people), "user:1", day(2))
    buy(clock, 31, people[1])
    following.freeze(day(99))
    assert list(
        Outcome.objects.order_by("unit").filter(question="programme").values_list("returned_after", flat=True)
    ) == [None, 30]


def test_an_order_of_a_shared_account_is_the_firsts_whenever_each_is_frozen(clock: Any, shop: Any) -> None:
    """Its address is of neither. Of those who were followed from day 0 and day 20 on it is the first one's."""
    people = [next(addresses_of(False, name=name)) for name in "ab"]
    buy(clock, 0, people[0])
    buy(clock, 20, people[1])
    accounts.merge_people(*(host.Person(None, email, False) for email in people), "user:1", day(21))
    other = hosts.order("c@example.com", [("10", 1)], placed_at=day(31))
    holder = Account.objects.get(merged_into=None)
    OrderTerms.objects.create(
        order_id=host.order_id(other), account=holder, placed_at=day(31), terms={}, channel_id=shop.id, verdict="earns"
    )
    for when in (97.1, 117.1):
        following.freeze(day(when))
    found = Outcome.objects.order_by("unit").filter(question="programme")
    assert [(row.returned_after, row.money) for row in found] == [(31, Decimal(10)), (None, Decimal(0))]


def test_a_point_of_a_plan_costs_what_will_be_redeemed_of_it(clock: Any, channel: Any, monkeypatch: Any) -> None:
    """A point is worth 0.1, and of four points that are given three are redeemed."""
    monkeypatch.setattr(owed, "redeemed_share", lambda until: Decimal("0.75"))
    hosts.configure(channel, active=True, reward_points="50", reward_value="5", holdout_share="0.5")
    campaign(channel, probability=Decimal("0.5"))
    following.plan(BEGIN)
    assert set(Plan.objects.values_list("point_cost", flat=True)) == {Decimal("0.075")}


def test_who_is_erased_is_frozen_at_once_and_leaves_a_row_that_leads_nowhere(clock: Any, shop: Any) -> None:
    person = next(addresses_of(False))
    buy(clock, 0, person)
    buy(clock, 20, person)
    clock.move_to(day(30))
    erasure.erase(host.person_with_email(person), day(30))
    outcome = Outcome.objects.get(question="programme")
    assert (outcome.returned_after, outcome.day, outcome.frozen_at) == (20, date(2026, 4, 1), day(30))
    assert Outcome.objects.filter(question="gift").count() == 1
    assert not Assignment.objects.exclude(person__startswith="erased:").exists()
    assert following.freeze(day(200)) == 0
    assert Outcome.objects.count() == 2


def test_an_order_that_was_forgotten_stands_in_nobodys_way(clock: Any, shop: Any) -> None:
    person = next(addresses_of(True))
    buy(clock, 0, person)
    buy(clock, 12, person)
    OrderTerms.objects.create(order_id="erased:77", account=Account.objects.get(), placed_at=day(1), terms={})
    assert frozen().returned_after == 12


def test_a_deleted_user_is_followed_by_the_address(clock: Any, shop: Any) -> None:
    email = next(addresses_of(True))
    user = hosts.customer(email)
    buy(clock, 0, user)
    buy(clock, 12, user)
    user.delete()
    assert frozen().returned_after == 12


def test_the_strata_are_by_earlier_orders(clock: Any, shop: Any) -> None:
    expected = {0: 0, 1: 1, 2: 2, 3: 2, 4: 3, 8: 3, 9: 4, 20: 4}
    for earlier, stratum in expected.items():
        person = next(addresses_of(True, name=f"of{earlier}-"))
        for number in range(earlier):
            hosts.order(person, [("10", 1)], placed_at=day(-300 + number))
        buy(clock, 0, person)
        following.freeze(day(98))
        unit = Assignment.objects.get(person=identity.email_hash(person)).pk
        assert Outcome.objects.get(unit=unit, question="programme").stratum == stratum, earlier


def test_the_gift_question_follows_the_first_ticket_of_each_person_who_is_not_held_out(clock: Any, shop: Any) -> None:
    person = next(addresses_of(False))
    first = draw_of(buy(clock, 0, person))
    for when in (1, 2, 3):
        buy(clock, when, person)
    buy(clock, 0, next(addresses_of(True)))
    outcome = frozen("gift")
    assert (outcome.unit, outcome.held_out, outcome.share) == (first.pk, first.outcome == "no", Decimal("0.5"))
    assert outcome.returned_after == 1


def test_an_occasion_is_followed_from_its_draw_on_and_the_next_order_is_the_outcome(clock: Any, shop: Any) -> None:
    """The person of the first draw is followed by it, whatever is drawn for an order later."""
    person = next(addresses_of(False))
    buyer = hosts.customer(person)
    campaigns.end(Campaign.objects.get().pk, day(0))
    on_occasion(shop, "win back", after_days=30, probability=Decimal("0.25"))
    buy(clock, 1, buyer)
    clock.move_to(day(31.5))
    due.look(day(31.5))
    campaign(shop, probability=Decimal("0.5"))
    buy(clock, 40, buyer)
    made = Draw.objects.order_by("drawn_at").first()
    assert made is not None
    outcome = frozen("gift", until=31.5 + 97.1)
    assert (outcome.unit, outcome.held_out, outcome.share) == (made.pk, made.outcome == "no", Decimal("0.75"))
    assert (outcome.returned_after, outcome.day) == (8, day(31.5 + 90).date())
    came_back = (0, 0, 1, 1) if made.outcome == "no" else (1, 1, 0, 0)
    assert queries.followed([made.campaign_id]) == {made.campaign_id: came_back}
    assert frozen("programme", until=31.5 + 97.1).returned_after == 8
    assert [trust.reproducible(question).outcome for question in ("gift", "programme")] == ["passed", "passed"]
    assert trust.complete("gift", day(31.5 + 97.2)).outcome == "passed"


def test_who_is_held_out_of_an_occasion_is_followed_like_the_others(clock: Any, shop: Any) -> None:
    buyer = hosts.customer(next(addresses_of(True)))
    campaigns.end(Campaign.objects.get().pk, day(0))
    on_occasion(shop, "win back", after_days=30)
    buy(clock, 1, buyer)
    due.look(day(31.5))
    buy(clock, 40, buyer)
    outcome = frozen(until=31.5 + 97.1)
    assert (outcome.held_out, outcome.returned_after, outcome.day) == (True, 8, day(31.5 + 90).date())


def test_one_row_that_fails_keeps_no_other_from_being_frozen(clock: Any, shop: Any, caplog: Any) -> None:
    people = list(islice(addresses_of(True), 5))
    for person in people:
        buy(clock, 0, person)
    bad = Assignment.objects.get(person=identity.email_hash(people[2])).pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION reciprocity_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.unit = {bad} THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER bad BEFORE INSERT ON reciprocity_outcome FOR EACH ROW EXECUTE PROCEDURE reciprocity_fail()"
        )
    assert following.freeze(day(98)) == 4
    assert f"What became of programme {bad} could not be frozen" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER bad ON reciprocity_outcome; DROP FUNCTION reciprocity_fail()")
    assert following.freeze(day(99)) == 1


def test_a_shop_with_a_past_follows_from_its_upgrade_on_those_whose_window_is_not_over(
    clock: Any, channel: host.Channel
) -> None:
    """Of the others everybody could have looked up already what became of them."""
    hosts.configure(channel, active=True, holdout_share=str(SHARE))
    campaign(channel, probability=Decimal("0.5"))
    people = islice(addresses_of(True), 3)
    for when, person in zip((0, 11, 100), people):
        buy(clock, when, person)
    following.plan(day(100))
    plan = Plan.objects.get(question="programme")
    assert (plan.start, plan.evaluation) == (date(2026, 4, 11), date(2027, 1, 13))
    following.freeze(day(300))
    assert list(Outcome.objects.order_by("day").values_list("day", flat=True)) == [date(2026, 4, 12), date(2026, 7, 10)]


def test_a_plan_is_made_once(clock: Any, shop: Any) -> None:
    assert set(Plan.objects.values_list("question", "share", "level", "planned_people", "prior_rate")) == {
        ("programme", Decimal("0.5"), Decimal("0.05"), 1000, 0.25),
        ("gift", Decimal("0.5"), Decimal("0.025"), 1000, 0.25),
    }
    following.plan(day(50))
    assert set(Plan.objects.values_list("made_at", flat=True)) == {BEGIN}
    hosts.configure(shop, survey_question="csat", survey_holdout_share="0.1")
    following.plan(day(60))
    survey = Plan.objects.get(question="survey")
    assert (survey.made_at, survey.share, survey.level) == (day(60), Decimal("0.1"), Decimal("0.025"))


def test_the_export_says_what_became_of_the_person(clock: Any, shop: Any) -> None:
    person = next(addresses_of(False))
    buy(clock, 0, person)
    buy(clock, 12, person)
    following.freeze(day(98))
    held = erasure.export(host.person_with_email(person))
    (assigned,) = held["experiments"]
    assert [(row["question"], row["returned_after"]) for row in assigned["outcomes"]] == [("programme", 12)]
    of_draws = [[row["question"] for row in made["outcomes"]] for made in held["surprises"]]
    assert of_draws == [["gift"], []]
