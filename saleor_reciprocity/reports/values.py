"""The values of a report: every figure that is shown, without words. Pure.

Shares and differences of shares are from -1 to 1, days are dates, months their first day, points whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Mapping

from saleor_reciprocity.experiments.evidence import Arms, Check, Evaluation, Interval, Look, Plan, Verdict
from saleor_reciprocity.experiments.survival import Step

NOBODY = Arms(0, 0, 0, 0)

# The two arms, as keys.
HELD_OUT, OTHERS = "held_out", "others"


class State(Enum):
    """What can be said about a question."""

    NOT_STARTED = "not started"
    IMMATURE = "immature"
    NONE_YET = "none yet"
    WORKS = "works"
    HARMS = "harms"
    NONE_FOUND = "none found"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Question:
    """All that is known about one question. Where it is withheld there is no interval, only counts.

    The arms of each channel, by its slug, and of people alike in earlier orders, by their place in STRATA, carry no
    verdict.
    """

    name: str
    state: State
    plan: Plan | None = None
    arms: Arms = NOBODY
    effect: float | None = None
    today: Interval | None = None
    verdicts: tuple[Verdict, ...] = ()
    evaluation: Evaluation | None = None
    smallest: float | None = None
    first_complete: date | None = None
    win_probability: float | None = None
    erased: int = 0
    checks: tuple[Check, ...] = ()
    by_channel: tuple[tuple[str, Arms], ...] = ()
    by_stratum: tuple[tuple[int, Arms], ...] = ()
    history: tuple[Look, ...] = ()
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    @property
    def followed(self) -> int:
        """The people whose 90 days are over."""
        return self.arms.others + self.arms.held_out


@dataclass(frozen=True)
class Amount:
    """What a person brought more in one currency after gifts and points, without a verdict.

    Of what was paid, the `margin` was counted.
    """

    currency: str
    value: Decimal
    low: Decimal
    high: Decimal
    people: int
    at_cap: int
    cap: Decimal
    margin: Decimal = Decimal(1)


@dataclass(frozen=True)
class Month:
    """The points of one month."""

    month: date
    issued: int
    redeemed: int
    expired: int
    taken_back: int


@dataclass(frozen=True)
class Age:
    """Open points whose lots are so many months old, and how many of them are expected to be redeemed."""

    first: int
    last: int | None
    points: int
    expected: int | None


@dataclass(frozen=True)
class Owed:
    """What a channel owes in points, and in its currency at the value that a point has there."""

    channel: str
    currency: str
    points: int
    point_value: Decimal
    expected: int | None
    prudent: int | None
    months_of_history: int
    ages: tuple[Age, ...] = ()
    expected_a_year_ago: float | None = None
    redeemed_since: float | None = None


@dataclass(frozen=True)
class Spent:
    """What a campaign's surprises have cost where, and what its budget allows: a day, a month, in all (None: no limit).

    `left` is the least that a limit leaves on the report's day; campaigns of one `budget` share it. `cost` is of the
    gifts that are used or can still be.
    """

    campaign: str
    channel: str
    currency: str
    won: int
    used: int
    cost: Decimal
    budget: int = 0
    per_day: Decimal | None = None
    per_month: Decimal | None = None
    total: Decimal | None = None
    left: Decimal | None = None
    no_budget: int = 0


@dataclass(frozen=True)
class Scored:
    """The score of some answers: in percent for satisfaction and recommendation, on its own scale otherwise."""

    answers: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Voice:
    """What customers answered to one kind of question, in all and month by month."""

    measure: str
    total: Scored
    months: tuple[tuple[date, Scored], ...] = ()


class Mark(Enum):
    """Whether a product differs from the others by more than chance."""

    BETTER = "better"
    NONE = "none"
    WORSE = "worse"


@dataclass(frozen=True)
class Rated:
    """How many of a product's buyers were satisfied, as a share."""

    product: str
    score: Scored
    mark: Mark = Mark.NONE


@dataclass(frozen=True)
class Lists:
    """Who bought of their list within 30 days: of those whom it was shown, and of those held out. No verdict."""

    arms: Arms
    interval: Interval


@dataclass(frozen=True)
class Use:
    """How the programme is used."""

    members: int
    active: int
    redemption_rate: float | None
    days_to_first_redemption: float | None
    tiers: tuple[tuple[str, int], ...] = ()
    surprises_won: int = 0
    surprises_used: int = 0
    surprises_cost: tuple[tuple[str, Decimal], ...] = ()
    recommendations_shown: int = 0
    recommendations_bought: int = 0
    recommendations_compared: Lists | None = None


@dataclass(frozen=True)
class Report:
    """The whole report of a channel, or of the shop where none is named. It holds sums only, nothing personal."""

    channel: str | None
    until: date
    made_at: datetime
    questions: tuple[Question, ...] = ()
    amounts: tuple[Amount, ...] = ()
    months: tuple[Month, ...] = ()
    owed: tuple[Owed, ...] = ()
    spent: tuple[Spent, ...] = ()
    asked: int = 0
    answered: int = 0
    voices: tuple[Voice, ...] = ()
    rated: tuple[Rated, ...] = ()
    rated_mean: float | None = None
    use: Use | None = None
