"""A day in the shop, at each of the moments at which days, months, years or clocks change."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone as clock

from saleor_reciprocity import host, settlement, tasks
from saleor_reciprocity.mail import consent
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account, Lot
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward

from . import hosts
from .mail.conftest import post  # noqa: F401 - a fixture

pytestmark = pytest.mark.calendar

# By the clocks of Berlin: the month whose statement is asked for, and the end of points that are valid for a month.
EXPECTED = {
    "2026-12-31 23:58:00": ("2026-12", "2027-02-01 23:00"),  # it is 1 January 2027 there
    "2027-01-01 00:02:00": ("2026-12", "2027-02-01 23:00"),
    "2027-04-30 23:58:00": ("2027-04", "2027-06-01 22:00"),  # it is 1 May there
    "2027-05-01 00:02:00": ("2027-04", "2027-06-01 22:00"),
    "2028-02-29 12:00:00": (None, "2028-03-29 22:00"),
    "2027-03-28 00:58:00": (None, "2027-04-28 22:00"),
    "2027-10-31 00:58:00": (None, "2027-11-30 23:00"),  # November has no 31st
    "2027-03-14 06:58:00": (None, "2027-04-14 22:00"),
    "2027-11-07 05:58:00": ("2027-10", "2027-12-07 23:00"),
}


@pytest.fixture
def berlin(programme_on: host.Channel, customer: Any) -> host.Channel:
    hosts.configure(
        programme_on,
        time_zone="Europe/Berlin",
        points_valid_months="1",
        expiry_reminder_days="40",
        mail_statements="True",
        mail_consent="preference",
        holdout_share="0",
    )
    return programme_on


def test_a_day_in_the_shop(moment: str, berlin: host.Channel, post: Any, customer: Any) -> None:  # noqa: F811
    consent.choose(host.person(customer), consent.ALL, True, "test", clock.now())
    order = hosts.order(customer, [("70", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    made = redemption.redeem(host.person(customer), Reward.objects.get(is_standard=True).pk, "k", now=clock.now())
    for task in tasks.SCHEDULE.values():
        if task["task"] != tasks.train.name:
            current_app.tasks[task["task"]](**task.get("kwargs", {}))
    assert (Account.objects.get().available, made.points) == (20, 50)
    month, end = EXPECTED[moment]
    assert Lot.objects.get().expires_at == datetime.fromisoformat(end).replace(tzinfo=timezone.utc)
    asked = Mail.objects.filter(kind="statement").values_list("context", flat=True)
    assert [context["month"] for context in asked] == [month] * (month is not None)
    assert Mail.objects.filter(kind="expiry").count() == 1
    left = {mail.kind: (mail.state, mail.reason) for mail in Mail.objects.exclude(state="sent")}
    assert left == ({"statement": ("dropped", "nothing more to say")} if month else {}), "nobody had points before"


def test_points_of_last_month_are_in_the_statement(moment: str, berlin: host.Channel, customer: Any) -> None:
    month, _end = EXPECTED[moment]
    day = datetime.fromisoformat(f"{month or '2026-01'}-15").replace(tzinfo=timezone.utc)
    adjustments.adjust(host.person(customer), 30, "a gift", "", "key", day)
    tasks.send_messages()
    asked = Mail.objects.filter(kind="statement")
    assert asked.count() == (1 if month else 0)
