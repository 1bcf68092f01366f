"""Fulfilment: what the shop's people do for points. It is open until somebody has done it or cancelled it, once.

Only staff end it: what was done can't be given back, and an uploaded code that was shown is not given to anybody else.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.locking import locking

from . import closing, messages
from .kinds import RewardKind
from .models import Redemption
from .states import RedemptionState

LONGEST_REASON = 500


def finish(redemption_id: int, actor: str, now: datetime) -> Redemption:
    """Note that an open service was done. Raises NotFound, AlreadyClosed, or Busy."""
    with locking():
        redemption = _open(redemption_id, now)
        closing.finish(redemption, actor, now)
        messages.ask_for_closed(redemption, now)
    return redemption


def cancel(redemption_id: int, reason: str, actor: str, now: datetime) -> Redemption:
    """Cancel an open service; its points return to the lots that they came from. The customer reads the reason.

    Raises Invalid (the reason), NotFound, AlreadyClosed, or Busy.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise errors.Invalid(
            _("Enter a text of at most %(most)s characters.") % {"most": LONGEST_REASON}, field="reason"
        )
    with locking():
        redemption = _open(redemption_id, now)
        closing.undo(redemption, reason, actor, now)
        messages.ask_for_closed(redemption, now)
    return redemption


def _open(redemption_id: int, now: datetime) -> Redemption:
    redemption = closing.locked(redemption_id, None, now)
    if redemption.kind != RewardKind.SERVICE:
        raise errors.NotFound(field="id")
    if redemption.state != RedemptionState.OPEN:
        raise errors.AlreadyClosed
    return redemption


def services() -> QuerySet:
    """All that people do or did for points."""
    return Redemption.objects.filter(kind=RewardKind.SERVICE)


def work_list(rows: QuerySet, first: int, after: tuple[int, int] | None = None) -> list[Redemption]:
    """Services in the order in which they are worked off: open ones first, the oldest first; then closed ones, the
    newest first; after a position."""
    is_open = Q(state=RedemptionState.OPEN)
    listed = rows.select_related("reward", "uploaded_code", "account__merged_into").annotate(
        rank=Case(When(is_open, then=Value(0)), default=Value(1), output_field=IntegerField()),
        place=Case(When(is_open, then=F("pk")), default=-F("pk"), output_field=BigIntegerField()),
    )
    if after is not None:
        rank, place = after
        listed = listed.filter(Q(rank__gt=rank) | Q(rank=rank, place__gt=place))
    return list(listed.order_by("rank", "place")[:first])
