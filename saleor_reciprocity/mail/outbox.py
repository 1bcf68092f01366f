"""The outbox: takes the wish for a message, once for each reason, in the transaction that gave the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Mapping

from saleor_reciprocity import host, identity

from .kinds import KINDS
from .models import Mail


def ask(
    kind: str,
    source: str,
    person: host.Person,
    channel_id: str,
    now: datetime,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    order_id: str = "",
    language: str = "",
    context: Mapping[str, int | str] | None = None,
) -> None:
    """Ask for a message of a kind in `kinds.KINDS`. The same `source` again changes nothing, whatever else is given.

    It is sent when it is due, by default now, and not after `expires_at` or the kind's shelf life. Whether the person
    may be written to is asked again then (`consent.may_write`). A user is written to at the address of that time; a
    guest at the address of the order, so a guest's message needs `order_id`. `language` "" means the order's or the
    user's. `context` holds ids for the reader of the kind in `messages.READERS`, never text or personal data. `key` is
    the installation's, where it was read already.
    """
    due = due_at or now
    latest = due + KINDS[kind].shelf_life
    mail = Mail(
        kind=kind,
        source=source,
        person=identity.email_hash(person.email, key) if person.email else "",
        user_id=person.user_id,
        is_guest=person.user_id is None,
        order_id=order_id,
        channel_id=channel_id,
        language=language,
        context=dict(context or {}),
        wanted_at=now,
        due_at=due,
        expires_at=min(expires_at, latest) if expires_at else latest,
        next_at=due,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
