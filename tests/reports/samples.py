"""A report with every part of it, and the questions of the specification in all their states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from saleor_reciprocity.experiments.evidence import (
    GIFT,
    HARMS,
    LEVELS,
    NOTED,
    PROGRAMME,
    SURVEY,
    WITHHELD,
    WORKS,
    Arms,
    Check,
    Evaluation,
    Interval,
    Look,
    Plan,
    Verdict,
)
from saleor_reciprocity.experiments.survival import Step
from saleor_reciprocity.reports.values import (
    Age,
    Amount,
    Mark,
    Month,
    Owed,
    Question,
    Rated,
    Report,
    Scored,
    Spent,
    State,
    Use,
    Voice,
)

UNTIL = date(2026, 6, 30)
MADE_AT = datetime(2026, 7, 1, 5, 30, tzinfo=timezone.utc)


def plan(name: str = PROGRAMME, **changes: Any) -> Plan:
    values = Plan(name, date(2025, 6, 10), date(2026, 3, 14), Decimal("0.2"), 0.25, 5000, LEVELS[name])
    return replace(values, **changes)


def question(name: str = PROGRAMME, state: State = State.NONE_YET, **values: Any) -> Question:
    return Question(name, state, **{"plan": plan(name), "arms": Arms(306, 77, 1226, 414), **values})


def works() -> Question:
    return question(
        state=State.WORKS,
        effect=0.0864,
        today=Interval(0.0281, 0.1429),
        verdicts=(Verdict(WORKS, date(2026, 5, 3)),),
        history=tuple(looks()),
        steps={"others": tuple(steps(0.34, 1226)), "held_out": tuple(steps(0.25, 306))},
    )


def looks() -> list[Look]:
    first = date(2025, 12, 1)
    return [
        Look(
            first + timedelta(days=n), 40 + n, 160 + 5 * n, 0.0, 0.0, Interval(0.08 - 3 / (n + 20), 0.09 + 3 / (n + 20))
        )
        for n in range(1, 212, 6)
    ]


def steps(share: float, people: int) -> list[Step]:
    return [
        Step(day, share * day / 90, max(share * day / 90 - 0.02, 0), share * day / 90 + 0.02, people - 3 * day)
        for day in range(0, 91, 6)
    ]


def works_as_planned() -> Question:
    return question(state=State.WORKS, evaluation=Evaluation(0.051, Interval(0.015, 0.087), 5012))


def none_yet() -> Question:
    return question(today=Interval(-0.011, 0.103), smallest=0.049, effect=0.046)


def none_found() -> Question:
    found = Evaluation(0.0145, Interval(-0.011, 0.04), 5012)
    return question(state=State.NONE_FOUND, evaluation=found, smallest=0.049)


def harms() -> Question:
    return question(
        state=State.HARMS,
        effect=-0.052,
        today=Interval(-0.091, -0.014),
        verdicts=(Verdict(HARMS, date(2026, 5, 3)),),
    )


def changed() -> Question:
    return question(
        state=State.WORKS,
        effect=0.03,
        today=Interval(-0.002, 0.062),
        verdicts=(Verdict(WORKS, date(2026, 5, 3)),),
    )


def withheld(name: str, **numbers: Any) -> Question:
    return question(state=State.WITHHELD, checks=(Check(name, WITHHELD, **numbers),))


def noted(name: str, **numbers: Any) -> Question:
    return replace(none_yet(), checks=(Check(name, NOTED, **numbers),))


def immature() -> Question:
    return question(state=State.IMMATURE, arms=Arms(0, 0, 0, 0), first_complete=date(2026, 7, 2))


AMOUNT = Amount("EUR", Decimal("1.2"), Decimal("-2.1"), Decimal("4.6"), 1532, 52, Decimal("310"), Decimal("0.4"))

AGES = (
    Age(1, 1, 21_000, 9_030),
    Age(2, 2, 17_500, 7_350),
    Age(3, 3, 15_200, 6_080),
    Age(4, 6, 38_000, 13_300),
    Age(7, 12, 51_400, 14_392),
    Age(13, 18, 24_100, 4_820),
    Age(19, 23, 9_700, 1_358),
    Age(24, None, 1_100, 99),
)

OWED = Owed("default-channel", "EUR", 178_000, Decimal("0.05"), 56_429, 61_870, 31, AGES, 0.18, 0.17)


def months(count: int = 14) -> tuple[Month, ...]:
    return tuple(
        Month(date(2025 + (4 + n) // 12, (4 + n) % 12 + 1, 1), 9_000 + 700 * n, 3_000 + 420 * n, 200 * n, 350 + 11 * n)
        for n in range(count)
    )


def voice() -> Voice:
    scored = tuple(
        (each.month, Scored(40 + 3 * n, 78 + n % 5, 70 + n % 5, 86 + n % 5)) for n, each in enumerate(months())
    )
    return Voice("csat", Scored(840, 80.2, 77.4, 82.8), scored)


def rated() -> tuple[Rated, ...]:
    return (
        Rated(
            "Cup “Morning” with a saucer, hand-painted behind the station", Scored(212, 0.93, 0.89, 0.96), Mark.BETTER
        ),
        Rated("Saucer <b>&amp;</b> spoon", Scored(64, 0.83, 0.72, 0.9)),
        Rated("茶壶，手工制作", Scored(31, 0.77, 0.6, 0.89)),
        Rated("=HYPERLINK(1)", Scored(118, 0.55, 0.46, 0.64), Mark.WORSE),
    )


SPENT = (
    Spent("Autumn", "default-channel", "EUR", 500, 340, Decimal("1550"), 1, None, Decimal(200), None, Decimal(60), 12),
    Spent("Standard <b>", "default-channel", "EUR", 111, 62, Decimal("254.5"), 2, Decimal(10), None, Decimal(900)),
)

USE = Use(
    members=8_412,
    active=3_077,
    redemption_rate=0.412,
    days_to_first_redemption=47.0,
    tiers=(("Silver", 940), ("Gold", 122)),
    surprises_won=611,
    surprises_used=402,
    surprises_cost=(("EUR", Decimal("1804.5")),),
    recommendations_shown=5_210,
    recommendations_bought=688,
)


def report(**changes: Any) -> Report:
    """A report with everything in it."""
    values: dict[str, Any] = {
        "channel": None,
        "until": UNTIL,
        "made_at": MADE_AT,
        "questions": (
            replace(works(), win_probability=0.1),
            question(GIFT, today=Interval(-0.011, 0.103), smallest=0.049, effect=0.046, history=tuple(looks()[:60])),
            question(
                SURVEY,
                State.WITHHELD,
                arms=Arms(850, 200, 4000, 1200),
                checks=(Check("ratio", WITHHELD, 850, 4850, 970),),
            ),
        ),
        "amounts": (AMOUNT,),
        "months": months(),
        "owed": (OWED,),
        "spent": SPENT,
        "asked": 4_120,
        "answered": 840,
        "voices": (voice(),),
        "rated": rated(),
        "rated_mean": 0.8,
        "use": USE,
    }
    return Report(**{**values, **changes})
