"""Messages: asks for the mail about what points were exchanged for, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saleor_reciprocity import host
from saleor_reciprocity.mail import outbox
from saleor_reciprocity.mail.models import Mail

from . import queries
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


def ask_for_closed(redemption: Redemption, now: datetime) -> None:
    """Ask for the mail that a service was done or cancelled, in the transaction that closes it, if it has a user."""
    user_id = redemption.account.user_id
    person = host.people([user_id]).get(user_id) if user_id is not None else None
    if person is not None:
        outbox.ask(
            kind_of(redemption).mail,
            f"redemption:{redemption.pk}:{redemption.state}",
            person,
            redemption.channel_id,
            now,
            context={"redemption": redemption.pk, "step": str(redemption.state)},
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


def about_service(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """One step of what people do as its mail shows it; None when it has gone further meanwhile."""
    made = Redemption.objects.select_related("reward", "uploaded_code").get(pk=mail.context["redemption"])
    step = mail.context.get("step", RedemptionState.OPEN)
    if made.state != step:
        return None
    return {
        "step": str(step),
        "reward": made.reward.name,
        "text": made.reward.text,
        "code": queries.code_of(made),
        "points": made.points,
        "reason": made.close_reason,
    }
