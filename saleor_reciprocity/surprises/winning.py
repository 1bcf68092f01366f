"""Winning: gives a draw that won its prize, or writes why nothing was given. Whoever draws holds the account."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import connection, transaction

from saleor_reciprocity import host
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.points.models import Account

from . import budget, campaigns, draw, gifts
from .buyers import Seen
from .models import Draw, GiftState, Outcome, Prize, PrizeKind


def decide(made: Draw, against: Outcome | None, seen: Seen, account: Account) -> None:
    """Store a draw: its gift, if nothing is against it and the ticket wins, or what it came to."""
    if against is None and draw.wins(made.ticket, made.campaign.probability):
        _give(made, seen, account)
    else:
        _store(made, against or Outcome.NO)


def _give(made: Draw, seen: Seen, account: Account) -> None:
    channel = host.channel(seen.order.channel_id)
    in_stock = campaigns.prizes_in_stock(made.campaign, channel, made.drawn_at) if channel else []
    prizes = {prize.pk: prize for prize in in_stock}
    while prizes and channel:
        made.choices = sorted(prizes)
        chosen = draw.prize_of(made.ticket, [(prize.pk, prize.weight) for prize in prizes.values()])
        prize = prizes[chosen or 0]
        outcome = _try(made, prize, seen, channel, account)
        if outcome is not Outcome.OUT_OF_STOCK:
            return
        del prizes[prize.pk]
    made.choices = []
    _store(made, Outcome.OUT_OF_STOCK)


def _try(made: Draw, prize: Prize, seen: Seen, channel: host.Channel, account: Account) -> Outcome:
    """Give one prize: all of it or, when the budget refuses, nothing but the draw."""
    cost = gifts.worth(prize, seen.order)
    if cost <= 0:
        return _store(made, Outcome.WORTHLESS)
    try:
        with transaction.atomic():
            if not campaigns.take_from_stock(prize):
                return Outcome.OUT_OF_STOCK
            _win(made, prize, cost, channel, account, seen)
            if not budget.take(made.campaign.budget_id, cost, made.drawn_at):
                raise _BudgetRefuses
    except _BudgetRefuses:
        return _store(_without_gift(made), Outcome.NO_BUDGET)
    return Outcome.WON


class _BudgetRefuses(Exception):
    """The money is not there: what was made for the winner is undone."""


def _win(made: Draw, prize: Prize, cost: Decimal, channel: host.Channel, account: Account, seen: Seen) -> None:
    made.prize, made.cost, made.state = prize, cost, GiftState.ISSUED
    if prize.kind != PrizeKind.POINTS:
        made.expires_at = made.drawn_at + timedelta(days=made.campaign.validity_days)
    gifts.give(made, prize, channel, account)
    _store(made, Outcome.WON)
    _outlive_a_crash()
    outbox.ask(
        kinds.SURPRISE,
        f"surprise:{made.pk}",
        seen.order.person,
        channel.id,
        made.drawn_at,
        key=seen.look.beside["installation_key"],
        expires_at=made.expires_at,
        order_id=seen.order.id,
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
