"""How the plugin does: every finding with right values, the doctor, and what of it is kept from run to run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now

from saleor_reciprocity import dashboard, host, programmes, tasks
from saleor_reciprocity.health import books, look, place, running
from saleor_reciprocity.health.findings import State
from saleor_reciprocity.health.models import LastCheck, TaskMark
from saleor_reciprocity.mail import pausing
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
    mark = TaskMark.objects.exclude(name="first").get()
    assert (mark.name, mark.failed, mark.began_at <= mark.ended_at) == ("reciprocity.expire_points", False, True)
    monkeypatch.setattr(tasks.expiry, "run", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.expire_points()
    assert TaskMark.objects.get(name="reciprocity.expire_points").failed
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


def ran(moment: datetime, *names: str) -> None:
    for name in names:
        running.began(f"reciprocity.{name}", moment)
        running.ended(f"reciprocity.{name}", moment, failed=False)


EVERY_MINUTE = ("sweep_recent", "look_after_surveys", "send_messages", "feed_others")
EVERY_TEN = ("look_after_points", "expire_points", "look_after_people", "look_after_gifts", "look_after_codes")


def test_on_the_first_day_nothing_of_the_night_is_missed(db: Any) -> None:
    ran(NOON, *EVERY_MINUTE, *EVERY_TEN)
    ran(NOON + timedelta(hours=24), *EVERY_MINUTE, *EVERY_TEN)
    assert found("schedule", NOON + timedelta(hours=24)).state is State.FINE


def test_what_never_ran_is_missed_from_when_it_should_have(db: Any) -> None:
    ran(NOON, "sweep_recent")
    assert found("schedule").state is State.FINE, "nothing else had its turn yet"
    assert found("schedule", NOON + timedelta(minutes=17)).state is State.FINE
    ran(NOON + timedelta(minutes=36), *EVERY_MINUTE)
    finding = found("schedule", NOON + timedelta(minutes=36))
    assert finding.said == (
        "This has not run for too long: expire_points, look_after_codes, look_after_gifts, look_after_people, "
        "look_after_points."
    )
    for hours in (24, 48, 49):
        ran(NOON + timedelta(hours=hours), *EVERY_MINUTE, *EVERY_TEN)
        late = found("schedule", NOON + timedelta(hours=hours))
    assert late.said == "This has not run for too long: check_books, draw_for_occasions, sweep_all, train."


def test_what_begins_again_and_again_and_never_ends_has_not_run(db: Any) -> None:
    for minute in range(20):
        ran(NOON + timedelta(minutes=minute), *(name for name in EVERY_MINUTE if name != "sweep_recent"))
        running.began("reciprocity.sweep_recent", NOON + timedelta(minutes=minute))
    finding = found("schedule", NOON + timedelta(minutes=19))
    assert (finding.state, finding.said) == (State.BROKEN, "This has not run for too long: sweep_recent.")
    ran(NOON + timedelta(minutes=20), "sweep_recent")
    assert found("schedule", NOON + timedelta(minutes=20)).state is State.FINE


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


def test_what_staff_have_stopped_is_neither_late_nor_forgotten(channel: host.Channel) -> None:
    late = dict.fromkeys(("wanted_at", "due_at", "next_at"), NOON - timedelta(minutes=16))
    Mail.objects.create(kind="survey", source="a", channel_id=channel.id, expires_at=NOON + timedelta(days=1), **late)
    MailPace.objects.create(channel_id=channel.id, route="e-mail", problem="no mail server is configured")
    pausing.pause(channel.id, "user:1", NOON)
    said = [(one.state, one.said) for one in look.findings(NOON) if one.name == "messages"]
    assert said == [
        (State.LOOK, f"Staff have stopped the messages of: {channel.slug}."),
        (State.FINE, "No message is late."),
    ]


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


BREAKABLE = {  # what fails, and what then could not be looked at
    (running.SweepMark.objects, "first"): "sweep",
    (dashboard, "state"): "dashboard",
    (host, "absolute_address"): "address",
    (host, "mail_server"): "mail",
    (host, "calls_hook"): "hooks",
    (LastCheck.objects, "first"): "books",
    (programmes, "switched_on"): "programme",
}


@pytest.mark.parametrize(("where", "name"), BREAKABLE.items(), ids=BREAKABLE.values())
def test_what_can_not_be_looked_at_is_broken_and_hides_nothing_else(
    where: Any, name: str, programme_on: host.Channel, monkeypatch: Any
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        connection.cursor().execute("SELECT 1 / 0")

    before = {one.name for one in look.findings(NOON)}
    monkeypatch.setattr(*where, fail)
    finding = found(name)
    assert (finding.state, finding.said) == (State.BROKEN, "This could not be looked at (DataError).")
    assert {one.name for one in look.findings(NOON)} | {"codes"} == before | {"codes"}
    assert [line for line in doctor().splitlines() if "could not be looked at" in line] == [
        f"BROKEN  {name}: This could not be looked at (DataError)."
    ]


def test_a_configuration_that_nobody_can_read_stops_neither_health_nor_the_doctor(programme_on: host.Channel) -> None:
    from saleor.plugins.models import PluginConfiguration

    row = PluginConfiguration.objects.get(identifier="saleor_reciprocity")
    row.configuration = [{"value": "no name"}]
    row.save()
    assert found("programme").state is State.BROKEN
    assert found("disk").state is State.FINE
    assert "BROKEN  stored_settings_are_valid: This could not be looked at (KeyError)." in doctor()
