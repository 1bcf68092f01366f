"""Holders: the accounts of many people at once, made where there are none. What one person gets, `ledger` decides."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable

from saleor_reciprocity import identity
from saleor_reciprocity.host.facts import Person

from . import ledger, queries
from .models import Account


def accounts_of(people: Iterable[Person], now: datetime) -> dict[Person, int]:
    """The ids of the accounts of people, made where there are none, as `ledger.account_of` does for one.

    Whoever is new and simple is made in a set; who has a guest's account to take over is left to the ledger.
    """
    hashes = _hashes(people)
    _make_for_users([person for person in hashes if person.user_id is not None], hashes, now)
    _make_for_guests([person for person in hashes if person.user_id is None], hashes, now)
    missing = hashes.keys() - _known(hashes).keys()
    made = {person: ledger.account_of(person, now).pk for person in missing}
    return {**made, **_known(hashes)}


def known(people: Iterable[Person]) -> dict[Person, int]:
    """The ids of the accounts of those among people who have one. For reading only."""
    hashes = _hashes(people)
    found = _known(hashes)
    others = {person: queries.account_of(person) for person in hashes if person not in found and person.confirmed}
    return {**found, **{person: account.pk for person, account in others.items() if account is not None}}


def _known(hashes: dict[Person, str | None]) -> dict[Person, int]:
    """Those who have an account about which nothing is left to find out."""
    users = {person.user_id for person in hashes if person.user_id is not None}
    by_user = {account.user_id: account for account in Account.objects.filter(user_id__in=users)}
    guests = {email_hash for person, email_hash in hashes.items() if person.user_id is None}
    by_hash = dict(Account.objects.filter(email_hash__in=guests).values_list("email_hash", "pk"))
    found = {}
    for person, email_hash in hashes.items():
        account = by_user.get(person.user_id)
        if person.user_id is None:
            found[person] = by_hash.get(email_hash)
        elif account is not None and (account.email_hash is not None or not person.confirmed):
            found[person] = account.pk
    return {person: pk for person, pk in found.items() if pk is not None}


def _hashes(people: Iterable[Person]) -> dict[Person, str | None]:
    """The keyed hash of each person's address; None where the address is not proved to be a user's."""
    people = list(dict.fromkeys(people))
    owners = [person for person in people if person.email and (person.user_id is None or person.confirmed)]
    return {**dict.fromkeys(people), **dict(zip(owners, identity.email_hashes(person.email for person in owners)))}


def _make_for_users(users: list[Person], hashes: dict[Person, str | None], now: datetime) -> None:
    have = set(Account.objects.filter(user_id__in=[user.user_id for user in users]).values_list("user_id", flat=True))
    taken = _taken(hashes[user] for user in users)
    Account.objects.bulk_create(
        [
            Account(user_id=user.user_id, email_hash=hashes[user], had_user=True, created_at=now)
            for user in users
            if user.user_id not in have and hashes[user] not in taken
        ],
        ignore_conflicts=True,
    )


def _make_for_guests(guests: list[Person], hashes: dict[Person, str | None], now: datetime) -> None:
    taken = _taken(hashes[guest] for guest in guests)
    new = {hashes[guest] for guest in guests} - taken - {None}
    rows = [Account(email_hash=email_hash, created_at=now) for email_hash in sorted(filter(None, new))]
    Account.objects.bulk_create(rows, ignore_conflicts=True)


def _taken(hashes: Iterable[str | None]) -> set[str | None]:
    wanted = {email_hash for email_hash in hashes if email_hash is not None}
    return set(Account.objects.filter(email_hash__in=wanted).values_list("email_hash", flat=True))
