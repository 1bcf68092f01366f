"""Erased: which orders nobody looks at again, because whoever placed them was erased. `erasure` decides about it.

A domain that writes about an order asks under the lock that an erasure takes as well: that of the person's account, or
its own. What it has prepared is rolled back then, and with it an account that it made for the person.
"""

from __future__ import annotations

from django.db import connection

# The same of the order `{order}`, for the condition of a statement that writes about it.
IS_ERASED = "EXISTS (SELECT 1 FROM reciprocity_settledorder e WHERE e.order_id = {order} AND e.erased)"


def is_erased(order_id: str) -> bool:
    """Whether the person who placed an order was erased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM reciprocity_settledorder WHERE order_id = %s AND erased", [order_id])
        return cursor.fetchone() is not None
