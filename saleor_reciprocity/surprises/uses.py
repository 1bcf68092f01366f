"""Uses: notes which gifts an order was placed with when the order is looked at, while that can still be seen."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from saleor_reciprocity import host
from saleor_reciprocity.locking import Turns

from . import gifts
from .models import Draw, GiftState

_CARRIED = """
SELECT d.id FROM reciprocity_draw d JOIN carried c ON c.code = d.code
WHERE d.state = 'issued' OR d.state IN ('withdrawn', 'expired') AND c.took_off ORDER BY d.id
"""


BESIDE = {"gifts": f"ARRAY({_CARRIED})"}


def concerns(look: host.Look) -> bool:
    """Whether an order carries the code of a gift of which that is not noted yet."""
    return bool(look.beside["gifts"])


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Note that an order uses the gifts whose codes it carries, each in a turn of its own."""
    return [partial(_note, draw_id, now) for draw_id in look.beside["gifts"]]


def _note(draw_id: int, now: datetime) -> None:
    gift = Draw.objects.select_for_update().get(pk=draw_id)
    if gift.state != GiftState.USED:
        gifts.note_use(gift, now)
