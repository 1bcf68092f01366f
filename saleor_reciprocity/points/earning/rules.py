"""Rules of earning: when one applies, what it does, and how several combine. Pure.

The rules in force are walked once for each order, by priority, the highest first, and then by id. A multiplier changes
the factor of every line that it matches. The factor starts with 1: ADD raises it by the multiplier less 1, so 2 and 3
make 4; MULTIPLY multiplies it, so 2 and 3 make 6. A bonus adds points to the order, once or for each piece.

An EXCLUSIVE rule applies only where no rule before it did, and keeps all rules after it away: a multiplier and a bonus
for each piece line by line, a bonus for the order among the bonuses for the order. The multiplier of the customer's
tier comes last and is no rule: nothing keeps it away, and it leaves bonuses alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from saleor_reciprocity import clock
from saleor_reciprocity.host.facts import Line, Order

from .conditions import LINE, ORDER, PERSON, Asked, Buyer, Conditions, Shelf, hold


class Trigger(Enum):
    """What a rule gives points for."""

    ORDER = "order"
    SIGN_UP = "sign-up"
    SURVEY = "survey"
    BIRTHDAY = "birthday"
    STAFF = "staff"


class Effect(Enum):
    """What a rule does."""

    MULTIPLIER = "multiplier"
    BONUS = "bonus"
    BONUS_PER_PIECE = "bonus per piece"


class Stacking(Enum):
    """How a rule combines with the others."""

    ADD = "add"
    MULTIPLY = "multiply"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True)
class Rule:
    """One version of a rule. `name` is what customers read."""

    id: int
    version: int
    name: str
    effect: Effect
    value: Decimal
    trigger: Trigger = Trigger.ORDER
    stacking: Stacking = Stacking.ADD
    priority: int = 0
    conditions: Conditions = field(default_factory=Conditions)


def in_order(rules: tuple[Rule, ...]) -> list[Rule]:
    """The rules in the order in which they are applied."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.id))


def holds(conditions: Conditions, order: Order, buyer: Buyer, zone_name: str) -> bool:
    """Whether an order fulfils all that a rule asks of the order as a whole, and of whoever placed it."""
    return hold(conditions, Asked(buyer, order, clock.local(order.placed_at, zone_name)), PERSON, ORDER)


def matches(conditions: Conditions, line: Line, shelf: Shelf) -> bool:
    """Whether a line fulfils all that a rule asks of a line. A bought gift card never does."""
    return not line.is_gift_card and hold(conditions, Asked(Buyer(), line=line, shelf=shelf), LINE)
