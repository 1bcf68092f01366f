"""Orders: one draw for each campaign that ran when an order was placed, and gifts back from cancelled orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Sequence

from django.db import connection, transaction

from saleor_reciprocity import errors, host, identity, programmes
from saleor_reciprocity.experiments import assignment, holdout
from saleor_reciprocity.locking import Turns
from saleor_reciprocity.mail import kinds, outbox
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from . import budget, buyers, campaigns, draw, eligibility, gifts, notes
from .buyers import Seen
from .eligibility import Buyer
from .models import Campaign, Draw, GiftState, Outcome, Prize, PrizeKind

BESIDE = buyers.BESIDE


def concerns(look: host.Look) -> bool:
    """Whether there may be something to draw, to take back, or to note on the host's order."""
    return _may_win(look.order) and bool(look.beside["undrawn"] or look.beside["unnoted"] or _are_to_return(look))


def settle(order_id: str, now: datetime, look: host.Look) -> Turns:
    """Draw for an order what was not drawn yet, or take unused gifts back.

    The order is read again after the account is locked, so whoever comes last decides by the newest state. What is
    written on the host's order waits for the commit.
    """
    if look.order is None or not _may_win(look.order):
        return ()
    if look.beside["unnoted"]:
        notes.write_soon(order_id, now)
    version = programmes.at(programmes.current_of(look.order.channel_id, look.beside, now), look.order.placed_at)
    if version is None or not version.active:
        running, share = [], Decimal(0)
    else:
        running, share = campaigns.chosen(look.beside["undrawn"]), version.programme.holdout_share
    return _settle(Seen.of(look, look.order), running, share, now) if running or _are_to_return(look) else ()


def _settle(seen: Seen, running: Sequence[Campaign], share: Decimal, now: datetime) -> Turns:
    """The same for an order that was seen so; where it is another once its account is locked, it begins again."""
    account = accounts.lock_account_of(seen.order.person, now)
    if any(draw.wins(_ticket(seen.order, campaign), campaign.probability) for campaign in running):
        _let_one_in(seen)
    look = buyers.again(seen, account, running, now)
    if look.order is None or look.beside["is_erased"] or not _may_win(look.order):
        transaction.set_rollback(True)
        return ()
    sees = Seen.of(look, look.order)
    if not sees.is_still(seen):
        transaction.set_rollback(True)
        return [partial(_settle, sees, running, share, now)]
    taken = [gifts.take_back(won, GiftState.WITHDRAWN, now) for won in _gifts_to_return(look, look.order.id)]
    undrawn = [campaign for campaign in running if campaign.pk in look.beside["undrawn"]]
    _draw_all(sees, undrawn, share, account, now)
    return () if all(taken) else [_wait]


def _may_win(order: host.Order | None) -> bool:
    if order is None or order.state is host.OrderState.NOT_YET:
        return False
    return bool(order.person.email or order.person.user_id is not None)


def _are_to_return(look: host.Look) -> bool:
    """Whether an order that was cancelled has won gifts that are out."""
    is_void = look.order is not None and look.order.state is host.OrderState.VOID
    return is_void and bool(look.beside["gifts_out"])


def _gifts_to_return(look: host.Look, order_id: str) -> list[Draw]:
    rows = Draw.objects.select_for_update().filter(order_id=order_id, state=GiftState.ISSUED).order_by("pk")
    return list(rows) if _are_to_return(look) else []


def _wait() -> None:
    """A gift has to be taken back as soon as a checkout or a draft of an order no longer counts on its code."""
    raise errors.CodeOnCheckout


def _let_one_in(seen: Seen) -> None:
    """Of people with one e-mail address, and at one postal address, let one at a time win.

    Those of one account wait for it already. Who loses changes nothing for anybody, and waits for nobody.
    """
    identity.let_one_in(seen.person)
    if seen.address:
        identity.let_one_in(seen.address)


def _draw_all(seen: Seen, undrawn: Sequence[Campaign], share: Decimal, account: Account, now: datetime) -> None:
    buyer = buyers.buyer_of(seen.look, account, undrawn, now)
    for campaign in undrawn:
        made = _drawn(seen, campaign, now)
        against = _reason_against(seen, campaign, buyer, share, now)
        if against is None and draw.wins(made.ticket, campaign.probability):
            _give(made, seen, account)
        else:
            _store(made, against or Outcome.NO)
        if made.outcome == Outcome.WON:
            buyer = replace(buyer, won_at=now)
            notes.write_soon(seen.order.id, now)


def _drawn(seen: Seen, campaign: Campaign, now: datetime) -> Draw:
    return Draw(
        campaign=campaign,
        order_id=seen.order.id,
        order_number=seen.order.number,
        person=seen.person,
        user_id=seen.order.person.user_id,
        address=seen.address,
        ticket=_ticket(seen.order, campaign),
        currency=seen.order.currency,
        drawn_at=now,
    )


def _ticket(order: host.Order, campaign: Campaign) -> str:
    return draw.ticket_of(campaign.secret, order.id)


def _reason_against(seen: Seen, campaign: Campaign, buyer: Buyer, share: Decimal, now: datetime) -> Outcome | None:
    against = eligibility.reason_against(seen.order, campaign, buyer)
    if against is not None:
        return against
    return Outcome.HELD_OUT if _is_held_out(seen, share, now) else eligibility.limit_reached(campaign, buyer, now)


def _is_held_out(seen: Seen, share: Decimal, now: datetime) -> bool:
    """Whether a person takes no part. Lots are drawn when it is asked first."""
    found = seen.look.beside["held_out"]
    if found is not None:
        return bool(found)
    before = seen.look.beside["persons"] or ()
    return holdout.assigned(seen.person, assignment.SURPRISES, share, now, before).held_out


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
