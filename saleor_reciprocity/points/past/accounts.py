"""Accounts of many people at once, opened where there are none. What one person gets, `points.accounts` decides."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Iterable

from django.db import IntegrityError, transaction

from saleor_reciprocity import errors, identity
from saleor_reciprocity.host.facts import Person

from .. import accounts
from ..models import Account


def accounts_of(people: Iterable[Person], now: datetime) -> dict[Person, int]:
    """The ids of the accounts of people, made where there are none, as `open_account` does for one.

    Whoever is new and simple is made in a set; who has a guest's account to take over is left to it.
    """
    wanted = set(people)
    found = _known(wanted)
    new = _hashes(wanted - found.keys())
    if new:
        _make([person for person in new if person.user_id is not None], new, now)
        _make([person for person in new if person.user_id is None], new, now)
        left = sorted(new.keys() - _known(new).keys(), key=lambda person: (person.user_id or 0, person.email))
        made = {}
        for person in left:
            with suppress(errors.NotFound):  # the user was deleted meanwhile
                made[person] = accounts.open_account(person, now).pk
        found = {**made, **_known(wanted)}  # once more: who took something over may have taken it from these
    return found


def known(people: Iterable[Person], now: datetime) -> dict[Person, int]:
    """The ids of the accounts of those among people who have one. For reading only."""
    wanted = set(people)
    found = _known(wanted)
    others = {person: accounts.account_of(person, now) for person in wanted if person not in found and person.confirmed}
    return {**found, **{person: account.pk for person, account in others.items() if account is not None}}


def _known(people: Iterable[Person]) -> dict[Person, int]:
    """Those who have an account about which nothing is left to find out."""
    guests = _hashes(person for person in people if person.user_id is None)
    by_hash = dict(Account.objects.filter(email_hash__in=guests.values()).values_list("email_hash", "pk"))
    found = {guest: by_hash[email_hash] for guest, email_hash in guests.items() if email_hash in by_hash}
    users = {person.user_id: person for person in people if person.user_id is not None}
    for user_id, pk, email_hash in Account.objects.filter(user_id__in=users).values_list("user_id", "pk", "email_hash"):
        if email_hash is not None or not users[user_id].confirmed:
            found[users[user_id]] = pk
    return found


def _hashes(people: Iterable[Person]) -> dict[Person, str | None]:
    """The keyed hash of each person's address; None where the address is not proved to be a user's."""
    people = list(people)
    owners = [person for person in people if person.email and person.owns_address]
    return {**dict.fromkeys(people), **dict(zip(owners, identity.email_hashes(person.email for person in owners)))}


def _make(people: list[Person], hashes: dict[Person, str | None], now: datetime) -> None:
    """Accounts for those who have none, unless somebody has their address already."""
    have = Account.objects.filter(user_id__in=[person.user_id for person in people]).values_list("user_id", flat=True)
    taken = Account.objects.filter(email_hash__in=[hashes[person] for person in people]).values_list("email_hash")
    users, addresses = set(have) - {None}, {email_hash for (email_hash,) in taken}
    rows = [
        Account(user_id=person.user_id, email_hash=hashes[person], had_user=person.user_id is not None, created_at=now)
        for person in sorted(people, key=lambda person: (hashes[person] or "", person.user_id or 0))
        if person.user_id not in users and hashes[person] not in addresses
    ]
    with suppress(IntegrityError), transaction.atomic():  # a user was deleted meanwhile: all are left to `open_account`
        Account.objects.bulk_create(rows, ignore_conflicts=True)
