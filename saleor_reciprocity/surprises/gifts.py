"""Gifts: how each kind of prize is worth something, given, and taken back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from saleor_reciprocity import errors, host, identity
from saleor_reciprocity.points import accounts, giving, ledger
from saleor_reciprocity.points.models import Account, Kind
from saleor_reciprocity.rewards import issuing
from saleor_reciprocity.rewards.codes import FORGOTTEN
from saleor_reciprocity.rewards.kinds import Terms

from . import budget
from .models import ERASED, Draw, GiftState, Prize, PrizeKind


def person_of(order: host.Order) -> str:
    """Who placed an order, as the keyed hash of the address: the same with an account and without."""
    return identity.email_hash(order.person.email)


def worth(prize: Prize, order: host.Order) -> Decimal:
    """What a prize costs at most for an order. A percentage is of the order that won, up to the prize's value."""
    if prize.kind != PrizeKind.PERCENTAGE or prize.percent is None:
        return prize.value
    return min(host.rounded_down(order.goods * prize.percent / 100, order.currency), prize.value)


def give(draw: Draw, prize: Prize, channel: host.Channel, account: Account) -> None:
    """Make the code of a draw that won, or post its points on the account, which is locked and read anew for them."""
    if prize.kind == PrizeKind.POINTS:
        account = accounts.lock(account.pk, draw.drawn_at)
        draw.entry = giving.give(account, _posting(draw, prize.points or 0, "given", draw.drawn_at), draw.drawn_at)
        return
    draw.code = issuing.issue(
        Terms(prize.kind, prize.name, draw.cost, channel, draw.user_id, draw.expires_at, prize.product_id)
    )


def take_back(draw: Draw, state: GiftState, now: datetime) -> bool:
    """Close a locked draw's gift: an unused one is gone and its money back in the budget, a used one is noted so.

    Returns whether it is closed. A code that a checkout or a draft of an order counts on has to wait.
    """
    if draw.prize.kind == PrizeKind.POINTS:
        _close(draw, state if _withdraw_points(draw, now) else GiftState.USED, now)
        return True
    found = issuing.find(draw.prize.kind, draw.code or "")
    if found.is_free:
        issuing.withdraw(draw.prize.kind, draw.code or "")
        _close(draw, state, now)
    elif found.order_id or not found.is_held:
        _close(draw, GiftState.USED, now, found.order_id)
    return draw.state != GiftState.ISSUED


def note_use(draw: Draw, now: datetime) -> bool:
    """Close a locked draw's gift that was used. Returns whether it was.

    An order that was committed after its gift was taken back has used it all the same: it counts, whatever was left.
    """
    found = issuing.find(draw.prize.kind, draw.code or "")
    is_out = draw.state == GiftState.ISSUED
    if found.order_id or (found.is_counted and is_out):
        _close(draw, GiftState.USED, now, found.order_id)
        if not is_out:
            _count_again(draw.prize_id)
            budget.put_back(draw.campaign.budget_id, -draw.cost, draw.drawn_at)
    return draw.state == GiftState.USED


def _count_again(prize_id: int) -> None:
    """Count a piece that is out after all; of a prize that is gone there was one more than was thought."""
    prize = Prize.objects.filter(pk=prize_id)
    prize.exclude(stock=None).update(stock=Greatest("stock", F("given") + 1))
    prize.update(given=F("given") + 1)


def _close(draw: Draw, state: GiftState, now: datetime, order_id: str = "") -> None:
    """Note what became of a gift, and who used it. The money of an unused one returns last: it locks the budget."""
    draw.state, draw.closed_at, draw.used_by_order = state, now, order_id
    order = host.order(order_id) if order_id else None
    draw.used_by_another = order is not None and person_of(order) != draw.person
    if draw.code and draw.person.startswith(ERASED):
        issuing.forget([draw.code])
        draw.code, draw.used_by_order, draw.used_by_another = f"{FORGOTTEN}{draw.pk}", "", False
    draw.save(update_fields=["state", "closed_at", "used_by_order", "used_by_another", "reversal", "code"])
    if state != GiftState.USED:
        Prize.objects.filter(pk=draw.prize_id).update(given=F("given") - 1)
        budget.put_back(draw.campaign.budget_id, draw.cost, draw.drawn_at)


def used() -> list[int]:
    """The gifts that were used since somebody last looked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id FROM reciprocity_draw d"  # noqa: S608 - the host's own constant
            f" WHERE d.state = 'issued' AND {host.CODE_WAS_USED.format(code='d.code')} ORDER BY d.id"
        )
        return [row[0] for row in cursor.fetchall()]


def _withdraw_points(draw: Draw, now: datetime) -> bool:
    account = accounts.lock(draw.entry.account_id, now)
    try:
        draw.reversal = ledger.spend(account, _posting(draw, -draw.entry.points, "taken back", now), now)
    except errors.InsufficientPoints:
        return False
    return True


def _posting(draw: Draw, points: int, what: str, now: datetime) -> ledger.Posting:
    return ledger.Posting(
        kind=Kind.SURPRISE if points > 0 else Kind.CLAWBACK,
        source=f"surprise {what}:{draw.campaign_id}:{draw.order_id}",
        happened_at=now,
        points=points,
        reason=f"#{draw.order_number}" if draw.order_number else "",
        channel_id=draw.campaign.channel_id,
    )
