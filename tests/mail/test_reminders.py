"""Reminders of points that expire: of each lot once, so many days before, never with a later day than the true one."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.utils import timezone as clock
from django.utils.formats import date_format

from saleor_reciprocity import host, messages
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import accounts, adjustments, expiry
from saleor_reciprocity.points.messages import reminders
from saleor_reciprocity.points.models import Account, Lot

from .. import hosts
from ..points.programmes import earned
from .mails import agree, state
from .post import Post


@pytest.fixture
def shanghai(post: Post, customer: Any, programme_on: Any) -> Any:
    """A shop in Shanghai that reminds 14 days before, and a customer who agreed to mail."""
    hosts.configure(programme_on, expiry_reminder_days="14", time_zone="Asia/Shanghai", mail_consent="preference")
    agree(customer)
    return programme_on


@pytest.fixture
def expiring(customer: Any, shanghai: Any) -> datetime:
    """Points of a customer who agreed to mail, which end at the next but two midnight of a shop in Shanghai."""
    earned(customer)
    ends_at = expiry.ends_at(clock.now() + timedelta(days=2), 0, "Asia/Shanghai")
    end(Lot.objects.get(), ends_at)
    return ends_at


def end(lot: Lot, ends_at: datetime) -> None:
    Lot.objects.filter(pk=lot.pk).update(expires_at=ends_at)
    first = min(Lot.objects.filter(account_id=lot.account_id).values_list("expires_at", flat=True))
    Account.objects.filter(pk=lot.account_id).update(next_expiry_at=first)


def test_it_names_the_points_and_the_last_day_on_which_they_count(post: Post, expiring: datetime) -> None:
    points = Lot.objects.get().remaining
    assert messages.send(clock.now()) == (1, 0, 0)
    (mail,) = post.accepted
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"{points} points will expire soon." in text.get_content()
    last_day = (expiring - timedelta(hours=1)).astimezone(timezone(timedelta(hours=8))).date()
    assert f"The last day on which all of them can be used is {date_format(last_day)}." in text.get_content()


NOON = datetime(2030, 6, 1, 4, tzinfo=timezone.utc)  # 1 June in Shanghai, at noon


def ending(customer: Any, channel: Any, points: int, days: int) -> None:
    """Points without an order, given now, that end at the end of the day after so many days."""
    entry = adjustments.adjust(host.person(customer), points, "a gift", "", str(points), NOON, channel_id=channel.id)
    end(Lot.objects.order_by("pk").last(), expiry.ends_at(NOON + timedelta(days=days), 0, "Asia/Shanghai"))
    assert entry.points == points


def test_each_lot_is_spoken_of_fourteen_days_before_it_ends(post: Post, shanghai: Any, customer: Any) -> None:
    for points, days in ((10, 20), (20, 21), (40, 33), (80, 35)):
        ending(customer, shanghai, points, days)
    told = []
    for day in range(40):
        now = NOON + timedelta(days=day)
        expiry.run(now)
        reminders.ask(now)
        told += [(day, reminders.about(mail, now)) for mail in Mail.objects.filter(wanted_at=now)]
    assert told == [
        (7, {"points": 10, "last_day": date(2030, 6, 21)}),
        (8, {"points": 20, "last_day": date(2030, 6, 22)}),
        (20, {"points": 40, "last_day": date(2030, 7, 4)}),
        (22, {"points": 80, "last_day": date(2030, 7, 6)}),
    ]


def test_the_first_reminder_speaks_of_all_that_ends_within_its_days_and_no_second_one(
    post: Post, shanghai: Any, customer: Any
) -> None:
    for points, days in ((10, 3), (20, 9), (40, 13)):
        ending(customer, shanghai, points, days)
    for minutes in range(3):
        reminders.ask(NOON + timedelta(minutes=minutes))
    reminders.ask(NOON + timedelta(days=4))
    assert reminders.about(Mail.objects.get(), NOON) == {"points": 70, "last_day": date(2030, 6, 4)}


def test_points_that_came_since_and_end_as_soon_are_news(post: Post, shanghai: Any, customer: Any) -> None:
    ending(customer, shanghai, 10, 10)
    reminders.ask(NOON)
    later = NOON + timedelta(days=1)
    adjustments.adjust(host.person(customer), 5, "a gift", "", "k", later, channel_id=shanghai.id)
    end(Lot.objects.order_by("pk").last(), expiry.ends_at(NOON + timedelta(days=10), 0, "Asia/Shanghai"))
    reminders.ask(later + timedelta(minutes=1))
    assert [reminders.about(mail, later) for mail in Mail.objects.order_by("pk")][1:] == [
        {"points": 5, "last_day": date(2030, 6, 11)}
    ]


def test_points_without_an_order_are_spoken_of_and_sent_with_consent(post: Post, shanghai: Any, customer: Any) -> None:
    ending(customer, shanghai, 10, 5)
    assert messages.send(NOON) == (1, 0, 0)
    assert Mail.objects.get().channel_id == shanghai.id
    assert "10 points will expire soon." in str(post.accepted[0].get_body(("plain",)))


def test_the_reminder_follows_points_to_the_account_that_they_were_merged_into(
    post: Post, shanghai: Any, customer: Any
) -> None:
    ending(customer, shanghai, 10, 5)
    reminders.ask(NOON)
    other = hosts.customer("countess@example.com")
    accounts.merge_people(host.person(customer), host.person(other), "user:1", NOON)
    assert reminders.about(Mail.objects.get(), NOON) == {"points": 10, "last_day": date(2030, 6, 6)}


def test_points_that_were_spent_since_are_not_spoken_of(post: Post, expiring: datetime) -> None:
    reminders.ask(clock.now())
    before = Lot.objects.get().remaining
    Lot.objects.update(remaining=0)
    assert messages.send(clock.now()) == (0, 1, 0)
    assert state() == [("dropped", "nothing more to say")]
    Lot.objects.update(remaining=before)


@pytest.mark.parametrize("days", ["0", "1"])
def test_none_before_its_time_or_where_the_shop_wants_none(
    days: str, post: Post, expiring: datetime, programme_on: Any
) -> None:
    hosts.configure(programme_on, expiry_reminder_days=days, mail_consent="preference")
    assert messages.send(clock.now()) == (0, 0, 0)
    assert Mail.objects.count() == 0
