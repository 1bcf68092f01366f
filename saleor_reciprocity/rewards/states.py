"""States: what becomes of a redemption."""

from __future__ import annotations

from django.db import models


class RedemptionState(models.TextChoices):
    """What became of a redemption's code."""

    UNUSED = "unused", "The code can be used"
    USED = "used", "An order was placed with the code"
    CANCELLED = "cancelled", "The code was given back and the points returned"
    EXPIRED = "expired", "The code was not used in time"


WAITING = (RedemptionState.UNUSED,)
KEPT = (*WAITING, RedemptionState.USED)  # the points are spent on it, and a piece of the stock
