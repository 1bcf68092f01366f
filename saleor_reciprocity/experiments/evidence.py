"""Evidence: the values in which a question is asked, counted and answered. Pure.

An effect and its interval are differences of rates, the others less those held out: 0.05 is five points more often.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

PROGRAMME, GIFT, SURVEY = "programme", "gift", "survey"

# The two-sided level of each question. Half of it is the watch's, half the planned evaluation's.
LEVELS = {PROGRAMME: 0.05, GIFT: 0.025, SURVEY: 0.025}

# Who orders again within so many days returned; what happened is frozen so many days later.
WINDOW_DAYS, FREEZE_DAYS = 90, 7
# The people of so many days belong to the planned evaluation.
INTAKE_DAYS = 180

METHOD = 1

# The first number of earlier orders of each stratum: none or one, two, three and four, five to nine, ten and more.
STRATA = (0, 2, 3, 5, 10)

WORKS, HARMS = "works", "harms"
PASSED, NOTED, WITHHELD = "passed", "noted", "withheld"


@dataclass(frozen=True)
class Plan:
    """How a question is answered, written down before the first customer is assigned and never changed."""

    question: str
    start: date
    evaluation: date
    share: Decimal  # the probability to be held out; of the gift question, to draw a blank
    prior_rate: float  # of people who returned, before the start
    planned_people: int
    level: float  # two-sided, of the watch and the planned evaluation together
    method: int = METHOD

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and 0 <= self.prior_rate <= 1 and self.planned_people > 0):
            raise ValueError("a plan needs people, a rate, and a share that leaves people in both arms")


def evaluation_after(start: date) -> date:
    """The day of the planned evaluation: everybody of the intake was followed, and it is frozen."""
    return start + timedelta(days=INTAKE_DAYS + WINDOW_DAYS + FREEZE_DAYS)


@dataclass(frozen=True)
class MoneyPlan:
    """How money per person is counted in one currency: what lies outside the two ends counts as the end.

    `margin` is the part of what was paid that is counted, before costs; cap, mean and variance are of that part.
    """

    currency: str
    low: Decimal  # minus the largest prize
    cap: Decimal
    mean: float  # per person and window, before the start
    variance: float
    margin: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if self.cap <= self.low:
            raise ValueError("money needs a cap above its lower end")


@dataclass(frozen=True)
class Cell:
    """People whose window ended on one day, of one arm, share and stratum, and how many of them returned."""

    day: date
    held_out: bool
    share: Decimal
    stratum: int
    people: int
    returned: int


@dataclass(frozen=True)
class MoneyCell:
    """People whose window ended on one day, of one arm and share, whose money fell into one bucket, from 0."""

    day: date
    held_out: bool
    share: Decimal
    bucket: int
    people: int


@dataclass(frozen=True)
class OrdersOfDay:
    """How many orders each arm placed on one day, and how many of its people were being followed."""

    day: date
    held_out: int
    others: int
    held_out_at_risk: int
    others_at_risk: int


@dataclass(frozen=True)
class Arms:
    """How many people are in each arm, and how many of them returned."""

    held_out: int
    held_out_returned: int
    others: int
    others_returned: int


@dataclass(frozen=True)
class Interval:
    """From where to where an effect may lie."""

    low: float
    high: float

    def __contains__(self, effect: float) -> bool:
        return self.low <= effect <= self.high


@dataclass(frozen=True)
class Verdict:
    """What was concluded, and the first day on which it was certain. It stays."""

    effect: str
    day: date


@dataclass(frozen=True)
class Look:
    """The watch on one day: people followed so far, the logarithms of both bets, and the interval of that day."""

    day: date
    held_out: int
    others: int
    works: float
    harms: float
    interval: Interval


@dataclass(frozen=True)
class Evaluation:
    """The planned evaluation: the effect in its people, with its interval."""

    effect: float
    interval: Interval
    people: int

    @property
    def verdict(self) -> str | None:
        """WORKS, HARMS, or None where zero is inside."""
        if self.interval.low > 0:
            return WORKS
        return HARMS if self.interval.high < 0 else None


@dataclass(frozen=True)
class Check:
    """What a check found: `count` of `of` where about `expected` should be, and what that does to the conclusion."""

    name: str
    outcome: str
    count: float = 0
    of: float = 0
    expected: float = 0
    day: date | None = None
    days: int = 0
