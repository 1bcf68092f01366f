"""Orders: brings the points posted for one order to what is due for it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from saleor_reciprocity import host, programme

from . import earning, ledger
from .entitlement import entitlement
from .models import OrderTerms


def settle(order_id: str) -> None:
    """Post what an order is due and what was not posted yet, in a transaction of its own.

    The order is read after the account is locked, so whoever comes last decides by the newest state.
    """
    with transaction.atomic():
        terms = OrderTerms.objects.filter(order_id=order_id).first() or _first_look(order_id)
        if terms is None or terms.account_id is None:
            return
        account = ledger.lock(terms.account_id)
        terms.refresh_from_db()
        order = host.order(order_id)
        if order is None:  # the host deletes expired orders, which are due nothing by then
            return
        now = timezone.now()
        if account.user_id is None and order.person.user_id is not None:
            ledger.account_of(order.person, now)  # a guest's order found its user: so does the account
            account = ledger.lock(account.pk)  # which may be part of the user's own by now
        ledger.post_order(account, terms, entitlement(order, earning.Terms.from_json(terms.terms)), now, now)


def _first_look(order_id: str) -> OrderTerms | None:
    """Freeze the terms of an order as they stood when it was placed, and post what it is due at once.

    Returns the terms only where another process was first, under the lock of the account.
    """
    order = host.order(order_id)
    if order is None or order.state is host.OrderState.NOT_YET:
        return None
    version = programme.in_force(order.channel_id, order.placed_at)
    rules = version.programme if version is not None and version.active else None
    verdict = earning.verdict(order, rules)
    agreed = earning.terms_for(order, rules) if rules is not None and verdict == earning.EARNS else None
    terms = OrderTerms(
        order_id=order.id,
        order_number=order.number,
        channel_id=order.channel_id,
        currency=order.currency,
        placed_at=order.placed_at,
        verdict=verdict,
        terms=(agreed or earning.NOTHING).as_json(),
    )
    if agreed is None:
        OrderTerms.objects.bulk_create([terms], ignore_conflicts=True)
        return None
    now = timezone.now()
    terms.account = account = ledger.lock_account_of(order.person, now)
    first = OrderTerms.objects.filter(order_id=order.id).first()
    if first is not None:
        return first
    ledger.post_order(account, terms, entitlement(order, agreed), now, now)
    return None
