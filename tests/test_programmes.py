"""The versions of a channel's settings: one newest, whatever the clock says; limits of time are limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import deployment, programmes, sweep
from saleor_reciprocity.points.models import OrderTerms
from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.points.tiers.models import TierLadder
from saleor_reciprocity.programmes import SettingsVersion

from . import hosts
from .points.programmes import ladder

HOUR = timedelta(hours=1)


def put_clock_back() -> None:
    """Let all that was written so far have been written an hour from now."""
    SettingsVersion.objects.update(since=timezone.now() + HOUR)


def test_a_clock_that_went_back_makes_no_version_at_every_settlement(programme_on: Any, customer: Any) -> None:
    put_clock_back()
    hosts.configure(programme_on, points_per_unit="3")
    for _each in range(20):
        hosts.order(customer, [("20", 1)])
        sweep.sweep()
    assert list(SettingsVersion.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]
    assert {terms["rate"] for terms in OrderTerms.objects.values_list("terms", flat=True)} == {"3"}


def test_the_newest_version_is_the_last_one_made(programme_on: Any) -> None:
    put_clock_back()
    hosts.configure(programme_on, points_per_unit="3")
    newest = programmes.current(programme_on.id, timezone.now())
    assert newest is not None
    assert newest.number == 2
    for moment in (timezone.now(), timezone.now() + 2 * HOUR):
        found = programmes.in_force(programme_on.id, moment, timezone.now())
        assert found is not None
        assert found.programme.points_per_unit == 3
    assert programmes.in_force(programme_on.id, timezone.now() - HOUR, timezone.now()) is None


def test_two_that_find_the_same_change_make_one_version(programme_on: Any, monkeypatch: Any) -> None:
    hosts.configure(programme_on, points_per_unit="3")
    last = SettingsVersion.objects.get(number=2)
    seen_by_the_other = SettingsVersion.objects.filter(number=1)
    monkeypatch.setattr(programmes, "_versions", _first_then_all(seen_by_the_other))
    assert programmes.current(programme_on.id, timezone.now()) == last
    assert SettingsVersion.objects.count() == 2


def _first_then_all(first: Any) -> Any:
    answers = iter([first])
    return lambda channel_id: next(answers, SettingsVersion.objects.order_by("number"))


def test_a_ladder_that_was_made_after_the_clock_went_back_is_in_force(programme_on: Any) -> None:
    ladder(("silver", 50, "1"))
    TierLadder.objects.update(since=timezone.now() + HOUR)
    ladder(("gold", 70, "1"))
    row = ladders.ladder_row()
    assert row is not None
    assert [step.code for step in ladders.ladder_of(row).steps] == ["gold"]


def reported() -> list[str]:
    """The system checks of limits that find something."""
    return [message.id for message in run_checks(tags=["reciprocity"]) if message.id == "reciprocity.E003"]


NO_LIMITS = (0, 0.0, -1, "soon", "", None, float("nan"), float("inf"), 0.0004, 10**9)


@pytest.mark.parametrize("value", NO_LIMITS)
def test_what_is_no_limit_never_makes_anybody_wait_without_one(value: Any, settings: Any) -> None:
    from saleor_reciprocity import deployment

    settings.RECIPROCITY_WAIT_SECONDS = settings.RECIPROCITY_HOOK_SECONDS = value
    assert (deployment.wait_seconds(), deployment.hook_seconds()) == (10.0, 1.0)
    assert reported() == ["reciprocity.E003", "reciprocity.E003"]


def test_a_limit_is_taken_as_it_is(settings: Any) -> None:
    from saleor_reciprocity import deployment

    settings.RECIPROCITY_WAIT_SECONDS, settings.RECIPROCITY_HOOK_SECONDS = "2.5", 0.001
    assert (deployment.wait_seconds(), deployment.hook_seconds()) == (2.5, 0.001)
    assert reported() == []


def test_the_shortest_limit_is_one_for_the_database(db: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true)", [deployment.in_milliseconds(deployment.LEAST_SECONDS)]
        )
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("1ms",)
