"""Notes: how many points an order brings, in words, in its private metadata, for apps that print it in their mails.

The host's order is written in a turn of its own, with nothing of ours locked, and only where the note is not what the
order's points ask for. Who may read an order's private metadata is staff and apps who may manage orders.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Iterable

from django.db import connection
from django.utils.translation import override

from saleor_reciprocity import erased, host, languages, names, programmes, readers
from saleor_reciprocity.locking import Turns

from .models import OrderTerms

KEY = "reciprocity.points"
LONGEST_WAIT = "200ms"  # for an order that somebody else is changing; the sweep writes the note then

BESIDE = {"points_note": f"o.private_metadata ->> '{KEY}'"}


def concerns(look: host.Look) -> bool:
    """Whether there is to be a note on an order, or one to be taken off."""
    return _is_wanted(look) or look.beside["points_note"] is not None


def _is_wanted(look: host.Look) -> bool:
    return bool(readers.switch(programmes.stored_in(look.beside)["order_notes"]))


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Bring the note on an order to what its points ask for."""
    text = _text(order_id, look)
    if text == look.beside["points_note"]:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
    if text is None:
        host.take_notes_off([order_id], KEY)
    else:
        host.note_on_order(order_id, KEY, text)
    return [partial(_take_off_again, order_id)]


def _take_off_again(order_id: str) -> None:
    """Take the note off where the person was erased while it was written."""
    if erased.is_erased(order_id):
        host.take_notes_off([order_id], KEY)


def _text(order_id: str, look: host.Look) -> str | None:
    """What the note says, in the order's language; None for no note."""
    terms = OrderTerms.objects.filter(order_id=order_id).first() if _is_wanted(look) else None
    if terms is None or not terms.pending + terms.earned:
        return None
    with override(languages.nearest(host.order_language(order_id))):
        return names.amount(programmes.stored_in(look.beside)["points_name"], terms.pending + terms.earned)


def take_notes_off(order_ids: Iterable[str]) -> None:
    """What was noted of points on the host's orders."""
    host.take_notes_off(order_ids, KEY)


def has_notes(order_ids: Iterable[str]) -> bool:
    """Whether there is such a note."""
    return host.has_notes(order_ids, KEY)
