"""What was paid back through the legacy payments of Saleor 3, as long as the host has them."""

from __future__ import annotations

from .. import indexes
from .probes import has

_HERE = has("legacy payments")

# A row for each refund, and one below zero for a refund that was reversed.
LEGACY_REFUNDS = (
    "(SELECT p.order_id, CASE t.kind WHEN 'refund' THEN t.amount ELSE -t.amount END AS amount, t.created_at"
    " FROM payment_payment p JOIN payment_transaction t ON t.payment_id = p.id"
    " WHERE t.kind IN ('refund', 'refund_reversed') AND t.is_success)"
    if _HERE
    else "(SELECT NULL::uuid AS order_id, NULL::numeric AS amount, NULL::timestamptz AS created_at WHERE false)"
)
LEGACY_INDEXES: tuple[indexes.Index, ...] = (
    (("reciprocity_payments_by_time", "payment_transaction", "created_at"),) if _HERE else ()
)
