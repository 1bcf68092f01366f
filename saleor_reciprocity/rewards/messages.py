"""Messages: asks for the mail about what points were exchanged for, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saleor_reciprocity import host
from saleor_reciprocity.mail import outbox
from saleor_reciprocity.mail.models import Mail

from .kinds import kind_of
from .models import Redemption
from .states import RedemptionState


def ask_for_redeemed(redemption: Redemption, person: host.Person, key: str | None) -> None:
    """Ask for the mail to whoever redeemed, in the transaction of the debit. `key` as `outbox.ask` takes it."""
    outbox.ask(
        kind_of(redemption).mail,
        f"redemption:{redemption.pk}",
        person,
        redemption.channel_id,
        redemption.created_at,
        key=key,
        expires_at=redemption.expires_at,
        context={"redemption": redemption.pk},
    )


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The code as its mail shows it; None when it was cancelled, used or has expired."""
    made = Redemption.objects.select_related("reward").get(pk=mail.context["redemption"])
    if made.state != RedemptionState.UNUSED:
        return None
    return {
        "reward": made.reward.name,
        "code": made.code,
        "points": made.points,
        "value": host.formatted(made.value, made.currency),
        "expires_at": made.expires_at,
    }
