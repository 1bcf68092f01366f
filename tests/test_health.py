"""How the plugin does: every finding with right values, the doctor, and what of it is kept from run to run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from saleor_reciprocity import host, tasks
from saleor_reciprocity.health import books, look, place, running
from saleor_reciprocity.health.findings import State
from saleor_reciprocity.health.models import LastCheck, TaskMark
from saleor_reciprocity.mail.models import Mail, MailPace
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.settlement import SettledOrder
from saleor_reciprocity.sweep import SweepMark

from . import hosts
from .points.programmes import earned

NOON = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)


def found(name: str, moment: datetime = NOON) -> Any:
    return next(one for one in look.findings(moment) if one.name == name)


def test_every_part_of_the_schedule_has_a_period() -> None:
    assert set(running.PERIODS) == {entry["task"] for entry in tasks.SCHEDULE.values()}
    for entry in tasks.SCHEDULE.values():
        if isinstance(entry["schedule"], float) and entry["task"] != "reciprocity.look_after_people":
            assert running.PERIODS[entry["task"]] == timedelta(seconds=entry["schedule"])


def test_a_task_leaves_behind_when_it_ran_and_whether_it_failed(channel: host.Channel, monkeypatch: Any) -> None:
    tasks.expire_points()
    mark = TaskMark.objects.get()
    assert (mark.name, mark.failed, mark.began_at <= mark.ended_at) == ("reciprocity.expire_points", False, True)
    monkeypatch.setattr(tasks.expiry, "run", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.expire_points()
    assert TaskMark.objects.get().failed
    for name in running.PERIODS:
        running.began(name, now())
    assert found("schedule", now()).said == "This failed when it last ran: expire_points."


def test_a_schedule_that_stands_still_is_broken(db: Any) -> None:
    assert (found("schedule").state, found("schedule").said) == (State.LOOK, "Nothing of the schedule has run yet.")
    for name in running.PERIODS:
        running.began(name, NOON - timedelta(minutes=16))
        running.ended(name, NOON - timedelta(minutes=16), failed=False)
    assert found("schedule").state is State.FINE
    TaskMark.objects.filter(name="reciprocity.sweep_recent").update(ended_at=NOON - timedelta(minutes=18))
    finding = found("schedule")
    assert (finding.state, finding.said) == (State.BROKEN, "This has not run for too long: sweep_recent.")
    assert "reciprocity_work" in finding.todo
    assert look.findings(NOON)[0].state is State.BROKEN


def test_on_the_first_day_nothing_of_the_night_is_missed(db: Any) -> None:
    for name, period in running.PERIODS.items():
        if period < running.NIGHT:
            running.began(name, NOON)
            running.ended(name, NOON, failed=False)
    assert found("schedule").state is State.FINE


def test_how_far_the_sweep_is_behind(db: Any) -> None:
    assert found("sweep").said == "No sweep has finished yet."
    SweepMark.objects.create(pk=1, looked_at=NOON - timedelta(minutes=14))
    assert (found("sweep").state, found("sweep").said) == (State.FINE, "The sweep is 14 minutes behind.")
    SweepMark.objects.update(looked_at=NOON - timedelta(hours=2))
    assert (found("sweep").state, found("sweep").said) == (State.BROKEN, "The sweep is 120 minutes behind.")


def test_orders_that_could_not_be_settled(db: Any) -> None:
    assert found("orders").state is State.FINE
    SettledOrder.objects.create(order_id="1", error="KeyError", retry_at=NOON)
    assert found("orders").said == "1 order could not be settled."


def test_messages_that_wait(db: Any) -> None:
    assert found("messages").state is State.FINE
    late = dict.fromkeys(("wanted_at", "due_at", "next_at"), NOON - timedelta(minutes=16))
    Mail.objects.create(kind="survey", source="a", channel_id="1", expires_at=NOON + timedelta(days=1), **late)
    assert (found("messages").state, found("messages").said) == (State.LOOK, "1 message is late.")
    MailPace.objects.create(channel_id="1", route="e-mail", problem="no mail server is configured")
    finding = found("messages")
    assert (finding.state, finding.said) == (State.BROKEN, "Messages wait: no mail server is configured.")


def test_what_the_last_proof_said_is_kept(programme_on: host.Channel, customer: Any) -> None:
    assert found("books").said == "The books were not proved yet."
    tasks.check_books()
    kept = LastCheck.objects.get()
    assert kept.broken == []
    assert found("books", kept.checked_at).state is State.FINE
    assert found("books", kept.checked_at + timedelta(days=3)).state is State.LOOK
    earned(customer, "7")
    Account.objects.update(available=8)
    with pytest.raises(CommandError):
        call_command("reciprocity_check", stdout=StringIO())
    finding = found("books", now())
    assert finding.state is State.BROKEN
    assert "the balance is the sum of the entries" in finding.said
    Account.objects.update(available=7)


def test_codes_that_were_used_twice_are_no_fault_of_the_books(db: Any) -> None:
    rule = next(iter(books._OF_CODES))
    LastCheck.objects.create(pk=1, checked_at=NOON, broken=[{"rule": rule, "rows": 1}])
    assert (found("books").state, found("codes").state) == (State.FINE, State.LOOK)
    assert "reciprocity_guard on" in found("codes").todo


def test_hooks_that_are_no_longer_called(db: Any, monkeypatch: Any) -> None:
    assert found("hooks").state is State.FINE
    monkeypatch.setattr(host, "HOOKS", ("order_created", "order_dreamt_of"))
    assert found("hooks").said == "This Saleor no longer calls: order_dreamt_of."


def test_an_address_that_nobody_finds(programme_on: host.Channel, settings: Any, monkeypatch: Any) -> None:
    assert found("address").said == f"Links in messages lead to {host.absolute_address('/')}."
    assert found("address").state is State.LOOK
    monkeypatch.setattr(host, "absolute_address", lambda path: f"http://shop.example.org{path}")
    assert "https" in found("address").todo
    monkeypatch.setattr(host, "absolute_address", lambda path: f"https://shop.example.org{path}")
    assert found("address").state is State.FINE


def test_mail_that_reaches_nobody(programme_on: host.Channel, settings: Any) -> None:
    assert found("mail").said == "Mails of default-channel reach nobody: there is no mail server."
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    hosts.configure(programme_on, active=True, mail_sender_address="shop@example.org")
    assert found("mail").state is State.FINE


def test_where_the_programme_is_on(channel: host.Channel) -> None:
    assert found("programme").state is State.LOOK
    hosts.configure(channel, active=True)
    assert found("programme").said == "The programme is on in: default-channel."


def test_the_disk_says_the_largest_tables(db: Any) -> None:
    assert "entry " in found("disk").said or found("disk").said.startswith("The tables take")
    assert found("disk").state is State.FINE


def doctor() -> str:
    out = StringIO()
    try:
        call_command("reciprocity_doctor", stdout=out)
    except CommandError as error:
        out.write(f"ended with: {error}")
    return out.getvalue()


def test_the_doctor_of_a_fresh_installation(channel: host.Channel) -> None:
    said = doctor()
    assert "ok      database: The tables are there." in said
    assert "look    rights: Nobody on the staff holds: MANAGE_USERS, MANAGE_ORDERS" in said
    assert "look    schedule: Nothing of the schedule has run yet." in said
    assert "look    programme: The programme is off in every channel." in said
    assert "ended with" not in said
    hosts.administrator("admin@example.com", "password")
    assert "ok      rights" in doctor()


def test_the_doctor_ends_badly_where_something_does_not_work(channel: host.Channel, settings: Any) -> None:
    SweepMark.objects.create(pk=1, looked_at=now() - timedelta(hours=2))
    settings.RECIPROCITY_HOOK_SECONDS = 0
    said = doctor()
    assert "BROKEN  reciprocity.E003" in said
    assert "BROKEN  sweep: The sweep is 120 minutes behind." in said
    assert said.endswith("ended with: 2 of these do not work.")


def test_the_place_is_where_the_check_looks() -> None:
    assert "example.com" in place.NOBODYS
