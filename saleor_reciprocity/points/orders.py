"""Orders: brings the points posted for one order to what is due for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Sequence

from django.db import transaction

from saleor_reciprocity import erased, errors, host, programmes, settings
from saleor_reciprocity.locking import Turns

from . import accounts, ledger, moving
from .earning import rulebook
from .earning.conditions import Buyer, Shelf
from .earning.entitlement import entitlement
from .earning.rules import Rule
from .earning.terms import EARNS, NOTHING, PROGRAMME_OFF, TOO_LARGE, Terms, is_too_large, terms_for, verdict
from .models import Account, OrderTerms
from .queries import maturing
from .tiers import standing

MOST_COUNTED = 1_000_000  # orders of one person
MOST_ATTEMPTS = 3

# What is read beside an order: what is set in its channel, whether it has terms, and what they are made of.
BESIDE = {
    **programmes.COLUMNS,
    "has_terms": "EXISTS (SELECT 1 FROM reciprocity_orderterms t WHERE t.order_id = asked.order_id)",
    "has_rules": "EXISTS (SELECT 1 FROM reciprocity_earningrule)",
    "has_tiers": "EXISTS (SELECT 1 FROM reciprocity_tierladder)",
}


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Post what an order is due and what was not posted yet. Returns what is left for further turns.

    At the first look, terms are stored on condition that there are none. Later the order is read again after the
    account is locked, so whoever comes last decides by the newest state. Raises Busy where others bring the order to
    somebody else again and again meanwhile.
    """
    if not look.beside["has_terms"] and _first_look(look, now):
        return ()
    return _settle(order_id, now)


def _settle(order_id: str, now: datetime, attempts: int = 0) -> Turns:
    terms = OrderTerms.objects.filter(order_id=order_id).first()
    if terms is None or terms.account_id is None:
        return ()
    account = accounts.lock(terms.account_id, now)
    terms.refresh_from_db()
    if terms.order_id != order_id:
        return ()  # the person was erased while this waited
    if terms.account_id != account.pk:  # another look brought it to somebody else
        return [partial(_settle, order_id, now, _once_more(attempts))]
    order = host.order(order_id)
    if order is None:  # the host deletes expired orders, which are due nothing by then
        OrderTerms.objects.filter(pk=terms.pk).update(matures_at=None)
        return ()
    found_its_user = account.user_id is None and order.person.user_id is not None
    if found_its_user or moving.is_anothers(terms, account, order.person):
        return [partial(_open_another, order_id, order.person, now, _once_more(attempts))]
    _note_buyer(terms, order.person)
    _post(account, terms, order, Terms.from_json(terms.terms), now)
    return ()


def _once_more(attempts: int) -> int:
    if attempts == MOST_ATTEMPTS:
        raise errors.Busy
    return attempts + 1


def _open_another(order_id: str, person: host.Person, now: datetime, attempts: int) -> Turns:
    """The order is from somebody else than it was, or a guest's has found its user: nothing is locked before that one's
    account is open. The account of a guest follows its user, and may be part of the user's own then."""
    return [partial(_move, order_id, person, accounts.open_account(person, now).pk, now, attempts)]


def _move(order_id: str, person: host.Person, target_id: int, now: datetime, attempts: int) -> Turns:
    """Bring an order's points to the account of the person whom it is from by now, and post what it is due there.

    Where another look was first, what it posted may be for an older state of the order: then this one begins again.
    """
    terms = OrderTerms.objects.filter(order_id=order_id).first()
    if terms is None:
        return ()
    source, target = accounts.lock_both(terms.account_id, target_id, now)
    terms.refresh_from_db()
    order = host.order(order_id)
    if terms.order_id != order_id or target.erased_at is not None:
        return ()  # somebody was erased while this waited
    if order is None or moving.buyer_of(order.person) != moving.buyer_of(person):
        return ()  # it changed again: its fingerprint is another, so the sweep looks at it
    if terms.account_id != source.pk:
        return [partial(_settle, order_id, now, attempts)]
    account = target if moving.is_anothers(terms, source, person) else source
    if account.pk != source.pk:
        moving.move(terms, source, target, now)
        standing.settle(source, now)
        standing.settle(target, now)
    _note_buyer(terms, person)
    _post(account, terms, order, Terms.from_json(terms.terms), now)
    return ()


def _note_buyer(terms: OrderTerms, person: host.Person) -> None:
    buyer = moving.buyer_of(person)
    if terms.buyer != buyer:
        OrderTerms.objects.filter(pk=terms.pk).update(buyer=buyer)


def _post(account: Account, terms: OrderTerms, order: host.Order, agreed: Terms, now: datetime) -> None:
    entry = ledger.post_order(account, terms, entitlement(order, agreed, now), now, now)
    if entry is not None and entry.points:
        standing.settle(account, now)


def award_past(order: host.Order, programme: settings.Programme, in_force: Sequence[Rule], now: datetime) -> bool:
    """Award an order from before the programme by rules of today, in a transaction of its own. Once, whoever asks.

    Returns whether it was this call that did so.
    """
    with transaction.atomic():
        account = accounts.lock_account_of(order.person, now)
        OrderTerms.objects.filter(order_id=order.id, account=None, verdict=PROGRAMME_OFF).delete()
        agreed = replace(past_terms(order, programme, in_force, account), agreed_at=now)
        terms = OrderTerms(
            order_id=order.id,
            order_number=order.number,
            channel_id=order.channel_id,
            currency=order.currency,
            placed_at=order.placed_at,
            verdict=EARNS,
            account=account,
            buyer=moving.buyer_of(order.person),
            terms=agreed.as_json(),
        )
        try:
            _post(account, terms, order, agreed, now)
        except ledger.NotClaimed:
            transaction.set_rollback(True)
            return False
        return True


def past_terms(
    order: host.Order, programme: settings.Programme, in_force: Sequence[Rule], account: Account | None
) -> Terms:
    """The terms of an order from before the programme by rules of today."""
    return terms_for(order, programme, in_force, buyer_of(order, account, in_force), shelves_for(order, in_force))


def _first_look(look: host.Look, now: datetime) -> bool:
    """Freeze the terms of an order as they stood when it was placed, and post what it is due at once.

    Returns False only where another process was first. The account is locked then.
    """
    order = look.order
    if order is None or order.state is host.OrderState.NOT_YET:
        return True
    version = programmes.at(programmes.current_of(order.channel_id, look.beside, now), order.placed_at)
    programme = version.programme if version is not None and version.active else None
    terms = OrderTerms(
        order_id=order.id,
        order_number=order.number,
        channel_id=order.channel_id,
        currency=order.currency,
        placed_at=order.placed_at,
        verdict=verdict(order, programme),
        terms=NOTHING.as_json(),
    )
    if programme is None or terms.verdict != EARNS:
        OrderTerms.objects.bulk_create([terms], ignore_conflicts=True)  # waits for an erasure; asked after that
        transaction.set_rollback(erased.is_erased(order.id))
        return True
    terms.account = account = accounts.lock_account_of(order.person, now)
    terms.buyer = moving.buyer_of(order.person)
    agreed = _agreed(look, order, programme, account)
    if is_too_large(order, agreed):
        terms.verdict, agreed = TOO_LARGE, NOTHING
    terms.terms = agreed.as_json()  # type: ignore[assignment]
    try:
        _post(account, terms, order, agreed, now)
    except ledger.NotClaimed:
        transaction.set_rollback(erased.is_erased(order.id))
        return transaction.get_rollback()
    return True


def _agreed(look: host.Look, order: host.Order, programme: settings.Programme, account: Account) -> Terms:
    """The terms of an order. What there is none of, rules or tiers, is not asked for."""
    in_force = rulebook.in_force(order.channel_id, order.placed_at) if look.beside["has_rules"] else ()
    buyer = buyer_of(order, account if look.beside["has_tiers"] else None, in_force)
    return terms_for(order, programme, in_force, buyer, shelves_for(order, in_force))


def terms_now(order: host.Order, programme: settings.Programme, account: Account | None) -> Terms:
    """The terms of an order by the rules that were in force when it was placed.

    Who the buyer is, and where the products stand, is read now: the host does not keep what it was before.
    """
    in_force = rulebook.in_force(order.channel_id, order.placed_at)
    return terms_for(order, programme, in_force, buyer_of(order, account, in_force), shelves_for(order, in_force))


def terms_for_anybody(order: host.Order, programme: settings.Programme, moment: datetime) -> Terms:
    """The terms that an order would have for somebody new, by the rules that were in force at a moment.

    For whoever knows an address or holds an order of it and has proved nothing: they say nothing about a person.
    """
    in_force = rulebook.in_force(order.channel_id, moment)
    return terms_for(order, programme, in_force, Buyer(), shelves_for(order, in_force))


def buyer_of(order: host.Order, account: Account | None, rules: Sequence[Rule]) -> Buyer:
    """What the rules ask about whoever placed an order; what none of them asks is not looked up."""
    conditions = [rule.conditions for rule in rules]
    return Buyer(
        earlier_orders=host.earlier_orders(order.person, order.placed_at, MOST_COUNTED, order.number)
        if any(condition.about_number for condition in conditions)
        else 0,
        groups=host.groups_of(order.person.user_id)
        if any(condition.groups for condition in conditions)
        else frozenset(),
        tier=standing.standing_at(account, order.placed_at) if account is not None else None,
    )


def shelves_for(order: host.Order, rules: Sequence[Rule]) -> dict[int, Shelf]:
    """Where the products of an order stand, if a rule asks for it."""
    if not any(rule.conditions.categories or rule.conditions.collections for rule in rules):
        return {}
    wanted = {line.product_id for line in order.lines if line.product_id is not None}
    return {product_id: Shelf(*shelf) for product_id, shelf in host.shelves(wanted).items()}


def mature(account: Account, now: datetime) -> Account:
    """A locked account, with all the points that time has made available. What is another's by now is left alone."""
    orders = maturing(now, account.pk)
    for order_id in orders:
        _settle(order_id, now)
    return accounts.lock(account.pk, now) if orders else account
