"""Ratios: two ways of doing something, timed in turns in one run, and how far the figures spread."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any, Callable, Sequence

Timed = Callable[[], Any]
Prepare = Callable[[], Timed]  # does what is not timed, and returns what is


@dataclass(frozen=True)
class Spread:
    """A median, the quartiles around it, and what one in a hundred exceeds."""

    lower: float
    median: float
    upper: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        lower, median, upper = statistics.quantiles(values, n=4)
        return cls(lower, median, upper, statistics.quantiles(values, n=100)[98])

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.lower:.2f} to {self.upper:.2f})"


@dataclass(frozen=True)
class Row:
    """One line of the table: how long the subject and its base took, in milliseconds, and their ratio pair by pair."""

    what: str
    goal: float
    pairs: int
    subject: Spread
    base: Spread
    pair_ratio: Spread
    notes: dict[str, Any]

    @property
    def ratio(self) -> float:
        """Median by median."""
        return self.subject.median / self.base.median

    @property
    def cells(self) -> list[str]:
        """What the table shows: medians with their quartiles, their ratio, and how that of each pair spreads."""
        spreads = [str(spread) for spread in (self.subject, self.base, self.pair_ratio)]
        return [self.what, f"{self.ratio:.3f}", goal_reached(self.ratio, self.goal), *spreads, str(self.pairs)]

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        return {"ratio": self.ratio, "reached": self.ratio <= self.goal, **asdict(self)}


@dataclass(frozen=True)
class Once:
    """One line of the table about something so large that it is done once: its seconds, or their ratio to a base's."""

    what: str
    seconds: float
    goal: float
    notes: dict[str, Any]
    base: float | None = None

    @property
    def figure(self) -> float:
        """What the goal is about."""
        return self.seconds / self.base if self.base else self.seconds

    @property
    def cells(self) -> list[str]:
        """What the table shows."""
        base = f"{self.base * 1000:,.0f}" if self.base else ""
        unit = "" if self.base else " s"
        goal = goal_reached(self.figure, self.goal, unit)
        return [self.what, f"{self.figure:.3f}{unit}", goal, f"{self.seconds * 1000:,.0f}", base, "", "1"]

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        return {"figure": self.figure, "reached": self.figure <= self.goal, **asdict(self)}


def goal_reached(figure: float, goal: float, unit: str = "") -> str:
    """A goal, and whether it was reached."""
    return f"≤ {goal:g}{unit} {'reached' if figure <= goal else 'MISSED'}"


def in_turns(
    what: str, goal: float, subject: Prepare, base: Prepare, *, pairs: int, warm_up: int, notes: dict[str, Any]
) -> Row:
    """Time both ways `pairs` times, one after the other, each going first every other time."""
    subjects, bases = [], []
    for turn in range(-warm_up, pairs):
        ways = [(subject, subjects), (base, bases)]
        for prepare, times in ways if turn % 2 else reversed(ways):
            took = _milliseconds(prepare())
            if turn >= 0:
                times.append(took)
    ratios = [slow / fast for slow, fast in zip(subjects, bases)]
    return Row(what, goal, pairs, Spread.of(subjects), Spread.of(bases), Spread.of(ratios), notes)


def _milliseconds(timed: Timed) -> float:
    begin = time.perf_counter()
    timed()
    return (time.perf_counter() - begin) * 1000
