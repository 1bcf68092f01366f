"""Notes: one text of ours in the private metadata of an order, put there and taken off on either generation.

It stands above both: how orders are chosen by id is the one thing in which they differ.
"""

from __future__ import annotations

from typing import Any, Iterable

from django.db import connection

from . import CHOSEN_ORDERS, possible_order_ids

_PUT = f"""
UPDATE order_order o SET private_metadata = coalesce(o.private_metadata, '{{}}')
  || jsonb_build_object(%(key)s::text, %(text)s::text) WHERE {CHOSEN_ORDERS}
"""  # noqa: S608 - constants
_TAKE_OFF = f"""
UPDATE order_order o SET private_metadata = o.private_metadata - %(key)s
WHERE {CHOSEN_ORDERS} AND o.private_metadata ? %(key)s
"""  # noqa: S608 - constants
_ANY = f"SELECT FROM order_order o WHERE {CHOSEN_ORDERS} AND o.private_metadata ? %(key)s LIMIT 1"


def note_on_order(order_id: str, key: str, text: str) -> None:
    """Put one text under one key of an order's private metadata, in one statement that leaves all others alone."""
    _execute(_PUT, [order_id], key=key, text=text)


def take_notes_off(order_ids: Iterable[str], key: str) -> None:
    """Take what is under one key off the private metadata of orders."""
    _execute(_TAKE_OFF, order_ids, key=key)


def has_notes(order_ids: Iterable[str], key: str) -> bool:
    """Whether there is something under one key of the private metadata of one of these orders."""
    return _execute(_ANY, order_ids, key=key) > 0


def _execute(sql: str, order_ids: Iterable[str], **values: Any) -> int:
    """Returns how many rows there were."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"order_ids": possible_order_ids(order_ids), **values})
        return int(cursor.rowcount)
