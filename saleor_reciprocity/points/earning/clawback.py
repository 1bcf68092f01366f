"""Clawback: how much of what an order is no longer due is taken back, by the shop's policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_reciprocity.settings import INTO_DEBT, WITHIN_BALANCE

from .entitlement import Due


@dataclass(frozen=True)
class Posted:
    """What was posted for an order: pending and earned points, and those among the earned that are no longer due."""

    pending: int
    earned: int
    kept: int = 0


def target(due: Due, posted: Posted, available: int, policy: str) -> Posted:
    """What should be posted for an order that is due this much, on an account with so many available points.

    What was left to the customer counts against what becomes due again later, so nothing is given twice. At any time
    `earned - kept == due.earned` and `pending == max(0, due.pending - kept)`.
    """
    change = due.earned - (posted.earned - posted.kept)
    if change >= 0:
        kept = posted.kept - min(posted.kept, change)
        return Posted(max(0, due.pending - kept), due.earned + kept, kept)
    taken = min(-change, _takeable(-change, available, policy))
    kept = posted.kept - change - taken
    return Posted(max(0, due.pending - kept), due.earned + kept, kept)


def _takeable(asked: int, available: int, policy: str) -> int:
    if policy == INTO_DEBT:
        return asked
    return available if policy == WITHIN_BALANCE else 0
