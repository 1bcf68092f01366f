"""Two of the staff who set one channel at the same moment: the second sees what the first has done."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host, programmes

from .. import hosts
from .crowd import in_turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(channel: host.Channel) -> Any:
    return hosts.as_app("plugins.manage_plugins")


def told(staff: Any, mutation: str, arguments: str) -> list[str]:
    answer = staff.data(f"mutation {{ {mutation}({arguments}) {{ errors {{ code }} }} }}")
    return [error["code"] for error in answer[mutation]["errors"]]


def test_of_two_examples_at_once_the_second_replaces_nothing_unseen(staff: Any, channel: host.Channel) -> None:
    first, second = (
        partial(told, staff, "loyaltyExampleApply", f"example: {name}") for name in ("POINTS", "THANK_YOU")
    )
    assert in_turn(first, second) == [[], ["PROGRAMME_ON"]]
    version = programmes.current(channel.id, timezone.now())
    assert version is not None
    assert (version.active, version.programme.points_per_unit) == (True, 1)


def test_of_two_changes_at_once_none_is_lost(staff: Any, programme_on: host.Channel) -> None:
    changes = ("pointsPerUnit: 3", "returnWindowDays: 9")
    first, second = (partial(told, staff, "loyaltySettingsUpdate", f"input: {{ {change} }}") for change in changes)
    assert in_turn(first, second) == [[], []]
    version = programmes.current(programme_on.id, timezone.now())
    assert version is not None
    assert (version.programme.points_per_unit, version.programme.return_window_days) == (3, 9)
