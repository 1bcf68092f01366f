"""A year of a shop in a short time: guests buy through GraphQL, the sweep freezes, the report tells what was so.

The clock of this process goes from order to order, so requests are made in it and not over a wire.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count, islice
from typing import Any, Iterator, NamedTuple

import pytest
from django.db import connection
from django.utils.translation import override
from freezegun import freeze_time
from saleor.warehouse.models import Stock

from demo.storefront import Customer, Shop, Visitor
from saleor_reciprocity import erasure, following, host, identity
from saleor_reciprocity.experiments import assignment, evaluation
from saleor_reciprocity.experiments.models import Assignment, Outcome
from saleor_reciprocity.reports import layout, questions, reading, report
from saleor_reciprocity.reports.values import Question, Report, State

from .. import hosts
from ..storefront import ShopInProcess
from ..surprises.shop import campaign

BEGIN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
HALF = Decimal("0.5")

pytestmark = pytest.mark.timeout(1800)  # some hundred requests


class Guest(NamedTuple):
    """Whether somebody is held out, on which day the first order is placed, and after how many days another one."""

    email: str
    held_out: bool
    day: float
    returns_after: float | None


class Buyer(Customer):
    """Somebody who buys without an account."""

    def __init__(self, shop: Shop, email: str) -> None:
        Visitor.__init__(self, shop)
        self.email = email


@pytest.fixture
def clock(transactional_db: Any) -> Iterator[Any]:
    with freeze_time(BEGIN) as clock:
        yield clock


@pytest.fixture
def opened(clock: Any, channel: host.Channel, settings: Any) -> host.Channel:
    """A shop in which half of the people are held out, and of the others' orders every second wins."""
    settings.RECIPROCITY_HOOK_SECONDS = 600  # however busy the machine is, no order waits for the sweep
    hosts.open_shop(channel)
    Stock.objects.update(quantity=1_000_000)
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", holdout_share=str(HALF))
    campaign(channel, probability=HALF)
    following.plan(BEGIN)
    return channel


def guests(number: int, held_out: bool, returning: int, first: int, share: Decimal = HALF) -> list[Guest]:
    """So many guests of one arm who come within 30 days, of whom so many return, some soon and some late."""
    key = identity.installation_key()
    emails = (f"{'held' if held_out else 'free'}-{first}-{n}@example.com" for n in count())
    chosen = (e for e in emails if assignment.is_held_out(key, "surprises", identity.email_hash(e), share) is held_out)
    return [
        Guest(
            email,
            held_out,
            first + 30 * place / number,
            5 + 80 * (7 * place % number) / number if place < returning else None,
        )
        for place, email in enumerate(islice(chosen, number))
    ]


def live(clock: Any, channel: host.Channel, people: list[Guest]) -> None:
    """Every order of these people, one after the other, as a storefront places it."""
    shop = ShopInProcess(channel.slug)
    (cup,) = Visitor(shop).variants()
    orders = [(guest.day, guest.email) for guest in people]
    orders += [(guest.day + guest.returns_after, guest.email) for guest in people if guest.returns_after is not None]
    for when, email in sorted(orders):
        clock.move_to(BEGIN + timedelta(days=when))
        assert Buyer(shop, email).buy(cup, 1).number


def told(clock: Any, channel: host.Channel, day: int) -> tuple[Report, Question, str]:
    """The report on a day, on which somebody has bought the day before: the whole, the first question, its words."""
    clock.move_to(BEGIN + timedelta(days=day - 1))
    hosts.order("regular@example.com", [("40", 1)])
    clock.move_to(BEGIN + timedelta(days=day))
    now = BEGIN + timedelta(days=day)
    following.freeze(now)
    found = report.made(report.Scope(None, report.last_day(now), now))
    with override("en"):
        return found, found.questions[0], layout.sections(found)[0].paragraph


def test_a_year_with_an_effect_a_lost_slice_and_somebody_erased(clock: Any, opened: host.Channel) -> None:
    """Of 31 held out one comes back, of 31 others 30: 94 points more often. Then two weeks of one arm are lost."""
    everybody = [*guests(31, True, 1, 0), *guests(31, False, 30, 0)]
    live(clock, opened, everybody)
    erasure.erase(host.person_with_email(everybody[-1].email), BEGIN + timedelta(days=116))
    found, question, words = told(clock, opened, 140)
    assert (question.arms.held_out, question.arms.held_out_returned) == (31, 1)
    assert (question.arms.others, question.arms.others_returned) == (31, 30)
    assert (question.state, question.erased) == (State.WORKS, 1), question.checks
    assert question.effect == pytest.approx(29 / 31)
    assert words.startswith(
        "It works. Of 62 customers followed for 90 days, those who could be surprised came back 93.5"
    )
    assert "1 customer was erased meanwhile and stays in the counts." in words
    assert Outcome.objects.filter(question="programme", treated=True, held_out=True).count() == 0
    assert found.months == ()  # nothing was shipped

    rows = list(Assignment.objects.filter(held_out=True, assigned_at__lt=BEGIN + timedelta(days=14)))
    assert len(rows) > 10
    try:
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _found, question, words = told(clock, opened, 141)
        assert (question.state, question.effect, question.today) == (State.WITHHELD, None, None)
        assert words.startswith(f"Withheld: {len(rows) + 1} rows that have to be there are missing.")
    finally:
        Assignment.objects.bulk_create(rows)
    _found, question, _words = told(clock, opened, 142)
    assert question.state is State.WORKS


def test_a_share_that_was_changed_while_the_season_moved_is_no_effect(clock: Any, opened: host.Channel) -> None:
    """Of each share both arms return alike: 3 of 30 and 3 of 30, then 5 of 7 and 45 of 63. Added up they do not."""
    live(clock, opened, [*guests(30, True, 3, 0), *guests(30, False, 3, 0)])
    clock.move_to(BEGIN + timedelta(days=118))
    hosts.configure(opened, holdout_share="0.1")
    tenth = Decimal("0.1")
    live(clock, opened, [*guests(7, True, 5, 120, tenth), *guests(63, False, 45, 120, tenth)])
    _found, question, words = told(clock, opened, 310)
    arms = question.arms
    assert (arms.held_out, arms.held_out_returned, arms.others, arms.others_returned) == (37, 8, 93, 48)
    assert evaluation.difference([arms], 0.9875).interval.low > 0  # who adds them up is fooled
    now = BEGIN + timedelta(days=310)
    cells = reading.read("programme", report.last_day(now), now).cells
    assert {cell.share for cell in cells} == {HALF, tenth}
    assert questions.effect_of(cells) == pytest.approx(0)
    assert question.state is State.IMMATURE, question.checks  # seven say too little
    assert words.startswith("It is too early to say anything: the interval is still wider than 60 points.")


def test_nothing_of_the_books_is_written_by_the_report(opened: host.Channel) -> None:
    now = BEGIN + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert report.made(report.Scope(opened, report.last_day(now), now)).questions
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
