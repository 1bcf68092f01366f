"""From cells and checks to the state of a question: only counts where a check failed, else the newest conclusion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity.experiments.evidence import PASSED, WITHHELD, Arms, Cell, Check, Plan
from saleor_reciprocity.reports import sentences, wording
from saleor_reciprocity.reports.questions import CHECKS, Read, answered, effect_of
from saleor_reciprocity.reports.values import State
from saleor_reciprocity.reports.withheld import _CHECKS

START = date(2025, 1, 1)
PLAN = Plan("programme", START, date(2025, 10, 5), Decimal("0.2"), 0.25, 5000, 0.05)
FIRST = date(2025, 4, 1)  # the 90th day after the start
SOUND = tuple(Check(name, PASSED) for name in CHECKS if name not in ("placebo", "immature", "too_few"))


def days(count: int, others: int, held_out: int, people: tuple[int, int] = (40, 10), share: str = "0.2") -> list[Cell]:
    """So many days, on each of which so many of 40 others and of 10 held out came back."""
    return [
        Cell(FIRST + timedelta(days=number), is_held_out, Decimal(share), 1, size, returned)
        for number in range(count)
        for is_held_out, size, returned in ((False, people[0], others), (True, people[1], held_out))
    ]


def read(cells: Any, **values: Any) -> Read:
    last = max((cell.day for cell in cells), default=None)
    return Read("programme", **{"plan": PLAN, "cells": cells, "complete": last, "checks": SOUND, **values})


def test_a_strong_effect_is_found_by_the_watch() -> None:
    question = answered(read(days(60, others=16, held_out=2)))
    assert question.state is State.WORKS
    assert question.arms == Arms(600, 120, 2400, 960)
    assert question.effect == pytest.approx(0.2)
    assert question.today is not None
    assert 0 < question.today.low < 0.2 < question.today.high
    assert question.verdicts[0].effect == "works"
    assert FIRST < question.verdicts[0].day < FIRST + timedelta(days=59)
    assert len(question.history) == 40
    assert question.evaluation is None


def test_customers_who_stay_away_are_noticed() -> None:
    question = answered(read(days(60, others=8, held_out=4)))
    assert (question.state, question.verdicts[0].effect) == (State.HARMS, "harms")
    assert question.effect == pytest.approx(-0.2)


def test_no_effect_is_no_conclusion_yet_and_says_what_would_show() -> None:
    question = answered(read(days(60, others=10, held_out=3)))
    assert (question.state, question.verdicts) == (State.NONE_YET, ())
    assert question.smallest is not None
    # Fleiss's formula at a level of 0.025 for 5,000 people of whom a fifth is held out, at a rate of 25 %.
    assert round(question.smallest, 3) == 0.049


def test_without_a_conclusion_the_evaluation_ends_it() -> None:
    question = answered(read(days(180, others=10, held_out=3, people=(40, 12)), complete=date(2025, 10, 1)))
    assert question.state is State.NONE_FOUND
    assert question.evaluation is not None
    assert question.evaluation.people == 180 * 52
    assert 0 in question.evaluation.interval


def test_the_newest_conclusion_counts() -> None:
    cells = [*days(60, others=16, held_out=2), *_later(days(400, others=6, held_out=5), 60)]
    question = answered(read(cells))
    assert [verdict.effect for verdict in question.verdicts] == ["works", "harms"]
    assert question.state is State.HARMS


def _later(cells: list[Cell], by: int) -> list[Cell]:
    return [replace(cell, day=cell.day + timedelta(days=by)) for cell in cells]


def test_before_there_is_a_plan_nothing_is_answered() -> None:
    question = answered(Read("gift", win_probability=0.1))
    assert (question.name, question.state, question.followed) == ("gift", State.NOT_STARTED, 0)


def test_before_the_first_day_is_complete_it_is_too_early() -> None:
    question = answered(read([], first_due=date(2025, 6, 2)))
    assert question.state is State.IMMATURE
    said = wording.paragraph(sentences.of_question(question, date(2025, 5, 1)))
    assert said == "The first customers complete their 90 days on 2 June."


def test_with_few_people_it_is_too_early() -> None:
    question = answered(read(days(2, others=16, held_out=2)))
    assert (question.state, question.effect, question.today, question.history) == (State.IMMATURE, None, None, ())


@pytest.mark.parametrize("name", [check.name for check in SOUND])
def test_a_failed_check_leaves_counts_and_no_figure_to_conclude_from(name: str) -> None:
    checks = [replace(check, outcome=WITHHELD) if check.name == name else check for check in SOUND]
    cells = days(60, others=10, held_out=3)
    question = answered(read(cells, checks=checks))
    assert question.state is State.WITHHELD
    assert question.arms == Arms(600, 180, 2400, 600)
    assert [check.name for check in question.checks] == [name]
    hidden = (question.effect, question.today, question.verdicts, question.evaluation, question.history, question.steps)
    assert hidden == (None, None, (), None, (), {})


def test_gifts_to_those_held_out_withhold_no_conclusion_but_the_lack_of_one() -> None:
    checks = [replace(check, outcome=WITHHELD) if check.name == "contaminated" else check for check in SOUND]
    assert answered(read(days(60, others=16, held_out=2), checks=checks)).state is State.WORKS
    assert answered(read(days(60, others=10, held_out=3), checks=checks)).state is State.WITHHELD


def test_arms_that_differed_before_are_noticed() -> None:
    """All others had ordered before, and nobody who was held out."""
    cells = [replace(cell, stratum=0 if cell.held_out else 3) for cell in days(60, others=10, held_out=3)]
    question = answered(read(cells))
    assert (question.state, [check.name for check in question.checks]) == (State.WITHHELD, ["placebo"])


def test_people_of_different_shares_are_not_compared_with_each_other() -> None:
    """Half held out while a fifth came back, a tenth while a third did: no difference within either."""
    cells = [
        *days(10, others=10, held_out=10, people=(50, 50), share="0.5"),
        *_later(days(10, others=30, held_out=3, people=(90, 9), share="0.1"), 10),
    ]
    assert effect_of(cells) == pytest.approx(0)
    plain = (100 + 300) / (500 + 900) - (100 + 30) / (500 + 90)
    assert plain == pytest.approx(0.065, abs=0.001)
    assert effect_of([]) is None


def test_every_check_has_an_order_and_words() -> None:
    assert set(CHECKS) == set(_CHECKS)
