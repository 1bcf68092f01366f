"""Erasure and export: all that is held about a person, gathered from every domain, and forgotten in every domain.

Sums stay right: figures are kept, what leads to the person is not. The orders of the person are ignored from then on.
A domain joins by a row in DOMAINS: what it holds about a subject, and how it forgets one, called in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Callable, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import errors, host, identity
from .experiments import personal as experiments
from .identity import Subject
from .mail import personal as mail
from .points import ledger, queries
from .points import personal as points
from .points.models import Account, OrderTerms
from .recommendations import personal as recommendations
from .rewards import personal as rewards
from .settlement import SettledOrder
from .surprises import personal as surprises
from .surveys import personal as surveys


class Domain(NamedTuple):
    """What a domain holds about a person, as values that JSON knows, and how it forgets the person."""

    name: str
    export: Callable[[Subject], Any]
    forget: Callable[[Subject], None]


DOMAINS = (
    Domain("points", points.export, points.forget),
    Domain("rewards", rewards.export, rewards.forget),
    Domain("surprises", surprises.export, surprises.forget),
    Domain("surveys", surveys.export, surveys.forget),
    Domain("recommendations", recommendations.export, recommendations.forget),
    Domain("experiments", experiments.export, experiments.forget),
    Domain("mail", mail.export, mail.forget),
)


def export(person: host.Person) -> dict[str, Any]:
    """All that is held about a person, by domain."""
    with host.allow_writer():
        subject = _subject(person)
        return {domain.name: domain.export(subject) for domain in DOMAINS}


def erase(person: host.Person) -> int:
    """Forget a person for good: all or nothing. Returns how many orders are ignored from now on.

    Raises NotFound for an address under which nothing is held.
    """
    with host.allow_writer(), transaction.atomic():
        subject = _subject(person)
        if not _is_known(subject):
            raise errors.NotFound(_("Nothing is held under this address."), field="email")
        return _forget(subject)


def _is_known(subject: Subject) -> bool:
    if subject.user_id is not None or subject.account_ids or subject.order_ids:
        return True
    held = (domain.export(subject) for domain in DOMAINS)
    return any(any(rows.values()) if isinstance(rows, dict) else rows for rows in held)


def erase_account(account_id: int, now: datetime) -> None:
    """Forget whoever an account belongs to, of whom nothing else is known any more."""
    with transaction.atomic():
        account = ledger.lock(account_id, now)
        _forget(_subject_of(account, None, account.email_hash or "", set()))


def _subject(person: host.Person) -> Subject:
    """The person, as far as the address is theirs: an unconfirmed user gets nothing of a guest's."""
    owns_address = bool(person.email) and (person.user_id is None or person.confirmed)
    email_hash = identity.email_hash(person.email) if owns_address else ""
    known = host.Person(person.user_id, person.email if owns_address else "", person.confirmed)
    order_ids = {host.order_id(row) for row in host.orders_of(known)}
    return _subject_of(queries.account_of(person), person.user_id, email_hash, order_ids)


def _subject_of(account: Account | None, user_id: int | None, email_hash: str, order_ids: set[str]) -> Subject:
    account_ids = list(queries.parts_of(account).values_list("pk", flat=True)) if account is not None else []
    mine = OrderTerms.objects.filter(account_id__in=account_ids)
    order_ids = order_ids | set(mine.values_list("order_id", flat=True))
    return Subject(user_id, email_hash, tuple(sorted(account_ids)), tuple(sorted(order_ids)))


def _forget(subject: Subject) -> int:
    list(Account.objects.select_for_update().filter(pk__in=subject.account_ids).order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('reciprocity.erasing', 'on', true)")
    for domain in DOMAINS:
        domain.forget(subject)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('reciprocity.erasing', 'off', true)")
    known = SettledOrder.objects.filter(Q(order_id__in=subject.order_ids))
    known.update(erased=True, fingerprint="", error="", retry_at=None)
    rows = [SettledOrder(order_id=order_id, erased=True) for order_id in subject.order_ids]
    SettledOrder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
