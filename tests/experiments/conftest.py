"""Fixtures: a shop that follows its customers from a day on that the tests choose."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Iterator

import pytest
from freezegun import freeze_time

from saleor_reciprocity import following, host

from .. import hosts
from ..surprises.shop import campaign
from .followed import BEGIN, SHARE


@pytest.fixture
def clock(db: Any) -> Iterator[Any]:
    """The clock, which stands where a test puts it."""
    with freeze_time(BEGIN) as clock:
        yield clock


@pytest.fixture
def shop(clock: Any, channel: host.Channel) -> host.Channel:
    """A channel in which half of the people are held out and the others win at every second order."""
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", holdout_share=str(SHARE))
    campaign(channel, probability=Decimal("0.5"))
    following.plan(BEGIN)
    return channel
