"""Orders: brings the points posted for one order to what is due for it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from saleor_reciprocity import host, programme

from . import earning, ledger
from .entitlement import entitlement
from .models import OrderTerms


def settle(order_id: str) -> None:
    """Post what an order is due and what was not posted yet, in a transaction of its own.

    The order is read after its row of ours is there and locked with the account, so whoever comes last decides by the
    newest state. At the first look the new row itself makes everybody else wait.
    """
    with transaction.atomic():
        terms = OrderTerms.objects.filter(order_id=order_id).first()
        order = host.order(order_id) if terms is None else None
        if terms is None and order is not None:
            terms, order = _first_look(order)
        if terms is None or terms.account_id is None:
            return
        account = ledger.lock(terms.account_id)
        if order is None:
            terms.refresh_from_db()
            order = host.order(order_id)
        if order is None:  # the host deletes expired orders, which are due nothing by then
            return
        now = timezone.now()
        if account.user_id is None and order.person.user_id is not None:
            ledger.account_of(order.person, now)  # a guest's order found its user: so does the account
        ledger.post_order(account, terms, entitlement(order, earning.Terms.from_json(terms.terms)), now, now)


def _first_look(order: host.Order) -> tuple[OrderTerms | None, host.Order | None]:
    """Freeze the terms of an order as they stood when it was placed; None while it is not an order yet.

    The order comes back with terms that are new. Where another process was first, it has to be read again.
    """
    if order.state is host.OrderState.NOT_YET:
        return None, None
    programme.current(order.channel_id)
    version = programme.in_force(order.channel_id, order.placed_at)
    rules = version.programme if version is not None and version.active else None
    verdict = earning.verdict(order, rules)
    earns = rules is not None and verdict == earning.EARNS
    terms = OrderTerms(
        order_id=order.id,
        order_number=order.number,
        account=ledger.account_of(order.person, timezone.now()) if earns else None,
        channel_id=order.channel_id,
        currency=order.currency,
        placed_at=order.placed_at,
        verdict=verdict,
        terms=(earning.terms_for(order, rules) if earns and rules else earning.NOTHING).as_json(),
    )
    try:
        with transaction.atomic():
            terms.save(force_insert=True)
    except IntegrityError:
        return OrderTerms.objects.get(order_id=order.id), None
    return terms, order
