"""Every scenario, killed before each of its statements and around each of its commits: all or nothing.

Each kill has a customer of its own, so that it always meets the same state. After it the process starts anew; what is
seen is what it was between two steps; the schedule looks, or the customer asks again; the books are checked; and in the
end everything is as without a kill.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from .answer_scenarios import ANSWER_SCENARIOS
from .code_scenarios import CODE_SCENARIOS
from .killing import Executioner, Killed, look_after_everything, restart
from .life_scenarios import LIFE_SCENARIOS
from .scenarios import SCENARIOS, Scenario, Subject, rare


def states_between_steps(scenario: Scenario) -> tuple[list[Any], int]:
    """What is seen before, between and after the steps of a run that nobody kills, and its number of moments."""
    subject, counted = scenario.prepare(), Executioner()
    seen = [scenario.seen(subject)]
    for happen, act in scenario.steps:
        happen(subject)
        with counted.at_work():
            act(subject)
        seen.append(scenario.seen(subject))
    return seen, counted.passed


def run_killed_at(scenario: Scenario, moment: int, expected: list[Any]) -> tuple[Subject, bool]:
    """A run with one kill. Returns whether it came to that."""
    subject, executioner, died = scenario.prepare(), Executioner(moment), False
    for number, (happen, act) in enumerate(scenario.steps):
        happen(subject)
        try:
            with executioner.at_work():
                act(subject)
        except Killed:
            died = True
            restart()
            assert scenario.seen(subject) in expected[number : number + 2], f"half done, killed at moment {moment}"
            if scenario.heals:
                look_after_everything()
            else:
                act(subject)
            assert scenario.seen(subject) == expected[number + 1], f"not finished, killed at moment {moment}"
    return subject, died


ALL = SCENARIOS + LIFE_SCENARIOS + CODE_SCENARIOS + ANSWER_SCENARIOS


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_killed_at_every_moment(scenario: Scenario, transactional_db: Any, programme_on: Any) -> None:
    rare()
    states_between_steps(scenario)  # what the first of all requests does once
    expected, moments = states_between_steps(scenario)
    assert len(set(expected)) == len(scenario.steps) + 1, "a step that changes nothing proves nothing"
    assert moments > 5 * len(scenario.steps)
    kills = 0
    for moment in range(1, moments + 1):
        _, died = run_killed_at(scenario, moment, expected)
        kills += died
        call_command("reciprocity_check", stdout=StringIO())
    assert kills == moments
    look_after_everything()
