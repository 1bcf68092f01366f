"""Erasure and export: all that is held about a person, gathered from every domain, and forgotten in every domain.

Sums stay right: figures are kept, what leads to the person is not. The orders of the person are ignored from then on.
A domain joins by a row in DOMAINS: what it holds about a subject, and how it forgets one, called in one transaction.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any, Callable, NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from . import errors, host, identity
from .errors import keep_going
from .experiments import outcomes
from .experiments import personal as experiments
from .identity import Subject
from .locking import is_ring, locking
from .mail import personal as mail
from .points import accounts, notes
from .points import personal as points
from .points.models import Account, OrderTerms
from .recommendations import personal as recommendations
from .rewards import personal as rewards
from .settlement import SettledOrder
from .surprises import personal as surprises
from .surveys import personal as surveys

logger = logging.getLogger(__name__)


class Domain(NamedTuple):
    """What a domain holds about a person, as values that JSON knows, and how it forgets the person."""

    name: str
    export: Callable[[Subject], Any]
    forget: Callable[[Subject, datetime], None]


def _settled(subject: Subject) -> list[dict[str, Any]]:
    """When the orders were looked at."""
    rows = SettledOrder.objects.filter(order_id__in=subject.order_ids).order_by("pk")
    return list(rows.values("order_id", "settled_at"))


def _ignore(subject: Subject, now: datetime) -> None:
    """Nobody looks at the orders again, whether somebody has looked at them before or not. Nothing waits after this."""
    known = SettledOrder.objects.filter(order_id__in=subject.order_ids)
    state = {"erased": True, "settled_at": now}
    known.update(fingerprint="", error="", retry_at=None, **state)
    rows = [SettledOrder(order_id=order_id, **state) for order_id in subject.order_ids]
    SettledOrder.objects.bulk_create(rows, ignore_conflicts=True)


NOTED = (surprises, notes)  # what puts notes on the host's orders
DOMAINS = (
    Domain("points", points.export, points.forget),
    Domain("rewards", rewards.export, rewards.forget),
    Domain("surprises", surprises.export, surprises.forget),
    Domain("surveys", surveys.export, surveys.forget),
    Domain("recommendations", recommendations.export, recommendations.forget),
    Domain("experiments", experiments.export, experiments.forget),
    Domain("mail", mail.export, mail.forget),
    Domain("settlement", _settled, _ignore),
)


def export(person: host.Person) -> dict[str, Any]:
    """All that is held about a person, by domain."""
    with host.allow_writer():
        subject = _seen(person)
        return {domain.name: domain.export(subject) for domain in DOMAINS}


def erase(person: host.Person, now: datetime) -> int:
    """Forget a person for good: all or nothing. Returns how many orders are ignored from now on.

    Whoever writes about the person meanwhile waits, or is waited for; nobody writes afterwards. Raises NotFound for an
    address under which nothing is held and for a user who is gone, and Busy while somebody else holds or merges the
    accounts.
    """
    with host.allow_writer():
        seen = _seen(person)
        if not _is_known(seen):
            raise errors.NotFound(_("Nothing is held under this address."), field="email")
        return _forget_for_good(seen, lambda: _subject(person, _lock(person, now)), now)


def _is_known(subject: Subject) -> bool:
    if subject.user_id is not None or subject.account_ids or subject.order_ids:
        return True
    held = (domain.export(subject) for domain in DOMAINS)
    return any(any(rows.values()) if isinstance(rows, dict) else rows for rows in held)


def erase_account(account_id: int, now: datetime) -> None:
    """Forget whoever an account belongs to, of whom nothing else is known any more."""
    nobody = host.Person(None, "", confirmed=False)
    _forget_for_good(_subject(nobody, {account_id}), lambda: _subject(nobody, {accounts.lock(account_id, now).pk}), now)


def _forget_for_good(seen: Subject, locked: Callable[[], Subject], now: datetime) -> int:
    """Take our notes off the host's orders, which is done without a lock of ours; then forget the person.

    Not when somebody has written another note meanwhile: whoever does so later finds that the draw is nobody's. Raises
    Busy when somebody holds an account or an order for too long.
    """
    for _attempt in range(3):
        with locking():
            for noted in NOTED:
                noted.take_notes_off(seen.order_ids)
        try:
            with locking():
                seen = locked()
                _forget(seen, now)
                if not any(noted.has_notes(seen.order_ids) for noted in NOTED):
                    return len(seen.order_ids)
                transaction.set_rollback(True)
        except errors.Busy as busy:
            if not is_ring(busy):  # with somebody who took the person for two
                raise
    raise errors.Busy


def _seen(person: host.Person) -> Subject:
    return _subject(person, set(_accounts_of(person).values_list("pk", flat=True)))


def _lock(person: host.Person, now: datetime) -> set[int]:
    """Lock the accounts of a person, in their order. Who has none gets one: for others who would make one to wait."""
    for _attempt in range(3):
        if person.user_id is not None or person.email:
            accounts.open_account(person, now)
        found = set(_accounts_of(person).values_list("pk", flat=True))
        held = Account.objects.select_for_update().filter(pk__in=found, merged_into=None, erased_at=None)
        if len(held.order_by("pk")) == len(found):
            return found
    raise errors.Busy


def _accounts_of(person: host.Person) -> QuerySet:
    """A user's account, and one that no user has under the user's own address; or that of a guest's address."""
    address = Q(email_hash__in=_own_hashes(person))
    if person.user_id is None:
        return Account.objects.filter(address)
    return Account.objects.filter(Q(user_id=person.user_id) | address & Q(user=None))


def _own_hashes(person: host.Person) -> list[str]:
    """The hash of the address, as far as it is theirs: an unconfirmed user gets nothing of a guest's."""
    return [identity.email_hash(person.email)] if person.email and person.owns_address else []


def _subject(person: host.Person, account_ids: set[int]) -> Subject:
    """All that leads to a person: accounts with those that are part of them, orders, and hashes of addresses."""
    parts = Account.objects.filter(Q(pk__in=account_ids) | Q(merged_into_id__in=account_ids))
    hash_of_part = dict(parts.values_list("pk", "email_hash"))
    known = person if person.owns_address else replace(person, email="")
    order_ids = {host.order_id(row) for row in host.orders_of(known)}
    order_ids.update(OrderTerms.objects.filter(account_id__in=hash_of_part).values_list("order_id", flat=True))
    own = {*_own_hashes(person), *filter(None, hash_of_part.values())}
    subject = Subject(person.user_id, tuple(own), tuple(sorted(hash_of_part)), tuple(sorted(order_ids)))
    return replace(subject, persons=tuple(sorted(own | _carried_alone(subject))))


def _carried_alone(subject: Subject) -> set[str]:
    """The hashes on the rows of a person that no row of anybody else carries: of former and of unproved addresses."""
    rows = [named for domain in (surprises, surveys, mail) for named in domain.named(subject)]
    carried = {person for named in rows for person in named.values_list("person", flat=True) if person}
    alike = [named.model.objects.filter(person__in=carried).exclude(pk__in=named.values("pk")) for named in rows]
    others = {person for found in alike for person in found.values_list("person", flat=True)}
    others.update(Account.objects.filter(email_hash__in=carried).values_list("email_hash", flat=True))
    return carried - others


def _forget(subject: Subject, now: datetime) -> None:
    with keep_going(logger, "What became of somebody who is erased could not be frozen"), transaction.atomic():
        outcomes.freeze_people(subject.persons, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('reciprocity.erasing', 'on', true)")
    for domain in DOMAINS:
        domain.forget(subject, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('reciprocity.erasing', 'off', true)")
    Account.objects.filter(pk__in=subject.account_ids, created_at=now).delete()  # made to be locked only
