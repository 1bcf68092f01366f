"""What a person brought more in money after gifts and points: an interval, and no verdict."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from saleor_reciprocity.experiments import cells, money_watch, plans
from saleor_reciprocity.experiments.evidence import PROGRAMME

from .questions import COUNTED
from .values import Amount, Question


def amounts(question: Question, until: date, now: datetime) -> tuple[Amount, ...]:
    """The difference of the programme's groups; nothing where its answer is withheld or it is too early."""
    plan, money_plan, complete = question.plan, plans.money_plan_of(PROGRAMME), cells.complete_until(PROGRAMME, now)
    if question.state not in COUNTED or plan is None or money_plan is None or complete is None:
        return ()
    last = min(complete, until)
    rows = cells.money_cells(PROGRAMME, last)
    found = money_watch.difference(money_plan, plan.share, plan.planned_people, rows)
    if found is None:
        return ()
    low, high = (Decimal(str(end)) for end in (found.interval.low, found.interval.high))
    value, at_cap = Decimal(str(found.value)), cells.at_cap(PROGRAMME, last)
    return (Amount(money_plan.currency, value, low, high, found.people, at_cap, money_plan.cap, money_plan.margin),)
