"""Orders: one draw for each campaign that ran when an order was placed, and gifts back from cancelled orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from saleor_reciprocity import erased, errors, host, identity, programmes
from saleor_reciprocity.experiments import assignment, holdout
from saleor_reciprocity.locking import Turns
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from . import budget, campaigns, draw, eligibility, gifts, notes
from .models import Campaign, Draw, GiftState, Outcome, Prize, PrizeKind

BESIDE = {"has_campaigns": "EXISTS (SELECT 1 FROM reciprocity_campaign)"}


def concerns(look: host.Look) -> bool:
    """Whether there may be something to draw, or to take back: not in a shop that never had a campaign."""
    return bool(look.beside["has_campaigns"])


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Draw for an order what was not drawn yet, or take unused gifts back.

    The order is read again after the account is locked, so whoever comes last decides by the newest state. What is
    written on the host's order waits for the commit.
    """
    order = look.order
    if order is None or order.state is host.OrderState.NOT_YET or not _has_person(order):
        return ()
    version = programmes.at(programmes.current_of(order.channel_id, look.beside, now), order.placed_at)
    if version is None or not version.active:
        running, share = [], Decimal(0)
    else:
        running, share = campaigns.running(order.channel_id, order.placed_at), version.programme.holdout_share
    if not (_undrawn(order_id, running) or _gifts_out(order_id)):
        return ()
    account = accounts.lock_account_of(order.person, now)
    order = None if erased.is_erased(order_id) else host.order(order_id)
    if order is None:
        transaction.set_rollback(True)
        return ()
    waiting = False
    if order.state is host.OrderState.VOID:
        taken = [gifts.take_back(won, GiftState.WITHDRAWN, now) for won in _gifts_out(order_id, lock=True)]
        waiting = not all(taken)
    for campaign in _undrawn(order_id, running):
        _draw(order, campaign, account, share, now)
    notes.write_soon(order_id, now)
    return [_wait] if waiting else ()


def _wait() -> None:
    """A gift has to be taken back as soon as a checkout or a draft of an order no longer counts on its code."""
    raise errors.CodeOnCheckout


def _has_person(order: host.Order) -> bool:
    return bool(order.person.email or order.person.user_id is not None)


def _undrawn(order_id: str, running: list[Campaign]) -> list[Campaign]:
    if not running:
        return []
    drawn = set(Draw.objects.filter(order_id=order_id).values_list("campaign_id", flat=True))
    return [campaign for campaign in running if campaign.pk not in drawn]


def _gifts_out(order_id: str, lock: bool = False) -> list[Draw]:
    rows = Draw.objects.filter(order_id=order_id, state=GiftState.ISSUED).order_by("pk")
    return list(rows.select_for_update() if lock else rows)


def _draw(order: host.Order, campaign: Campaign, account: Account, share: Decimal, now: datetime) -> Draw:
    made = Draw(
        campaign=campaign,
        order_id=order.id,
        order_number=order.number,
        person=gifts.person_of(order),
        user_id=order.person.user_id,
        address=identity.address_hash(host.shipping_address(order.id)),
        ticket=draw.ticket_of(campaign.secret, order.id),
        currency=order.currency,
        drawn_at=now,
    )
    against = _reason_against(order, campaign, made, account, share)
    if against is None and draw.wins(made.ticket, campaign.probability):
        _give(made, order, account)
    else:
        _store(made, against or Outcome.NO)
    return made


def _reason_against(
    order: host.Order, campaign: Campaign, made: Draw, account: Account, share: Decimal
) -> Outcome | None:
    if order.state is host.OrderState.VOID:
        return Outcome.CANCELLED
    against = eligibility.reason_against(order, campaign, account, made.drawn_at)
    if against is not None:
        return against
    mine = eligibility.draws_of_person(made, account)
    before = mine.values_list("person", flat=True).distinct()
    if holdout.assigned(made.person, assignment.SURPRISES, share, made.drawn_at, before).held_out:
        return Outcome.HELD_OUT
    return eligibility.limit_reached(made, campaign, mine)


def _give(made: Draw, order: host.Order, account: Account) -> None:
    channel = host.channel(order.channel_id)
    in_stock = campaigns.prizes_in_stock(made.campaign, channel, made.drawn_at) if channel else []
    prizes = {prize.pk: prize for prize in in_stock}
    while prizes and channel:
        made.choices = sorted(prizes)
        chosen = draw.prize_of(made.ticket, [(prize.pk, prize.weight) for prize in prizes.values()])
        prize = prizes[chosen or 0]
        outcome = _try(made, prize, order, channel, account)
        if outcome is not Outcome.OUT_OF_STOCK:
            return
        del prizes[prize.pk]
    made.choices = []
    _store(made, Outcome.OUT_OF_STOCK)


def _try(made: Draw, prize: Prize, order: host.Order, channel: host.Channel, account: Account) -> Outcome:
    """Give one prize: all of it or, when the budget refuses, nothing but the draw."""
    cost = gifts.worth(prize, order)
    if cost <= 0:
        return _store(made, Outcome.WORTHLESS)
    try:
        with transaction.atomic():
            if not campaigns.take_from_stock(prize):
                return Outcome.OUT_OF_STOCK
            _win(made, prize, cost, channel, accounts.lock(account.pk, made.drawn_at), order.person)
            if not budget.take(made.campaign.budget_id, cost, made.drawn_at):
                raise _BudgetRefuses
    except _BudgetRefuses:
        return _store(_without_gift(made), Outcome.NO_BUDGET)
    return Outcome.WON


class _BudgetRefuses(Exception):
    """The money is not there: what was made for the winner is undone."""


def _win(made: Draw, prize: Prize, cost: Decimal, channel: host.Channel, account: Account, person: host.Person) -> None:
    made.prize, made.cost, made.state = prize, cost, GiftState.ISSUED
    if prize.kind != PrizeKind.POINTS:
        made.expires_at = made.drawn_at + timedelta(days=made.campaign.validity_days)
    gifts.give(made, prize, channel, account)
    _store(made, Outcome.WON)
    _outlive_a_crash()
    outbox.ask(
        kinds.SURPRISE,
        f"surprise:{made.pk}",
        person,
        channel.id,
        made.drawn_at,
        expires_at=made.expires_at,
        order_id=made.order_id,
        context={"draw": made.pk},
    )


def _outlive_a_crash() -> None:
    """Commit to disk, also where settling in line would not wait for it: the customer is about to see the code."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")


def _without_gift(made: Draw) -> Draw:
    made.pk = made.prize = made.code = made.expires_at = made.entry = None
    made.cost, made.state = Decimal(0), ""
    return made


def _store(made: Draw, outcome: Outcome) -> Outcome:
    made.outcome = outcome
    made.seal = made.seal_now()
    made.save(force_insert=True)
    return outcome
