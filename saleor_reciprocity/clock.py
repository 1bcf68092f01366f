"""The clock of a channel: what a moment is called in its time zone, which one a local time names, how to wait. Pure.

One rule for the days when clocks change: a local time that occurs twice is the first of the two, and one that is
skipped is as much later as the clock was put forward.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Callable

try:
    from zoneinfo import ZoneInfo, available_timezones
except ImportError:  # Python 3.8, where Django brings pytz, which takes any letter case
    from pytz import common_timezones as _known  # type: ignore[import-untyped]
    from pytz import timezone as _zone
else:

    def _zone(name: str) -> Any:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            return ZoneInfo(_spelled()[name.lower()])

    @lru_cache(maxsize=None)
    def _spelled() -> dict[str, str]:
        return {name.lower(): name for name in available_timezones()}

    _known = sorted(available_timezones())

UTC = "UTC"

Clock = Callable[[], datetime]


def running(now: datetime) -> Clock:
    """A clock for what takes its time: it shows `now` at first and goes on from there."""
    begin = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begin)


def wait_after(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait before another try: `first` after one failure, twice as long after each other in a row."""
    return min(first * (1 << min(failures - 1, 16)), longest)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The names of time zones to choose from: continents with their places, and UTC."""
    return (UTC, *(name for name in _known if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))))


def zone(name: str) -> tzinfo:
    """The time zone of this name in the IANA database, in any letter case. Raises ValueError for any other text."""
    try:
        found: tzinfo = _zone(name)
    except (KeyError, ValueError, OSError):  # what the two libraries make of a strange name
        raise ValueError(name) from None
    return found


def zone_name(text: str) -> str:
    """The name of a time zone as the IANA database writes it. Raises ValueError for any other text."""
    return str(zone(text))


def local(moment: datetime, zone_name: str) -> datetime:
    """A moment as the clocks of a time zone show it."""
    return moment.astimezone(zone(zone_name))


def anniversary(day: date, year: int) -> date:
    """The same day in another year; that of 29 February is the 28th where there is no 29th."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) and not is_leap else day.day)


def last_whole_day(end: datetime, zone_name: str) -> date:
    """The last day that is over before a moment, where the clocks of a time zone are: what ends then is good on it."""
    return local(end, zone_name).date() - timedelta(days=1)


def moment_of(local_time: datetime, zone_name: str) -> datetime:
    """The moment, in UTC, at which the clocks of a time zone show a local time (given without a zone)."""
    place, day = zone(zone_name), timedelta(days=1)
    as_utc = local_time.replace(tzinfo=timezone.utc)
    before, after = ((as_utc + shift).astimezone(place).utcoffset() or timedelta() for shift in (-day, day))
    for offset in sorted({before, after}, reverse=True):
        moment = as_utc - offset
        if moment.astimezone(place).replace(tzinfo=None) == local_time:
            return moment
    return as_utc - before
