"""What points hold about a person, and how it is forgotten: figures stay, names, orders and reasons go."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable

from django.db import connection

from saleor_reciprocity.identity import Subject

from .models import Account, Entry, Lot, LotUse, OrderTerms
from .tiers.models import AccountTier, TierChange

# Also those that an order of theirs left with somebody who had its points before a correction.
_ENTRIES = """
UPDATE reciprocity_entry e SET reason = '', actor = '', source = 'erased:' || e.id, order_id = coalesce(
  (SELECT 'erased:' || t.id FROM reciprocity_orderterms t WHERE t.order_id = e.order_id AND e.order_id <> ''), '')
WHERE account_id = ANY(%(accounts)s)
  OR order_id IN (SELECT t.order_id FROM reciprocity_orderterms t WHERE t.account_id = ANY(%(accounts)s))
"""
_LOTS = """
UPDATE reciprocity_lot l SET order_id = coalesce(
  (SELECT 'erased:' || t.id FROM reciprocity_orderterms t WHERE t.order_id = l.order_id AND l.order_id <> ''), '')
WHERE account_id = ANY(%(accounts)s)
"""
_ORDERS = """
UPDATE reciprocity_orderterms SET order_id = 'erased:' || id, order_number = '', terms = '{}', matures_at = NULL,
  buyer = NULL
WHERE account_id = ANY(%(accounts)s)
"""


def export(subject: Subject) -> dict[str, Any]:
    """Accounts, entries, lots, tiers and the terms of orders."""
    mine = {"account_id__in": subject.account_ids}
    return {
        "accounts": list(
            Account.objects.filter(pk__in=subject.account_ids).order_by("pk").values(
                "id", "available", "pending", "debt", "created_at", "merged_into_id"
            )
        ),
        "entries": list(
            Entry.objects.filter(**mine).order_by("account_id", "version").values(
                "account_id", "version", "kind", "points", "pending", "balance_after", "pending_after",
                "order_id", "reason", "actor", "happened_at", "written_at",
            )
        ),
        "lots": list(
            Lot.objects.filter(**mine).order_by("pk").values(
                "order_id", "points", "remaining", "earned_at", "expires_at"
            )
        ),
        "lot_uses": list(
            LotUse.objects.filter(entry__account_id__in=subject.account_ids).order_by("pk").values(
                "entry__version", "lot__earned_at", "points"
            )
        ),
        "tier": list(AccountTier.objects.filter(**mine).order_by("pk").values("code", "since", "falls_at")),
        "tier_changes": list(
            TierChange.objects.filter(**mine).order_by("pk").values("from_code", "code", "points", "changed_at")
        ),
        "orders": list(
            OrderTerms.objects.filter(**mine).order_by("pk").values(
                "order_id", "order_number", "placed_at", "verdict", "terms", "pending", "earned", "kept"
            )
        ),
    }  # fmt: skip


def forget(subject: Subject, now: datetime) -> None:
    """Cut the tie between figures and person. The orders are renamed alike everywhere, so the sums still hold."""
    with connection.cursor() as cursor:
        for statement in (_ENTRIES, _LOTS, _ORDERS):
            cursor.execute(statement, {"accounts": list(subject.account_ids)})
    _forget_orders_of_nobody(subject.order_ids, now)
    Account.objects.filter(pk__in=subject.account_ids).update(
        user=None, email_hash=None, had_user=False, user_deleted_at=None, erased_at=now
    )


def _forget_orders_of_nobody(order_ids: Iterable[str], now: datetime) -> None:
    """Delete the terms of orders that earned nothing. No account is locked for those: a row of ours bars the way."""
    bars = [OrderTerms(order_id=order_id, placed_at=now, terms={}) for order_id in order_ids]
    OrderTerms.objects.bulk_create(bars, ignore_conflicts=True)
    OrderTerms.objects.filter(order_id__in=order_ids, account=None).delete()
