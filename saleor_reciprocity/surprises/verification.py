"""Verification: recomputes every draw of a campaign from its secret, as anyone can once the secret is public."""

from __future__ import annotations

from typing import Iterator

from . import draw
from .models import ERASED, Campaign, Draw, Outcome

WINNING = {Outcome.WON, Outcome.NO_BUDGET, Outcome.OUT_OF_STOCK, Outcome.WORTHLESS}


def altered(campaign: Campaign) -> Iterator[tuple[str, str]]:
    """The orders whose draws are not what the secret says, each with what is wrong; ("", …) is the campaign itself.

    Draws of people who were erased have no proof any more and are passed over.
    """
    if draw.commitment(campaign.secret) != campaign.secret_hash:
        yield "", "the secret is not the one that was published"
    weights = dict(campaign.prizes.values_list("pk", "weight"))
    for made in campaign.draws.exclude(person__startswith=ERASED).select_related("campaign").order_by("pk").iterator():
        problem = _problem(made, campaign, weights)
        if problem:
            yield made.order_id, problem


def _problem(made: Draw, campaign: Campaign, weights: dict[int, int]) -> str | None:
    ticket = draw.ticket_of(campaign.secret, made.order_id)
    if ticket != made.ticket:
        return "the ticket is another"
    won = draw.wins(ticket, campaign.probability)
    if (made.outcome in WINNING and not won) or (made.outcome == Outcome.NO and won):
        return f"the draw said {'yes' if won else 'no'}"
    if made.outcome == Outcome.WON:
        prize = draw.prize_of(ticket, [(prize_id, weights.get(prize_id, 0)) for prize_id in made.choices])
        if prize != made.prize_id:
            return "the prize is another"
    return "something else was changed" if made.seal != made.seal_now() else None
