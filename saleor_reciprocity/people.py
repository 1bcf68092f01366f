"""People: finds whose account has to follow a confirmed or changed address, and lets it follow."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import QuerySet

from . import deployment, erasure, host, identity
from .errors import keep_going
from .points import merging
from .points.models import Account

logger = logging.getLogger(__name__)

CHUNK = 2000


def look(now: datetime, *, thoroughly: bool = False) -> None:
    """Do all of it. Without `thoroughly`, only accounts without an address are looked at."""
    with host.allow_writer():
        accounts = Account.objects.exclude(user=None)
        _follow_addresses(accounts if thoroughly else accounts.filter(email_hash=None), now)
        _follow_deletions(now)


def _follow_addresses(accounts: QuerySet, now: datetime) -> None:
    last = 0
    while chunk := list(accounts.filter(pk__gt=last).select_related("user").order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        people = {account.pk: host.person(account.user) for account in chunk}
        proved = {pk: person.email for pk, person in people.items() if person.confirmed and person.email}
        hashes = dict(zip(proved, identity.email_hashes(proved.values())))
        for account in chunk:
            if hashes.get(account.pk, account.email_hash) != account.email_hash:
                with keep_going(logger, "Account %s could not follow its user's address", account.pk):
                    merging.prove_address(account, hashes[account.pk], now)


def _follow_deletions(now: datetime) -> None:
    """Note when a user is gone; what nobody has claimed by the address some time later is erased."""
    days = deployment.erase_after_days()
    left = Account.objects.filter(had_user=True, user=None)
    left.filter(user_deleted_at=None).update(user_deleted_at=now)
    if days is not None:
        for account_id in left.filter(user_deleted_at__lte=now - timedelta(days=days)).values_list("pk", flat=True):
            with keep_going(logger, "Account %s could not be erased", account_id):
                erasure.erase_account(account_id, now)
