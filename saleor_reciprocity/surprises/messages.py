"""Messages: what a mail says about a gift."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saleor_reciprocity import host
from saleor_reciprocity.mail.models import Mail

from .models import Draw, GiftState


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The gift as its mail shows it; None when it was taken back, used or has expired."""
    draw = Draw.objects.select_related("campaign", "prize", "entry").get(pk=mail.context["draw"])
    if draw.state != GiftState.ISSUED or draw.prize is None:
        return None
    return {
        "prize": draw.prize.name,
        "reason": draw.campaign.reason,
        "code": draw.code,
        "points": draw.entry.points if draw.entry else None,
        "expires_at": draw.expires_at,
        "order_number": draw.order_number,
        "value": host.formatted(draw.cost, draw.currency),
    }
