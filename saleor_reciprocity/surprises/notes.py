"""Notes: a small text about a won gift in the private metadata of its order, for apps that read it there.

The host's order is written after our own transaction, alone, so nothing of ours is locked meanwhile. A note that was
not written, because the process ended in between, is written by `write_missing`. Its commit waits for the disk, and so
for the draw before it: a code that a customer has seen is not lost in a crash of the database.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.models import QuerySet

from saleor_reciprocity import host, programmes
from saleor_reciprocity.errors import told
from saleor_reciprocity.rewards import rounds

from .models import ERASED, Draw, Outcome

logger = logging.getLogger(__name__)

KEY = "reciprocity.surprise"
LONGEST_WAIT = "200ms"  # for an order that somebody else is changing; the next look writes the note then


def write_soon(order_id: str, now: datetime) -> None:
    """Write the notes of an order once the transaction is committed; whatever goes wrong waits for the next look."""
    transaction.on_commit(partial(_write_undisturbing, order_id, now))


def write_missing(now: datetime, order_id: str | None = None) -> None:
    """Write every note that was not written yet, or those of one order."""
    rows = _missing().filter(order_id=order_id) if order_id else _missing()
    rounds.one_by_one("the note of gift", rows.order_by("pk").values_list("pk", flat=True), partial(_write, now=now))


def _write(draw_id: int, now: datetime) -> bool:
    won = _missing().select_related("prize", "campaign").filter(pk=draw_id).first()
    if won is None:
        return False
    text = text_of(won, with_code=_tells_code(won.campaign.channel_id, now))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
        host.note_on_order(won.order_id, KEY, text)
    noted = Draw.objects.filter(pk=won.pk, order_id=won.order_id).update(noted_at=now)
    if not noted:
        host.take_notes_off([won.order_id], KEY)  # the person was erased meanwhile
    return bool(noted)


def _missing() -> QuerySet:
    return Draw.objects.filter(outcome=Outcome.WON, noted_at=None).exclude(person__startswith=ERASED)


def _write_undisturbing(order_id: str, now: datetime) -> None:
    try:
        with host.allow_writer():
            write_missing(now, order_id)
    except Exception as error:
        logger.error("The note on order %s was not written; the next look will do it", order_id, exc_info=told(error))


def _tells_code(channel_id: str, now: datetime) -> bool:
    version = programmes.current(channel_id, now)
    return version is not None and version.programme.order_notes_code


def text_of(won: Draw, *, with_code: bool) -> str:
    """What a note says, in JSON. Whoever reads a code can use it, so it is told only where the shop wants that."""
    expires_at = won.expires_at.isoformat() if won.expires_at else None
    code = {"code": won.code} if with_code else {}
    return json.dumps({**code, "name": won.prize.name, "expiresAt": expires_at})
