"""Examples: the three programmes that a shop can begin with, as what each of them sets. Pure.

Amounts are for a shop whose usual order comes to less than 500 of its currency. Where it comes to less than 5000 they
are ten times as large, and so on; a point then stands for ten times as much, so that numbers of points stay small.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Mapping

from .settings import MONEY, NO_CONSENT_SOURCE, PREFERENCE


class Example(str, Enum):
    """The three of them."""

    THANK_YOU = "thank-you"
    POINTS = "points"
    ALL = "all"


# What is set in each, in the order above; None leaves what is there. Whatever gives something away has a limit.
TABLE: Mapping[str, tuple[str | None, str | None, str | None]] = {
    "points_per_unit": ("0", "1", "1"),
    "return_window_days": (None, "14", "14"),
    "points_valid_months": (None, "24", "24"),
    "reward_points": ("0", "100", "100"),
    "reward_value": (None, "5", "5"),
    "surprise_probability": ("0.05", "0", "0.05"),
    "surprise_value": ("5", None, "5"),
    "surprise_budget_per_month": ("100", None, "100"),
    "surprise_from_order": ("2", None, "2"),
    "holdout_share": ("0.2", None, "0.2"),
    "survey_question": ("off", "off", "csat"),
    "survey_holdout_share": (None, None, "0.1"),
    "survey_alert_below": (None, None, "3"),
    "mail_consent": (PREFERENCE, PREFERENCE, PREFERENCE),
    "mail_statements": ("False", "False", "True"),
}
_LARGEST = 5  # powers of ten: beyond it an amount is larger than a reward may be


def factor(usual_order: Decimal | None, decimals: int) -> int:
    """By what amounts are multiplied: 1, 10, 100 and so on. Without any order the currency's decimals decide."""
    if usual_order is None:
        return 1 if decimals else 100
    return int(10 ** min(max(len(str(int(usual_order * 2))) - 3, 0), _LARGEST))


def values(example: Example, by: int, stored: Mapping[str, str]) -> dict[str, str]:
    """What an example sets, as text, its amounts multiplied, where other settings are `stored`.

    A source of consent that the shop has named stays.
    """
    column = list(Example).index(example)
    named = {name: row[column] for name, row in TABLE.items()}
    if stored["mail_consent"] != NO_CONSENT_SOURCE:
        named["mail_consent"] = None
    return {name: _times(name, text, by) for name, text in named.items() if text is not None}


def _times(name: str, text: str, by: int) -> str:
    if name in MONEY:
        return f"{Decimal(text) * by:f}"
    return f"{Decimal(text) / by:f}" if name == "points_per_unit" else text
