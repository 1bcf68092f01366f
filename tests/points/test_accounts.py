"""Whose points they are: users, guests, addresses proved, changed or taken. Edge case 12 of the engine's list."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from django.utils.timezone import now

from saleor_reciprocity import identity
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from .. import hosts

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def guest(email: str) -> Person:
    return Person(None, email, confirmed=False)


def user(email: str, confirmed: bool = True) -> Person:
    return Person(hosts.customer(email, confirmed=confirmed).pk, email, confirmed)


def test_an_address_is_one_person_in_any_spelling(db: Any) -> None:
    first = accounts.open_account(guest("Ada@Example.com"), NOW)
    assert accounts.open_account(guest(" ada@example.COM "), NOW) == first
    assert accounts.open_account(guest("eve@example.com"), NOW) != first


def test_no_address_is_stored(db: Any) -> None:
    account = accounts.open_account(guest("ada@example.com"), NOW)
    assert account.email_hash == identity.email_hash("ada@example.com")
    assert "ada@" not in str(account.email_hash)


def test_hashes_differ_between_installations_and_outlive_the_secret_key(db: Any, settings: Any) -> None:
    first = identity.email_hash("ada@example.com")
    settings.SECRET_KEY = "rotated"
    assert identity.email_hash("ada@example.com") == first
    identity.InstallationKey.objects.all().delete()
    assert identity.email_hash("ada@example.com") != first


def test_a_guests_account_goes_to_the_user_who_confirms_the_address(db: Any) -> None:
    account = accounts.open_account(guest("ada@example.com"), NOW)
    unconfirmed = user("ada@example.com", confirmed=False)
    assert accounts.open_account(unconfirmed, NOW) != account

    Account.objects.filter(user_id=unconfirmed.user_id).delete()
    confirmed = Person(unconfirmed.user_id, "ada@example.com", confirmed=True)
    assert accounts.account_of(confirmed, now()) == account
    assert accounts.open_account(confirmed, NOW) == account
    account.refresh_from_db()
    assert account.user_id == confirmed.user_id


def test_a_claimed_account_is_not_claimed_again(db: Any) -> None:
    first = user("ada@example.com")
    account = accounts.open_account(first, NOW)
    second = Person(hosts.customer("new@example.com").pk, "ada@example.com", confirmed=True)
    assert accounts.account_of(second, now()) is None
    assert accounts.open_account(second, NOW) != account
    assert Account.objects.get(user_id=second.user_id).email_hash is None


def test_a_guest_order_after_registration_goes_to_the_users_account(db: Any) -> None:
    late = user("ada@example.com", confirmed=False)
    account = accounts.open_account(late, NOW)
    confirmed = Person(late.user_id, late.email, confirmed=True)
    assert accounts.open_account(confirmed, NOW) == account
    assert accounts.open_account(guest("ada@example.com"), NOW) == account


def test_a_deleted_user_leaves_the_account_to_the_address(db: Any) -> None:
    row = hosts.customer("ada@example.com")
    account = accounts.open_account(Person(row.pk, "ada@example.com", confirmed=True), NOW)
    row.delete()
    account.refresh_from_db()
    assert account.user_id is None
    assert accounts.open_account(user("ada@example.com"), NOW) == account
