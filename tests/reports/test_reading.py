"""From orders to the answers of the report: what the database holds about each question, as it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from saleor_reciprocity import host
from saleor_reciprocity.experiments.models import Outcome, Plan
from saleor_reciprocity.reports import amounts, questions, reading, report
from saleor_reciprocity.reports.report import Scope
from saleor_reciprocity.reports.values import Question, State

NOW = datetime(2026, 6, 1, 4, tzinfo=timezone.utc)
FIRST = date(2026, 1, 1)
UNTIL = date(2026, 5, 31)


@pytest.fixture
def planned(db: Any) -> Plan:
    """The programme is followed since the beginning of October, a fifth of the people held out."""
    plan: Plan = Plan.objects.create(
        question="programme",
        made_at=datetime(2025, 10, 3, tzinfo=timezone.utc),
        start=date(2025, 10, 3),
        evaluation=date(2026, 7, 7),
        share=Decimal("0.2"),
        prior_rate=0.25,
        planned_people=5000,
        level=Decimal("0.05"),
        currency="USD",
        cap=100,
        money_mean=10,
        money_variance=100,
    )
    return plan


def outcomes(days: int, others: int, held_out: int) -> None:
    """On each day the windows of 40 others and of 10 held out end, of whom so many came back after 30 days."""
    rows = [
        Outcome(
            question="programme",
            unit=100 * number + place,
            day=FIRST + timedelta(days=number),
            held_out=place >= 40,
            share=Decimal("0.2"),
            stratum=1,
            money=20 if place < 40 else 10,
            returned_after=30 if (place < others or 40 <= place < 40 + held_out) else None,
            frozen_at=datetime(2026, 5, 20, tzinfo=timezone.utc),
        )
        for number in range(days)
        for place in range(50)
    ]
    Outcome.objects.bulk_create(rows)


def sound(found: questions.Read) -> questions.Read:
    """The same, without what only these made-up rows lack: assignments to compare with, and newer orders."""
    return replace(found, checks=tuple(replace(check, outcome="passed") for check in found.checks))


def answered(until: date = UNTIL) -> Question:
    return questions.answered(sound(reading.read("programme", until, NOW, 0.1)))


def test_an_effect_is_read_from_the_frozen_rows(planned: Plan) -> None:
    outcomes(60, others=16, held_out=2)
    found = answered()
    assert found.state is State.WORKS
    assert (found.arms.others, found.arms.others_returned) == (2400, 960)
    assert (found.arms.held_out, found.arms.held_out_returned) == (600, 120)
    assert found.effect == pytest.approx(0.2)
    assert found.win_probability == 0.1
    assert found.by_channel == (("–", found.arms),)  # made-up rows are of no channel
    assert found.by_stratum == ((1, found.arms),)


def test_the_last_day_cuts_what_was_frozen(planned: Plan) -> None:
    outcomes(60, others=16, held_out=2)
    assert answered(FIRST + timedelta(days=9)).followed == 500


def test_rows_that_no_assignment_explains_withhold_the_answer(planned: Plan) -> None:
    outcomes(60, others=16, held_out=2)
    read = reading.read("programme", UNTIL, NOW)
    assert [check.name for check in read.checks] == [
        "reproducible", "complete", "ratio", "mature_ratio", "slice", "contaminated", "stale"
    ]  # fmt: skip
    found = questions.answered(read)
    assert (found.state, found.effect, found.today) == (State.WITHHELD, None, None)
    assert "stale" in [check.name for check in found.checks]


def test_without_a_plan_no_question_is_begun(db: Any) -> None:
    found = [questions.answered(read) for read in reading.all_read(UNTIL, NOW)]
    assert [(each.name, each.state) for each in found] == [
        ("programme", State.NOT_STARTED), ("gift", State.NOT_STARTED), ("survey", State.NOT_STARTED)
    ]  # fmt: skip


@pytest.mark.parametrize(("share", "asked"), [("0.995", False), ("0.9", True), ("0.005", False)])
def test_where_hardly_anybody_or_nearly_everybody_wins_nothing_is_asked_about_gifts(
    share: str, asked: bool, planned: Plan
) -> None:
    planned.pk, planned.question, planned.share = None, "gift", Decimal(share)
    planned.save(force_insert=True)
    names = [read.name for read in reading.all_read(UNTIL, NOW)]
    assert ("gift" in names) is asked
    found = next(reading.all_read(UNTIL, NOW))
    assert found.win_probability == pytest.approx(1 - float(share))


def test_the_whole_report_of_a_shop_takes_a_number_of_statements_that_does_not_grow(planned: Plan) -> None:
    def statements() -> int:
        count = [0]

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            count[0] += 1
            return execute(sql, *rest)

        with connection.execute_wrapper(note), host.allow_writer():
            report.made(Scope(None, UNTIL, NOW))
        return count[0]

    outcomes(2, others=16, held_out=2)
    of_few = statements()
    Outcome.objects.bulk_create(
        [replace_unit(row, 100_000 + number) for number, row in enumerate(Outcome.objects.all())]
    )
    assert statements() == of_few <= 100


def test_money_is_counted_in_the_middle_of_its_bucket(planned: Plan) -> None:
    """20 is in the 13th of sixty buckets up to 100, and 10 in the 7th: 20.83 less 10.83."""
    outcomes(60, others=16, held_out=2)
    (amount,) = amounts.amounts(answered(), UNTIL, NOW)
    assert (amount.currency, round(amount.value, 2), amount.people, amount.at_cap) == ("USD", Decimal("10.00"), 3000, 0)
    assert amount.low < amount.value < amount.high


def test_where_the_answer_is_withheld_nothing_is_said_of_money(planned: Plan) -> None:
    outcomes(60, others=16, held_out=2)
    withheld = questions.answered(reading.read("programme", UNTIL, NOW))
    assert amounts.amounts(withheld, UNTIL, NOW) == ()


def test_when_people_came_back_is_a_curve_of_each_arm(planned: Plan) -> None:
    outcomes(60, others=16, held_out=2)
    steps = answered().steps
    assert [(step.days, round(step.returned, 3), step.followed) for step in steps["others"]] == [
        (0, 0.0, 2400), (30, 0.4, 2400)
    ]  # fmt: skip
    assert [(step.days, round(step.returned, 3)) for step in steps["held_out"]] == [(0, 0.0), (30, 0.2)]


def replace_unit(row: Outcome, unit: int) -> Outcome:
    row.pk, row.unit = None, unit
    return row
