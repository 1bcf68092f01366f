"""What the clock says of waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from saleor_reciprocity import clock

MINUTE, HOURS = timedelta(minutes=1), timedelta(hours=6)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (17, 360), (18, 360), (10**6, 360)]
)
def test_after_each_failure_in_a_row_twice_as_long_is_waited(failures: int, minutes: int) -> None:
    assert clock.wait_after(failures, MINUTE, HOURS) == timedelta(minutes=minutes)


def test_the_longest_wait_is_what_was_asked_for() -> None:
    assert clock.wait_after(17, timedelta(seconds=1), timedelta(days=9)) == timedelta(seconds=65536)
    assert clock.wait_after(18, timedelta(seconds=1), timedelta(days=9)) == timedelta(seconds=65536)
