"""Closing: how a redemption ends. Its code is used, given back, or not used in time; used last it counts as used.

What people do is done or undone, in `fulfilment`.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.locking import locking
from saleor_reciprocity.points import accounts, ledger
from saleor_reciprocity.points.models import Kind

from . import catalogue, issuing, queries, uploads
from .codes import FORGOTTEN
from .kinds import kind_of
from .models import Redemption
from .states import RedemptionState

TAKEN_AGAIN = "taken again:"  # the source of the debit of a code that was given back and used all the same


def cancel(redemption_id: int, actor: str, user_id: int | None = None, *, now: datetime) -> Redemption:
    """Withdraw an unused code and return its points to the lots they came from. A second call changes nothing.

    With `user_id` only that user's redemption is found. An order that carries the code is noted. Raises NotFound,
    CodeAlreadyUsed (also for an expired code), CodeOnCheckout (a gift card that a checkout counts on, a code on a draft
    of an order), DoneByPeople, or Busy.
    """
    with locking():
        redemption = locked(redemption_id, user_id, now)
        refusal = _refusal(redemption, now)
        if refusal is None and redemption.state != RedemptionState.CANCELLED:
            undo(redemption, "", actor, now)
    if refusal is not None:
        raise refusal
    return redemption


def _refusal(redemption: Redemption, now: datetime) -> errors.ReciprocityError | None:
    """Why a redemption can't be cancelled; an order that carries the code is noted."""
    if not kind_of(redemption).is_code:
        return errors.DoneByPeople()
    if redemption.state == RedemptionState.CANCELLED:
        return None
    if redemption.state == RedemptionState.EXPIRED:
        return errors.CodeAlreadyUsed(_("This code has expired."), field="id")
    found = issuing.find(redemption.kind, redemption.code or "")
    if found.order_id:
        _note_use(redemption, found.order_id, now)
    if found.is_held and not found.order_id:
        return errors.CodeOnCheckout()
    is_gone_after_use = redemption.state == RedemptionState.USED and not found.exists
    return None if found.is_free and not is_gone_after_use else errors.CodeAlreadyUsed(field="id")


def expire(redemption_id: int, now: datetime) -> bool:
    """Close a redemption whose code was not used in time; its points return if the reward says so. Raises Busy.

    Returns whether it is closed. A code that a checkout or a draft of an order counts on is left for the next look.
    """
    with locking():
        redemption = locked(redemption_id, None, now)
        if redemption.state != RedemptionState.UNUSED:
            return False
        found = issuing.find(redemption.kind, redemption.code or "")
        if found.is_free:
            _close(redemption, RedemptionState.EXPIRED, "expired", "", now)
        elif found.order_id or not found.is_held:
            _note_use(redemption, found.order_id, now)
        return redemption.state != RedemptionState.UNUSED


def note_use(redemption_id: int, now: datetime) -> bool:
    """Note that an order was placed with the code of a redemption. Returns whether there is one. Raises Busy.

    Without an order, the code is at a payment that may still fail; then the host releases it. Points that were returned
    before anybody could see the order are taken again.
    """
    with locking():
        redemption = locked(redemption_id, None, now)
        if redemption.state == RedemptionState.USED:
            return False
        order_id = issuing.find(redemption.kind, redemption.code or "").order_id
        if order_id:
            if redemption.state != RedemptionState.UNUSED:
                _take_again(redemption, now)
            _note_use(redemption, order_id, now)
        return bool(order_id)


def finish(redemption: Redemption, actor: str, now: datetime) -> None:
    """Note on a locked redemption that people did what it was for."""
    redemption.state, redemption.closed_at, redemption.closed_by = RedemptionState.DONE, now, actor
    _store_closed(redemption)


def undo(redemption: Redemption, reason: str, actor: str, now: datetime) -> None:
    """Undo a locked redemption: its code is worthless, its points return to their lots, its piece to the stock."""
    redemption.cancelled_at, redemption.close_reason = now, reason
    _close(redemption, RedemptionState.CANCELLED, "cancelled", actor, now)


def _take_again(redemption: Redemption, now: datetime) -> None:
    """Undo that a redemption was closed: its points, into debt where they are spent, and its piece of the stock."""
    if redemption.reversal_id is not None:
        debit = ledger.Posting(
            kind=Kind.CLAWBACK,
            source=f"{TAKEN_AGAIN}{redemption.pk}",
            happened_at=now,
            points=-redemption.points,
            reason=redemption.reward.name,
        )
        ledger.take(redemption.account, debit, now)
    if redemption.from_stock:
        catalogue.take_beyond_stock(redemption.reward_id)
    redemption.cancelled_at = None


def _note_use(redemption: Redemption, order_id: str, now: datetime) -> None:
    if redemption.state == RedemptionState.USED and redemption.used_by_order == order_id:
        return
    redemption.state, redemption.closed_at = RedemptionState.USED, now
    redemption.used_by_order, redemption.closed_by = order_id, ""
    _store_closed(redemption)


def locked(redemption_id: int, user_id: int | None, now: datetime) -> Redemption:
    """A redemption with its account locked; with `user_id` that user's only. Raises NotFound."""
    found = Redemption.objects.filter(pk=redemption_id)
    if user_id is not None:
        found = found.filter(queries.of_user(user_id))
    account_id = found.values_list("account_id", flat=True).first()
    if account_id is None:
        raise errors.NotFound(field="id")
    account = accounts.lock(account_id, now)
    redemption = Redemption.objects.select_related("entry", "reward").get(pk=redemption_id)
    redemption.account = account
    return redemption


def _close(redemption: Redemption, state: RedemptionState, what: str, actor: str, now: datetime) -> None:
    issuing.withdraw(redemption.kind, redemption.code or "")
    redemption.state, redemption.closed_at, redemption.used_by_order = state, now, ""
    redemption.closed_by = actor
    if state == RedemptionState.CANCELLED or redemption.returns_points:
        credit = ledger.Posting(
            kind=Kind.REVERSAL,
            source=f"{what} redemption:{redemption.pk}",
            happened_at=now,
            points=redemption.points,
            reason=redemption.reward.name,
            actor=actor,
        )
        redemption.reversal = ledger.reverse(redemption.account, redemption.entry, credit, now)
    if redemption.from_stock:
        catalogue.put_back_into_stock(redemption.reward_id)
    _store_closed(redemption)


def _store_closed(redemption: Redemption) -> None:
    if redemption.account.erased_at is not None:
        _forget(redemption)
    redemption.save(
        update_fields=[
            "state", "closed_at", "cancelled_at", "reversal", "code", "used_by_order", "closed_by", "close_reason",
        ]
    )  # fmt: skip


def _forget(redemption: Redemption) -> None:
    if redemption.code is not None:
        issuing.forget([redemption.code])
        redemption.code = f"{FORGOTTEN}{redemption.pk}"
    uploads.forget([redemption.pk])
    redemption.used_by_order, redemption.close_reason = "", ""
