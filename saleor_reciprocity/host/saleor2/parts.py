"""What the rooms of Saleor 2.10 share, and offer to nobody else."""

from __future__ import annotations

from django.conf import settings

CHANNEL_ID = "1"  # what an upgrade to Saleor 3 makes of the one channel that there is here

# A draft was created long before it was placed.
PLACED_AT = """coalesce(
    (SELECT min(e.date) FROM order_orderevent e WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created)"""

GIVEN_BACK = """(SELECT coalesce(sum(t.amount), 0)
    FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id
    WHERE p.order_id = o.id AND t.kind = 'refund' AND t.is_success)"""


def is_proved(is_active: bool) -> bool:
    """Whether a user has proved the address. Where the shop asks for that, an account is inactive until then.

    Where it does not ask, nobody has proved anything: whoever knows an address can register with it.
    """
    return bool(settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL and is_active)
