"""Reminders of points that expire: asked for in time, once, and never with a later day than the true one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import timezone as clock
from django.utils.formats import date_format

from saleor_reciprocity import letters
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import expiry, reminders
from saleor_reciprocity.points.models import Account, Lot

from .. import hosts
from ..graphql.test_points import earned
from .post import Post
from .test_sending import agree, state


@pytest.fixture
def expiring(customer: Any, programme_on: Any) -> datetime:
    """Points of a customer who agreed to mail, which end at the next but two midnight of a shop in Shanghai."""
    hosts.configure(programme_on, expiry_reminder_days="14", time_zone="Asia/Shanghai", mail_consent="preference")
    earned(customer)
    agree(customer)
    ends_at = expiry.ends_at(clock.now() + timedelta(days=2), 0, "Asia/Shanghai")
    Lot.objects.update(expires_at=ends_at)
    Account.objects.update(next_expiry_at=ends_at)
    return ends_at


def test_it_names_the_points_and_the_last_day_on_which_they_count(post: Post, expiring: datetime) -> None:
    points = Lot.objects.get().remaining
    assert letters.send(clock.now()) == (1, 0, 0)
    (mail,) = post.accepted
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"{points} points will expire soon." in text.get_content()
    last_day = (expiring - timedelta(hours=1)).astimezone(timezone(timedelta(hours=8))).date()
    assert f"The last day on which all of them can be used is {date_format(last_day)}." in text.get_content()


def test_one_reminder_speaks_for_all_that_expires_in_its_days(post: Post, expiring: datetime) -> None:
    assert letters.send(clock.now()) == (1, 0, 0)
    Account.objects.update(next_expiry_at=expiring + timedelta(days=1))
    reminders.ask(clock.now())
    assert Mail.objects.count() == 1
    Account.objects.update(next_expiry_at=expiring)


def test_points_that_were_spent_since_are_not_spoken_of(post: Post, expiring: datetime) -> None:
    reminders.ask(clock.now())
    before = Lot.objects.get().remaining
    Lot.objects.update(remaining=0)
    assert letters.send(clock.now()) == (0, 1, 0)
    assert state() == [("dropped", "nothing more to say")]
    Lot.objects.update(remaining=before)


@pytest.mark.parametrize("days", ["0", "1"])
def test_none_before_its_time_or_where_the_shop_wants_none(
    days: str, post: Post, expiring: datetime, programme_on: Any
) -> None:
    hosts.configure(programme_on, expiry_reminder_days=days, mail_consent="preference")
    assert letters.send(clock.now()) == (0, 0, 0)
    assert Mail.objects.count() == 0
