"""Uses: notes which codes an order was placed with when the order is looked at, while that can still be seen.

A voucher that staff delete leaves no trace on its orders in Saleor 2.10. And an order that was committed after its code
was given back has used it all the same.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from saleor_reciprocity import host

from . import redemption

_CARRIED = f"""
SELECT r.id FROM reciprocity_redemption r JOIN ({host.CODES_ON_ORDER}) c ON c.code = r.code
WHERE r.state = 'unused' OR r.state IN ('cancelled', 'expired') AND c.took_off ORDER BY r.id
"""  # noqa: S608 - a constant


def settle(order_id: str, now: datetime) -> None:
    """Note that an order uses the codes of redemptions that it carries. An order without any costs one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, {"order_id": order_id})
        carried = [row[0] for row in cursor.fetchall()]
    for redemption_id in carried:
        redemption.note_use(redemption_id, now)
