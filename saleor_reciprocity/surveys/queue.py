"""The queue: at most one invitation for each order, decided once its goods have arrived, and handed over when due.

A decision against an invitation is kept, too, and is final: nobody is asked later instead. What is decided when an
order is looked at is decided again when its time comes, because people, orders and settings change in between.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from typing import Callable, Iterable

from django.db import connection, transaction
from django.db.models import Q

from saleor_reciprocity import erased, errors, host, identity, programmes, settings
from saleor_reciprocity.experiments import assignment, holdout
from saleor_reciprocity.mail import consent, kinds, outbox
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from . import rules
from .models import AskedProduct, Invitation, State

logger = logging.getLogger(__name__)

BATCH = 200


BESIDE = {"invitation": "(SELECT i.state FROM reciprocity_invitation i WHERE i.order_id = asked.order_id)"}


def concerns(look: host.Look) -> bool:
    """Whether an order has an invitation that waits, or none and has arrived, so that it may get one."""
    state = look.beside["invitation"]
    return state == State.WAITING or (state is None and _may_be_asked(look.order))


def _may_be_asked(order: host.Order | None) -> bool:
    return order is not None and rules.has_arrived(order) and not rules.went_back(order)


def settle(order_id: str, now: datetime, look: host.Look) -> None:
    """Bring the invitation of an order to what the order's state asks for."""
    if look.beside["invitation"] is not None:
        waiting = Invitation.objects.select_for_update().filter(order_id=order_id, state=State.WAITING).first()
        if waiting is not None:
            _follow(waiting, host.order(order_id), now)
        return
    order = look.order
    shipped_at = rules.shipped_at(order) if order is not None and _may_be_asked(order) else None
    if order is None or shipped_at is None:
        return
    terms = _terms(order, shipped_at, programmes.current_of(order.channel_id, look.beside, now))
    if terms is not None:
        _decide(order, terms, rules.due_at(shipped_at, terms.survey_delay_days), now)


def _terms(
    order: host.Order, shipped_at: datetime, newest: programmes.SettingsVersion | None
) -> settings.Programme | None:
    """What was set when the goods went out, for orders since the programme is on; None where nobody is to be asked."""
    placed, shipped = (programmes.at(newest, moment) for moment in (order.placed_at, shipped_at))
    if placed is None or not placed.active or shipped is None or not shipped.active:
        return None
    return shipped.programme if shipped.programme.survey_question != settings.NO_QUESTION else None


def hand_out(order: host.Order, programme: settings.Programme, now: datetime) -> Invitation | None:
    """The invitation of an order to which the shop itself hands a link over, whether somebody is asked by mail or not.

    Where there was none it waits for the goods to arrive, as every other. None where the person is never asked. Raises
    NotFound where the person is gone.
    """
    invitation = _about(order, programme, None, now)
    account = accounts.account_of(order.person, now)
    if not _lock_person(invitation, account) or erased.is_erased(order.id):
        raise errors.NotFound(field="orderId")
    found = Invitation.objects.filter(order_id=order.id).first()
    if (found or invitation).state == State.HELD_OUT or _is_held_out(invitation, account, programme, now):
        return None
    if found is None:
        invitation.state = State.WAITING
        invitation.save(force_insert=True)
        _follow(invitation, order, now)
    _keep_products(found or invitation)
    return found or invitation


def _decide(order: host.Order, programme: settings.Programme, due: datetime, now: datetime) -> None:
    invitation = _about(order, programme, due, now)
    account = accounts.account_of(order.person, now)
    if not _lock_person(invitation, account):
        return
    if Invitation.objects.filter(order_id=order.id).exists() or erased.is_erased(order.id):
        return
    against = _reason_against(invitation, order, programme, now)
    invitation.state = against or State.WAITING
    invitation.save(force_insert=True)


def _about(order: host.Order, programme: settings.Programme, due: datetime | None, now: datetime) -> Invitation:
    return Invitation(
        order_id=order.id,
        order_number=order.number,
        channel_id=order.channel_id,
        person=_hash_of(order.person),
        user_id=order.person.user_id,
        language=host.order_language(order.id),
        question=programme.survey_question,
        due_at=due,
        made_at=now,
    )


def _hash_of(person: host.Person) -> str:
    return identity.email_hash(person.email) if person.email else ""


def _reason_against(
    invitation: Invitation, order: host.Order, programme: settings.Programme, now: datetime
) -> State | None:
    """Why nobody is asked about an order, while the person is locked; None when somebody is."""
    if not order.person.email:
        return State.NO_EMAIL
    if rules.is_too_late(invitation.due_at, now, programme.survey_latest_days):
        return State.TOO_LATE
    if not consent.may_write(order.person, kinds.SURVEY, order.channel_id, now).allowed:
        return State.NO_CONSENT
    account = accounts.account_of(order.person, now)
    if _asked_recently(invitation, account, now):
        return State.ASKED_RECENTLY
    return State.HELD_OUT if _is_held_out(invitation, account, programme, now) else None


def _is_held_out(invitation: Invitation, account: Account | None, programme: settings.Programme, now: datetime) -> bool:
    """Whether a person is one of those who are never asked; of whom no address is known, nobody is."""
    if not invitation.person:
        return False
    before = Invitation.objects.filter(_same_person(invitation, account)).values_list("person", flat=True).distinct()
    share = programme.survey_holdout_share
    return bool(holdout.assigned(invitation.person, assignment.SURVEYS, share, now, before).held_out)


def _asked_recently(invitation: Invitation, account: Account | None, now: datetime) -> bool:
    """Whether another invitation of the person is waiting, or was handed over less than the quiet time before."""
    others = Invitation.objects.filter(_same_person(invitation, account)).exclude(order_id=invitation.order_id)
    begin = (invitation.due_at or invitation.made_at) - rules.QUIET
    if invitation.pk is None:
        return others.filter(Q(state=State.WAITING) | Q(state=State.INVITED, invited_at__gt=begin)).exists()
    return others.filter(state=State.INVITED, invited_at__gt=now - rules.QUIET).exists()


def _same_person(invitation: Invitation, account: Account | None) -> Q:
    """The same address, with a user or without; the same user, whatever the address is by now; or the same account.

    The account knows whom its orders came from before people were merged or proved an address.
    """
    same = Q(person=invitation.person)
    if invitation.user_id is not None:
        same |= Q(user_id=invitation.user_id)
    if account is not None:
        same |= Q(order_id__in=list(account.orders.values_list("order_id", flat=True)))  # which an index serves
    return same


def _lock_person(invitation: Invitation, account: Account | None) -> bool:
    """Let nobody else decide about this person until the end of the transaction. False where the user is gone."""
    if invitation.user_id is not None and not host.hold_user(invitation.user_id):
        return False
    lock_person([invitation.person], invitation.user_id, [account.pk] if account is not None else [])
    return True


def lock_person(persons: Iterable[str], user_id: int | None, account_ids: Iterable[int]) -> None:
    """Let nobody else decide about a person, as far as one is known, until the end of the transaction."""
    known = [f"survey:{person}" for person in persons if person]
    known += [f"survey:user:{user_id}"] if user_id is not None else []
    names = {*known, *(f"survey:account:{account_id}" for account_id in account_ids)}
    keys = sorted(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS asked (key)", [keys])


def _follow(invitation: Invitation, order: host.Order | None, now: datetime) -> None:
    """Bring a waiting, locked invitation to what became of its order."""
    if order is None or order.state is host.OrderState.VOID:
        invitation.state = State.CANCELLED
    elif rules.went_back(order):
        invitation.state = State.RETURNED
    elif not rules.has_arrived(order):
        invitation.due_at = None
    else:
        _follow_shipment(invitation, order, now)
    invitation.save(update_fields=["state", "due_at"])


def still_fits(invitation: Invitation) -> bool:
    """Whether its order is, as it is now, one that somebody is asked about. The message may leave days later."""
    order = host.order(invitation.order_id)
    if order is None or order.state is host.OrderState.VOID:
        return False
    return rules.has_arrived(order) and not rules.went_back(order)


def _follow_shipment(invitation: Invitation, order: host.Order, now: datetime) -> None:
    shipped_at = rules.shipped_at(order)
    terms = _terms(order, shipped_at, programmes.current(order.channel_id, now)) if shipped_at is not None else None
    if shipped_at is None or terms is None:
        invitation.state = State.SWITCHED_OFF
    else:
        invitation.due_at = rules.due_at(shipped_at, terms.survey_delay_days)


def invite_due(now: datetime, progress: Callable[[int], None] = lambda invited: None) -> int:
    """Hand over every invitation that is due, each in a transaction of its own. Returns how many were handed over.

    Any number of workers may do this at once. One that fails is left for the next look and stops no other.
    """
    invited, after = 0, 0
    with host.allow_writer():
        while batch := _due(after, now):
            for after in batch:
                invited += _tried(after, now)
                progress(invited)
    return invited


def _due(after: int, now: datetime) -> list[int]:
    rows = Invitation.objects.filter(state=State.WAITING, due_at__lte=now, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _tried(invitation_id: int, now: datetime) -> bool:
    try:
        return _invite(invitation_id, now)
    except Exception as error:  # noqa: BLE001 - the others have to have their turn
        logger.error("Invitation %s was left for the next look: %s", invitation_id, type(error).__name__)
        return False


def _invite(invitation_id: int, now: datetime) -> bool:
    with transaction.atomic():
        seen = Invitation.objects.get(pk=invitation_id)
        order = host.order(seen.order_id)
        if order is not None:
            seen.person, seen.user_id = _hash_of(order.person), order.person.user_id
        if not _lock_person(seen, accounts.account_of(order.person, now) if order is not None else None):
            return False
        waiting = Invitation.objects.select_for_update(skip_locked=True).filter(pk=invitation_id, state=State.WAITING)
        invitation = waiting.first()
        if invitation is None:
            return False
        _follow(invitation, order, now)
        if order is None or invitation.state != State.WAITING or not _is_due(invitation, now):
            return False
        invitation.person, invitation.user_id = seen.person, seen.user_id
        return _hand_over(invitation, order, now)


def _is_due(invitation: Invitation, now: datetime) -> bool:
    return invitation.due_at is not None and invitation.due_at <= now


def _hand_over(invitation: Invitation, order: host.Order, now: datetime) -> bool:
    version = programmes.current(order.channel_id, now)
    programme = version.programme if version is not None and version.active else None
    if programme is None or programme.survey_question == settings.NO_QUESTION:
        invitation.state = State.SWITCHED_OFF
    else:
        invitation.state = _reason_against(invitation, order, programme, now) or State.INVITED
    if invitation.state == State.INVITED:
        invitation.invited_at = now
        _keep_products(invitation)
        outbox.ask(
            kinds.SURVEY,
            f"survey:{order.id}",
            order.person,
            order.channel_id,
            now,
            order_id=order.id,
            language=invitation.language,
            context={"invitation": invitation.pk},
        )
    invitation.save(update_fields=["state", "invited_at", "person", "user"])
    return bool(invitation.state == State.INVITED)


def _keep_products(invitation: Invitation) -> None:
    asked = [
        AskedProduct(invitation=invitation, product_id=product.id, name=product.name)
        for product in host.ordered_products(invitation.order_id)
    ]
    AskedProduct.objects.bulk_create(asked, ignore_conflicts=True)  # some are kept since a link was handed over
