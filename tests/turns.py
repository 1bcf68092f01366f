"""Turns: one domain alone settles an order, at any moment, as settlement lets it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from saleor_reciprocity import host, settlement


def settle(domain: Any, order_id: str, now: datetime) -> None:
    """Let one domain have all its turns, each in a transaction of its own."""

    turns = [lambda: domain.settle(order_id, now, settlement.look(order_id))]
    with host.allow_writer():
        while turns:
            with transaction.atomic():
                turns[:0] = turns.pop(0)() or ()
