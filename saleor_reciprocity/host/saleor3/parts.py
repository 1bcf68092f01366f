"""What the rooms of Saleor 3 share, and offer to nobody else."""

from __future__ import annotations

from uuid import UUID

from .probes import has
from .refunds import LEGACY_REFUNDS

# A draft was created long before it was placed.
PLACED_AT = """CASE WHEN o.origin = 'draft' THEN coalesce((SELECT min(e.date) FROM order_orderevent e
    WHERE e.order_id = o.id AND e.type = 'placed_from_draft'), o.created_at) ELSE o.created_at END"""
_REFUNDED_PAYMENTS = f"(SELECT coalesce(sum(r.amount), 0) FROM {LEGACY_REFUNDS} r WHERE r.order_id = o.id)"  # noqa: S608
# A charge-back lowers what was charged and is no refund. It counts as far as the order was not charged again since.
_REFUNDED_TRANSACTIONS = """(SELECT coalesce(sum(i.refunded_value), 0) + least(coalesce(sum(b.charged_back), 0),
      greatest(o.total_gross_amount - coalesce(sum(i.charged_value + i.refunded_value), 0), 0))
    FROM payment_transactionitem i LEFT JOIN LATERAL (
      SELECT sum(e.amount_value) AS charged_back FROM payment_transactionevent e
      WHERE e.transaction_id = i.id AND e.type = 'charge_back' AND e.include_in_calculations) b ON true
    WHERE i.order_id = o.id)"""
GIVEN_BACK = f"{_REFUNDED_PAYMENTS} + {_REFUNDED_TRANSACTIONS}"
# A gift card became a means of payment in 3.23.
CHARGED_TO_GIFT_CARDS = (
    "(SELECT coalesce(sum(i.charged_value), 0) FROM payment_transactionitem i"
    " WHERE i.order_id = o.id AND i.gift_card_id IS NOT NULL)"
    if has("gift cards pay")
    else "0::numeric"
)


def is_uuid(text: str) -> bool:
    """Whether a text is the id of an order."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
