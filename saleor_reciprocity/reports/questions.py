"""Questions: what was read about one becomes its answer, or the reason why there is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Mapping, Sequence

from saleor_reciprocity.experiments import evaluation, validity, watch
from saleor_reciprocity.experiments.evidence import PASSED, WORKS, Arms, Cell, Check, Evaluation, Plan, Verdict
from saleor_reciprocity.experiments.power import smallest_difference
from saleor_reciprocity.experiments.survival import Step

from .values import Question, State

# The order in which checks are made and told.
CHECKS = (
    validity.REPRODUCIBLE,
    validity.COMPLETE,
    validity.RATIO,
    validity.MATURE_RATIO,
    validity.PLACEBO,
    validity.SLICE,
    validity.IMMATURE,
    validity.TOO_FEW,
    validity.CONTAMINATED,
    validity.STALE,
)
# In these states figures of the groups are shown.
COUNTED = (State.NONE_YET, State.WORKS, State.HARMS, State.NONE_FOUND)
_EARLY = (validity.IMMATURE, validity.TOO_FEW)


@dataclass(frozen=True)
class Read:
    """What was read about a question: cells of complete days only; `checks` are those that need more than cells."""

    name: str
    plan: Plan | None = None
    cells: Sequence[Cell] = ()
    complete: date | None = None
    first_due: date | None = None
    checks: Sequence[Check] = ()
    win_probability: float | None = None
    erased: int = 0
    by_channel: tuple[tuple[str, Arms], ...] = ()
    by_stratum: tuple[tuple[int, Arms], ...] = ()
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)


def answered(read: Read) -> Question:
    """The answer. Where a check failed, or it is too early, there are counts and reasons, and nothing else."""
    if read.plan is None:
        return Question(read.name, State.NOT_STARTED, win_probability=read.win_probability)
    watched = watch.watched(read.plan, read.cells)
    found = evaluation.evaluated(read.plan, read.cells, read.complete) if read.complete else None
    checks = _checks(read, read.plan, watched)
    failed = validity.withheld(checks, certain=bool(watched.verdict or (found and found.verdict)))
    counted = Question(
        read.name,
        State.NONE_YET,
        read.plan,
        evaluation.arms(read.cells),
        first_complete=read.first_due,
        win_probability=read.win_probability,
        erased=read.erased,
        by_channel=read.by_channel,
        by_stratum=read.by_stratum,
        checks=tuple(check for check in checks if check.outcome != PASSED),
    )
    if failed is not None:
        return replace(counted, state=State.IMMATURE if failed.name in _EARLY else State.WITHHELD)
    return replace(
        counted,
        state=_state(read.plan, watched.verdicts, found),
        effect=effect_of(read.cells),
        today=watched.today.interval if watched.today else None,
        verdicts=watched.verdicts,
        evaluation=found,
        smallest=_smallest(read.plan, found),
        history=watched.looks,
        steps=read.steps,
    )


def _checks(read: Read, plan: Plan, watched: watch.Watched) -> list[Check]:
    made = [
        *read.checks,
        validity.placebo(plan, read.cells),
        validity.immature(watched.today, read.first_due),
        validity.too_few(evaluation.arms(read.cells)),
    ]
    return sorted(made, key=lambda check: CHECKS.index(check.name))


def _state(plan: Plan, verdicts: Sequence[Verdict], found: Evaluation | None) -> State:
    """By the newest conclusion, of the watch or of the planned evaluation."""
    made = [(verdict.day, verdict.effect) for verdict in verdicts]
    if found is not None and found.verdict is not None:
        made.append((plan.evaluation, found.verdict))
    if made:
        return State.WORKS if max(made)[1] == WORKS else State.HARMS
    return State.NONE_YET if found is None else State.NONE_FOUND


def effect_of(cells: Sequence[Cell]) -> float | None:
    """The difference of the rates, people of each share by themselves, as one can compute it from the counts."""
    groups = evaluation.groups(replace(cell, stratum=0) for cell in cells)
    return evaluation.difference(groups, 0.975).effect if groups else None


def _smallest(plan: Plan, found: Evaluation | None) -> float | None:
    """The smallest difference that the planned evaluation would find, or would have found, in 8 of 10 cases."""
    people = found.people if found else plan.planned_people
    return smallest_difference(people, float(plan.share), plan.prior_rate, level=plan.level / 2)
