"""Uses: notes which codes an order was placed with when the order is looked at, while that can still be seen.

A voucher that staff delete leaves no trace on its orders in Saleor 2.10. And an order that was committed after its code
was given back has used it all the same.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from saleor_reciprocity import host
from saleor_reciprocity.locking import Turns

from . import closing

_CARRIED = """
SELECT r.id FROM reciprocity_redemption r JOIN carried c ON c.code = r.code
WHERE r.state = 'unused' OR r.state IN ('cancelled', 'expired') AND c.took_off ORDER BY r.id
"""


BESIDE = {"codes": f"ARRAY({_CARRIED})"}


def concerns(look: host.Look) -> bool:
    """Whether an order carries the code of a redemption of which that is not noted yet."""
    return bool(look.beside["codes"])


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Note that an order uses the codes of redemptions that it carries, each in a turn of its own."""
    return [partial(_note, redemption_id, now) for redemption_id in look.beside["codes"]]


def _note(redemption_id: int, now: datetime) -> None:
    closing.note_use(redemption_id, now)
