"""The outbox: asks for a mail, once for each reason."""

from __future__ import annotations

from datetime import datetime

from .models import Mail

SURPRISE = "surprise"


def ask_for_surprise(draw_id: int, order_id: str, now: datetime) -> None:
    """Ask for the mail that tells a customer about a surprise."""
    mail = Mail(kind=SURPRISE, source=f"surprise:{draw_id}", order_id=order_id, draw_id=draw_id, wanted_at=now)
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
