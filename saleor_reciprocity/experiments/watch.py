"""The watch: whether an effect is certain on any day so far, however often one looks. Pure.

"Works" and "harms" are concluded on the first day on which the fortune of the bets on a larger or on a smaller effect
than none reaches 2/level, at half of the question's level. A conclusion stays; the interval is always today's, because
effects change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import Iterable

from . import bets, score
from .evidence import HARMS, WORKS, Cell, Look, Plan, Verdict

LOOKS = 40  # days of a history at most
LEAST_VARIANCE = 0.02
LARGEST_EFFECT = 0.3


@dataclass(frozen=True)
class Watched:
    """At most 40 looks, evenly over the days, the last one among them; and what was concluded, oldest first."""

    looks: tuple[Look, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The newest conclusion."""
        return self.verdicts[-1] if self.verdicts else None

    @property
    def today(self) -> Look | None:
        """The look at the last complete day."""
        return self.looks[-1] if self.looks else None


def watched(plan: Plan, cells: Iterable[Cell], looks: int = LOOKS, against: float = 0.0) -> Watched:
    """All days at once, each seen only with what was known then. Cells are of complete days, in any order.

    `against` is the effect that "works" means more than, "harms" less than.
    """
    days = list(score.of_days(cells, plan.prior_rate))
    shown = {len(days) - 1 - place * len(days) // looks for place in range(looks)}
    stakes, limit = stakes_of(plan), limit_of(plan)
    fortunes, scored, arms = bets.Fortunes(stakes, against), Counter(), Counter()  # type: ignore[var-annotated]
    verdicts: dict[str, Verdict] = {}
    history = []
    for number, (day, of_day, scored_today) in enumerate(days):
        fortunes.add(scored_today)
        scored.update(scored_today)
        for cell in of_day:
            arms[cell.held_out] += cell.people
        for effect, fortune in ((WORKS, fortunes.above), (HARMS, fortunes.below)):
            if fortune >= limit:
                verdicts.setdefault(effect, Verdict(effect, day))
        if number in shown:
            interval = bets.interval(stakes, scored, limit)
            history.append(Look(day, arms[True], arms[False], fortunes.above, fortunes.below, interval))
    return Watched(tuple(history), tuple(verdicts.values()))


def level_of(plan: Plan) -> float:
    """The two-sided level of the watch: half of the question's."""
    return plan.level / 2


def limit_of(plan: Plan) -> float:
    """What the logarithm of a fortune has to reach."""
    return log(2 / level_of(plan))


def stakes_of(plan: Plan) -> bets.Stakes:
    """The stakes that the plan's people and rate before the start ask for."""
    variance = max(plan.prior_rate * (1 - plan.prior_rate), LEAST_VARIANCE)
    return bets.stakes(level_of(plan), variance, float(plan.share), plan.planned_people, 1.0, LARGEST_EFFECT)
