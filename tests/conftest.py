"""Fixtures for every test: a channel, a customer, and a shop in which the programme is on."""

from __future__ import annotations

from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from freezegun import freeze_time
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from saleor_reciprocity import host

from . import hosts
from .endpoint import inside as inside  # a fixture
from .endpoint import server as server
from .hosts.either import site
from .moments import MOMENTS

# A busy machine is no reason to fail.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")


def pytest_configure(config: Any) -> None:
    config.addinivalue_line("markers", "calendar: runs at each moment at which a day, month, year or clock changes")
    hosts.prepare()


def pytest_generate_tests(metafunc: Any) -> None:
    if metafunc.definition.get_closest_marker("calendar"):
        metafunc.parametrize("moment", MOMENTS, indirect=True)


@pytest.fixture(autouse=True)
def moment(request: Any) -> Iterator[str | None]:
    """The moment at which a test begins, where it is one of the calendar's; the clock goes on from there."""
    begin = getattr(request, "param", None)
    if begin is None:
        yield None
        return
    with freeze_time(begin, tick=True):
        yield begin


@pytest.fixture(autouse=True)
def primary_database() -> Iterator[None]:
    """Tests look at the primary database, which the host's test settings refuse unless one says so."""
    with host.allow_writer():
        yield


@pytest.fixture
def channel(db: Any) -> host.Channel:
    """A channel, with the programme off."""
    return hosts.open_channel()


@pytest.fixture
def programme_on(channel: host.Channel) -> host.Channel:
    """The channel with the programme on: one point per unit, a voucher over 5 for 50 points."""
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", reward_value="5")
    return channel


@pytest.fixture
def customer(db: Any) -> Any:
    """A customer with a confirmed address."""
    return hosts.customer("ada@example.com")


@pytest.fixture(autouse=True)
def books_are_right(request: Any) -> Iterator[None]:
    """Every test that uses the database begins with the row of the shop, and ends with books that are right."""
    database = {"db", "transactional_db"} & set(request.fixturenames)
    for fixture in sorted(database, reverse=True):
        request.getfixturevalue(fixture)
    if database:
        site()
    yield
    if database:
        call_command("reciprocity_check", stdout=StringIO())
