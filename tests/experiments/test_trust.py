"""Trust: one altered or missing row is found, exactly; an untouched shop is never suspected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Iterator

import pytest
from django.db import connection, transaction

from saleor_reciprocity import erasure, following, host, identity
from saleor_reciprocity import invariants as books
from saleor_reciprocity.experiments import invariants, trust
from saleor_reciprocity.experiments.evidence import PASSED, WITHHELD
from saleor_reciprocity.experiments.models import Assignment, Outcome
from saleor_reciprocity.surprises.models import Draw

from .. import hosts
from ..surprises.shop import campaign, draw_of
from .followed import DAY, addresses_of, an_outcome, buy, day

QUESTIONS = ("programme", "gift", "survey")


@pytest.fixture
def lived_in(clock: Any, shop: Any) -> Iterator[None]:
    """Three people of each arm, one of whom was erased, followed to the end; what a test breaks is whole afterwards."""
    campaign(shop, name="Another", probability=Decimal(1))
    for held_out in (True, False):
        for person in islice(addresses_of(held_out), 3):
            buy(clock, 0, person)
    erasure.erase(host.person_with_email(next(addresses_of(False))), day(1))
    following.freeze(day(98))
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_an_untouched_shop_is_reproducible_and_complete(lived_in: Any) -> None:
    assert [trust.altered(question) for question in QUESTIONS] == [0, 0, 0]
    assert {trust.reproducible(question).outcome for question in QUESTIONS} == {PASSED}
    assert {trust.complete(question, day(98)).outcome for question in QUESTIONS} == {PASSED}
    assert trust.missing("programme", day(98)) == trust.Missing(0, 0, 0, 0)


def test_an_assignment_that_was_altered_is_found(lived_in: Any) -> None:
    row = Assignment.objects.filter(held_out=True).first()
    Assignment.objects.filter(pk=row.pk).update(held_out=False)
    assert trust.altered("programme") == 2  # the key says another arm, and so does the frozen row
    assert trust.reproducible("programme").outcome == WITHHELD


def test_a_share_that_was_altered_afterwards_is_found(lived_in: Any) -> None:
    Assignment.objects.filter(held_out=True).update(share=Decimal("0.6"))
    assert trust.altered("programme") == 3


def test_a_ticket_and_a_draw_that_were_altered_are_found(lived_in: Any) -> None:
    made = Draw.objects.filter(outcome__in=("won", "no"), campaign__probability=Decimal("0.5")).exclude(ticket="")
    Draw.objects.filter(pk=made.first().pk).update(ticket="0" * 64)
    assert trust.altered("gift") >= 1
    assert trust.reproducible("gift").outcome == WITHHELD


def test_an_assignment_that_was_deleted_is_missed(lived_in: Any) -> None:
    Assignment.objects.filter(held_out=True).first().delete()
    assert trust.missing("programme", day(98)).without_assignment == 2  # a draw in each of two campaigns
    assert trust.complete("programme", day(98)).outcome == WITHHELD


def test_an_outcome_that_was_not_frozen_is_missed_after_a_day(clock: Any, shop: Any) -> None:
    buy(clock, 0, next(addresses_of(True)))
    assert trust.missing("programme", day(97.9)).without_outcome == 0
    assert trust.missing("programme", day(98)).without_outcome == 1
    following.freeze(day(98))
    assert trust.missing("programme", day(98)).without_outcome == 0


def test_orders_that_are_nobodys_withhold_from_one_in_twenty_on(clock: Any, shop: Any) -> None:
    clock.move_to(day(1))
    for number in range(19):
        hosts.order(f"somebody{number}@example.com", [("10", 1)], placed_at=day(0.5))
    hosts.order("", [("10", 1)], placed_at=day(0.5))
    assert trust.missing("programme", day(1)) == trust.Missing(0, 0, 1, 20)
    assert trust.complete("programme", day(1)).outcome == PASSED
    hosts.order("", [("10", 1)], placed_at=day(0.5))
    assert trust.complete("programme", day(1)).outcome == WITHHELD


def test_counts_are_of_those_who_are_followed(lived_in: Any) -> None:
    counts = trust.counts("programme", date(2026, 4, 1))
    assert counts.assigned == {Decimal("0.5"): (3, 2)}  # of those who were erased nothing but the outcome is left
    assert counts.mature == {Decimal("0.5"): (3, 3)}
    assert (counts.held_out, counts.held_out_treated, counts.erased) == (3, 0, 1)
    assert counts.first_day == date(2026, 4, 1)


def test_who_is_held_out_and_got_a_gift_is_counted(clock: Any, shop: Any) -> None:
    """By another address with the same user, which was drawn for before anybody could know."""
    email = next(addresses_of(True))
    user = hosts.customer(email)
    buy(clock, 0, user)
    made = draw_of(buy(clock, 1, next(addresses_of(False))))
    campaign(shop, name="Sure", probability=Decimal(1))
    won = draw_of_sure(buy(clock, 2, next(addresses_of(False, name="w"))))
    Draw.objects.filter(pk=won.pk).update(user=user)
    following.freeze(day(100))
    unit = Assignment.objects.get(person=identity.email_hash(email)).pk
    assert Outcome.objects.get(question="programme", unit=unit).treated
    assert trust.counts("programme", date(2026, 4, 3)).held_out_treated == 1
    assert made.pk != won.pk


def test_a_gift_that_comes_with_the_return_has_not_caused_it(clock: Any, shop: Any) -> None:
    """Who drew a blank, came back and won then is a blank as good as any other."""
    person = blank(clock)
    campaign(shop, name="Sure", probability=Decimal(1))
    assert draw_of_sure(buy(clock, 10, person)).outcome == "won"
    outcome = frozen_of(person)
    assert (outcome.held_out, outcome.returned_after, outcome.treated) == (True, 10, False)
    assert trust.counts("gift", date(2026, 4, 1)).held_out_treated == 0


def frozen_of(person: str) -> Outcome:
    following.freeze(day(98))
    first = Draw.objects.filter(person=identity.email_hash(person)).order_by("drawn_at", "pk").first()
    return Outcome.objects.get(question="gift", unit=first.pk)


def blank(clock: Any) -> str:
    """Somebody whose first draw was a blank."""
    for person in addresses_of(False, name="blank"):
        if draw_of(buy(clock, 0, person)).outcome == "no":
            return person
    raise AssertionError


def draw_of_sure(order: Any) -> Draw:
    return Draw.objects.get(order_id=host.order_id(order), campaign__name="Sure")


def test_a_shop_whose_orders_stopped_is_stale(clock: Any, shop: Any) -> None:
    assert trust.staleness(day(0)) == (None, 0.0)
    for when in (1, 2, 4, 7):
        hosts.order("ada@example.com", [("10", 1)], placed_at=day(when))
    assert trust.staleness(day(30)) == (date(2026, 1, 8), 2.0)


def test_a_frozen_row_that_says_another_arm_is_found(lived_in: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reciprocity_outcome DISABLE TRIGGER USER")
        cursor.execute("UPDATE reciprocity_outcome SET held_out = NOT held_out WHERE question = 'gift'")
        cursor.execute("ALTER TABLE reciprocity_outcome ENABLE TRIGGER USER")
    assert (trust.altered("programme"), trust.altered("gift")) == (0, 2)


@pytest.mark.parametrize("question", ["programme", "gift"])
@pytest.mark.parametrize("change", ["held_out = NOT held_out", "share = share / 2", "day = day + 1"])
def test_the_proof_of_the_books_finds_a_frozen_row_that_was_changed(lived_in: Any, question: str, change: str) -> None:
    ((title, _sql),) = invariants.RULES
    assert not [found for found, rows in books.broken(day(98)) if rows]
    known = Draw.objects.filter(outcome__in=("won", "no")) if question == "gift" else Assignment.objects
    unit = known.exclude(person__startswith="erased:").earliest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        changed = f"UPDATE reciprocity_outcome SET {change} WHERE (question, unit) = (%s, %s)"  # noqa: S608
        cursor.execute(changed, [question, unit])
        assert cursor.rowcount == 1
    (row,) = dict(books.broken(day(98)))[title]
    assert (row["question"], row["unit"]) == (question, unit)


def test_outcomes_of_no_question_are_counted_nowhere(db: Any) -> None:
    an_outcome(1, True)
    assert trust.counts("gift", DAY).mature == {}
