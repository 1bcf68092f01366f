"""States: what becomes of a redemption. Of a code: unused, used or expired; of what people do: open or done."""

from __future__ import annotations

from django.db import models


class RedemptionState(models.TextChoices):
    """What became of what points were exchanged for."""

    UNUSED = "unused", "The code can be used"
    USED = "used", "An order was placed with the code"
    CANCELLED = "cancelled", "The exchange was undone and the points returned"
    EXPIRED = "expired", "The code was not used in time"
    OPEN = "open", "The shop has yet to do it"
    DONE = "done", "The shop has done it"


WAITING = (RedemptionState.UNUSED, RedemptionState.OPEN)
KEPT = (*WAITING, RedemptionState.USED, RedemptionState.DONE)  # the points are spent on it, and a piece of the stock
