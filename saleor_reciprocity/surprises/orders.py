"""Orders: one draw for each campaign that ran when an order was placed, and gifts back from cancelled orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Sequence

from django.db import transaction

from saleor_reciprocity import errors, host, programmes
from saleor_reciprocity.locking import Turns
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from . import buyers, campaigns, draw, eligibility, gifts, notes, winning
from .buyers import Seen
from .eligibility import Buyer
from .models import Campaign, Draw, GiftState, Outcome

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
        buyers.let_one_in(seen)
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


def _draw_all(seen: Seen, undrawn: Sequence[Campaign], share: Decimal, account: Account, now: datetime) -> None:
    buyer = buyers.buyer_of(seen, account, undrawn, now)
    for campaign in undrawn:
        made = _drawn(seen, campaign, now)
        winning.decide(made, _reason_against(seen, campaign, buyer, share, now), seen, account)
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
    return Outcome.HELD_OUT if buyers.is_held_out(seen, share, now) else eligibility.limit_reached(campaign, buyer, now)
