"""The day that a message names is the last one on which its code works all day, by the clocks of the shop."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest
from django.utils import timezone as django_timezone

from saleor_reciprocity import clock, host
from saleor_reciprocity.mail import consent, kinds, outbox, sending

from .. import hosts
from .post import Post


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]


ENDS = [
    # In the middle of the 27th in Berlin: the 26th is the last whole day.
    (utc(2026, 12, 27, 13, 0), "Europe/Berlin", date(2026, 12, 26)),
    # With the 26th in Berlin, which is the 26th at 23:00 by the clock of the server.
    (utc(2026, 12, 26, 23, 0), "Europe/Berlin", date(2026, 12, 26)),
    # On the 27th at 07:30 in Shanghai, which is the 26th for the server.
    (utc(2026, 12, 26, 23, 30), "Asia/Shanghai", date(2026, 12, 26)),
    # On the 26th at 21:00 in New York, which is the 27th for the server.
    (utc(2026, 12, 27, 2, 0), "America/New_York", date(2026, 12, 25)),
    # With the day on which Berlin's clocks go forward, and back.
    (utc(2026, 3, 29, 22, 0), "Europe/Berlin", date(2026, 3, 29)),
    (utc(2026, 10, 25, 23, 0), "Europe/Berlin", date(2026, 10, 25)),
    # With the year, and on a leap day.
    (utc(2027, 1, 1, 0, 0), "UTC", date(2026, 12, 31)),
    (utc(2028, 2, 29, 12, 0), "UTC", date(2028, 2, 28)),
]


@pytest.mark.parametrize(("end", "zone", "day"), ENDS)
def test_the_last_whole_day(end: datetime, zone: str, day: date) -> None:
    assert clock.last_whole_day(end, zone) == day


@pytest.mark.parametrize(
    ("end", "zone", "day"),
    [
        (utc(2026, 12, 27, 13, 0), "Europe/Berlin", "Dec. 26, 2026"),
        (utc(2026, 12, 26, 23, 0), "Europe/Berlin", "Dec. 26, 2026"),
        (utc(2026, 12, 27, 2, 0), "America/New_York", "Dec. 25, 2026"),
    ],
)
def test_codes_and_surprises_name_it(
    end: datetime, zone: str, day: str, post: Post, programme_on: Any, customer: Any
) -> None:
    hosts.configure(programme_on, time_zone=zone)
    consent.choose(host.person(customer), consent.ALL, True, "test", django_timezone.now())
    text = {
        "reward": "Cup", "prize": "Cup", "reason": "Thanks.", "code": "CODE", "points": None, "value": "5",
        "order_number": "1", "expires_at": end,
    }  # fmt: skip
    for kind in (kinds.REDEMPTION, kinds.SURPRISE):
        outbox.ask(kind, f"{kind}:1", host.person(customer), programme_on.id, django_timezone.now())
    readers = dict.fromkeys((kinds.REDEMPTION, kinds.SURPRISE), lambda mail, now: {**text, "points": 5})
    readers[kinds.SURPRISE] = lambda mail, now: text
    assert sending.look(readers, django_timezone.now()) == (2, 0, 0)
    for mail in post.accepted:
        for part in ("plain", "html"):
            body = mail.get_body((part,))
            assert body is not None
            assert f"It can be used until {day}." in body.get_content()


def test_without_an_end_no_day_is_named(post: Post, programme_on: Any, customer: Any) -> None:
    outbox.ask(kinds.REDEMPTION, "1", host.person(customer), programme_on.id, django_timezone.now())
    text = {"reward": "Cup", "code": "CODE", "points": 5, "value": "5", "expires_at": None}
    assert sending.look({kinds.REDEMPTION: lambda mail, now: text}, django_timezone.now()) == (1, 0, 0)
    assert "can be used until" not in post.accepted[0].as_string()
