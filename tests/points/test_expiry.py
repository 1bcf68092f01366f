"""When points expire, and their write-off. Edge cases 37, 38 and 39 of the engine's list."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone as django_timezone

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points import accounts, expiry, ledger
from saleor_reciprocity.points.models import Account, Entry, Kind, Lot
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards.models import Reward

from .. import hosts


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("earned_at", "months", "zone", "ends_at"),
    [
        ("2026-01-31 12:00", 1, "UTC", "2026-03-01 00:00"),
        ("2028-01-31 12:00", 1, "UTC", "2028-03-01 00:00"),
        ("2026-01-30 00:00", 1, "UTC", "2026-03-01 00:00"),
        ("2026-02-28 12:00", 1, "UTC", "2026-03-29 00:00"),
        ("2026-01-31 23:30", 1, "Europe/Berlin", "2026-03-01 23:00"),  # there it is 1 February already
        ("2026-02-28 12:00", 1, "Europe/Berlin", "2026-03-28 23:00"),  # the clocks change in the night after
        ("2026-03-01 12:00", 1, "Europe/Berlin", "2026-04-01 22:00"),  # summer time
        ("2024-02-29 12:00", 12, "UTC", "2025-03-01 00:00"),
        ("2026-01-31 12:00", 1200, "UTC", "2126-02-01 00:00"),
        ("2018-10-03 12:00", 1, "America/Sao_Paulo", "2018-11-04 03:00"),  # 4 November began at 01:00
        ("2026-02-05 12:00", 1, "Asia/Beirut", "2026-03-05 22:00"),
        ("2025-10-01 12:00", 1, "America/Havana", "2025-11-02 05:00"),  # 2 November had midnight twice
    ],
)
def test_months_and_time_zones(earned_at: str, months: int, zone: str, ends_at: str, db: Any) -> None:
    assert expiry.ends_at(moment(earned_at), months, zone) == moment(ends_at)


def settings_of(channel: host.Channel, **values: str) -> None:
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", **values)


def earned(buyer: Any, price: str = "60") -> Any:
    order = hosts.order(buyer, [(price, 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def pass_time(**how_long: Any) -> None:
    """Let every lot be older by so much."""
    past = timedelta(**how_long)
    for lot in Lot.objects.exclude(expires_at=None):
        Lot.objects.filter(pk=lot.pk).update(expires_at=lot.expires_at - past, earned_at=lot.earned_at - past)
    for account in Account.objects.exclude(next_expiry_at=None):
        Account.objects.filter(pk=account.pk).update(next_expiry_at=account.next_expiry_at - past)


def test_points_of_an_order_expire_by_the_channels_settings(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1", time_zone="Asia/Tokyo")
    earned(customer)
    lot = Lot.objects.get()
    assert lot.expires_at == expiry.ends_at(lot.earned_at, 1, "Asia/Tokyo")
    assert Account.objects.get().next_expiry_at == lot.expires_at


def test_without_a_number_of_months_points_never_expire(programme_on: Any, customer: Any) -> None:
    earned(customer)
    assert Lot.objects.get().expires_at is None


def test_a_changed_time_zone_or_validity_moves_no_points_of_orders_placed_before(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1", time_zone="UTC")
    order = hosts.order(customer, [("60", 1)])
    earned(customer)
    before = Lot.objects.get().expires_at
    settings_of(channel, points_valid_months="12", time_zone="Pacific/Auckland")
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    assert set(Lot.objects.values_list("expires_at", flat=True)) == {before}


def test_expired_points_are_gone_at_once_and_written_off_by_the_run(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1")
    earned(customer)
    pass_time(days=40)
    person = host.person(customer)
    account = accounts.account_of(person, django_timezone.now())
    assert account is not None
    assert account.available == 0, "even before the run"
    assert Entry.objects.filter(kind="expired").count() == 0

    now = django_timezone.now()
    assert expiry.due_lots(now) == (1, 60)
    assert expiry.run(now) == (1, 60)
    assert expiry.run(now) == (0, 0)
    entry = Entry.objects.get(kind="expired")
    assert (entry.points, entry.balance_after, entry.happened_at) == (-60, 0, Lot.objects.get().expires_at)
    assert Account.objects.get().next_expiry_at is None


def test_expired_points_cannot_be_spent_before_the_run(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1")
    earned(customer)
    pass_time(days=40)
    with pytest.raises(errors.InsufficientPoints):
        redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=django_timezone.now())


def test_what_has_ended_on_several_days_is_one_entry_a_day(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1")
    for price in ("10", "20"):
        earned(customer, price)
    pass_time(days=1)
    earned(customer, "40")
    pass_time(days=40)
    assert expiry.run(django_timezone.now()) == (3, 70)
    entries = Entry.objects.filter(kind="expired").order_by("version")
    assert [(entry.points, entry.balance_after) for entry in entries] == [(-30, 40), (-40, 0)]


def test_batches_of_one_account(channel: Any) -> None:
    settings_of(channel, points_valid_months="1")
    for number in range(5):
        earned(f"guest-{number}@example.com", "10")
    pass_time(days=40)
    told: list[tuple[int, int]] = []
    assert expiry.run(django_timezone.now(), batch=2, progress=lambda *done: told.append(done)) == (5, 50)
    assert told == [(2, 20), (4, 40), (5, 50)]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_one_account_that_cannot_be_written_off_stops_no_other(batch: int, channel: Any, caplog: Any) -> None:
    settings_of(channel, points_valid_months="1")
    for number in range(5):
        earned(f"guest-{number}@example.com", "10")
    pass_time(days=40)
    bad = Account.objects.order_by("pk")[1]
    Account.objects.filter(pk=bad.pk).update(available=0)
    assert expiry.run(django_timezone.now(), batch=batch) == (4, 40)
    assert f"The points of account {bad.pk} could not be written off" in caplog.text
    assert "DETAIL" not in caplog.text
    Account.objects.filter(pk=bad.pk).update(available=10)
    assert expiry.run(django_timezone.now(), batch=batch) == (1, 10)


def test_a_code_given_back_late_returns_points_that_expire_at_once(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1")
    earned(customer)
    made = redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=django_timezone.now())
    pass_time(days=40)
    expiry.run(django_timezone.now())
    closing.cancel(made.pk, "staff", now=django_timezone.now())
    account = accounts.account_of(host.person(customer), django_timezone.now())
    assert account is not None
    assert account.available == 0
    assert expiry.run(django_timezone.now()) == (1, 50)


def test_given_points_expire_by_their_channel(channel: Any) -> None:
    settings_of(channel, points_valid_months="2")
    now = django_timezone.now()
    account = accounts.lock_account_of(host.person_with_email("guest@example.com"), now)
    ledger.give(account, ledger.Posting(Kind.ADJUSTMENT, "a gift", now, points=5, channel_id=channel.id), now)
    assert Lot.objects.get().expires_at == expiry.ends_at(now, 2, "UTC")


def test_the_command_says_what_it_would_do_and_does_it(channel: Any, customer: Any) -> None:
    settings_of(channel, points_valid_months="1")
    earned(customer)
    pass_time(days=40)
    said = [StringIO(), StringIO()]
    call_command("reciprocity_expire", dry_run=True, stdout=said[0])
    call_command("reciprocity_expire", stdout=said[1], stderr=StringIO())
    assert said[0].getvalue() == "60 points of 1 lots have expired and are not written off yet.\n"
    assert said[1].getvalue() == "Wrote off 60 points of 1 lots.\n"
