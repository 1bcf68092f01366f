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
from datetime import datetime, time
from decimal import Decimal
from enum import Enum

from saleor_reciprocity import clock
from saleor_reciprocity.host.facts import Line, Order

from ..tiers.ladder import Standing


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
class Conditions:
    """What has to be so for a rule to apply; what is empty or None is not asked for.

    All kinds of conditions have to hold, each for any one of its values. `categories` include those below them.
    `total` is what was left to pay for goods and shipping, taxes included. `weekdays` are 1 (Monday) to 7, by the
    channel's clock; a window of time runs up to, not including, its end, and past midnight where that is earlier.
    """

    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    collections: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    order_number: int | None = None
    every_nth_order: int | None = None
    minimum_total: Decimal | None = None
    maximum_total: Decimal | None = None
    weekdays: frozenset[int] = frozenset()
    time_from: time | None = None
    time_to: time | None = None

    @property
    def about_lines(self) -> bool:
        """Whether some lines of an order may match and others not."""
        return bool(self.products or self.categories or self.collections)

    @property
    def about_number(self) -> bool:
        """Whether it matters which order of the customer it is."""
        return self.order_number is not None or self.every_nth_order is not None


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


@dataclass(frozen=True)
class Shelf:
    """Where a product stands: its category and all above it, and its collections."""

    categories: frozenset[int] = frozenset()
    collections: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Buyer:
    """What rules ask about whoever placed an order, as it was then."""

    earlier_orders: int = 0
    groups: frozenset[str] = frozenset()
    tier: Standing | None = None


NOWHERE = Shelf()


def in_order(rules: tuple[Rule, ...]) -> list[Rule]:
    """The rules in the order in which they are applied."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.id))


def holds(conditions: Conditions, order: Order, buyer: Buyer, zone_name: str) -> bool:
    """Whether an order fulfils all that a rule asks of the order as a whole."""
    return (
        _number_fits(conditions, buyer.earlier_orders + 1)
        and _total_fits(conditions, order.goods + order.shipping)
        and (not conditions.groups or bool(conditions.groups & buyer.groups))
        and (not conditions.tiers or (buyer.tier is not None and buyer.tier.code in conditions.tiers))
        and _moment_fits(conditions, clock.local(order.placed_at, zone_name))
    )


def matches(conditions: Conditions, line: Line, shelf: Shelf) -> bool:
    """Whether a line fulfils all that a rule asks of a line. A bought gift card never does."""
    return (
        not line.is_gift_card
        and (not conditions.products or line.product_id in conditions.products)
        and (not conditions.categories or bool(conditions.categories & shelf.categories))
        and (not conditions.collections or bool(conditions.collections & shelf.collections))
    )


def _number_fits(conditions: Conditions, number: int) -> bool:
    every = conditions.every_nth_order
    return conditions.order_number in (None, number) and (every is None or number % every == 0)


def _total_fits(conditions: Conditions, total: Decimal) -> bool:
    low, high = conditions.minimum_total, conditions.maximum_total
    return (low is None or low <= total) and (high is None or total <= high)


def _moment_fits(conditions: Conditions, now: datetime) -> bool:
    if conditions.weekdays and now.isoweekday() not in conditions.weekdays:
        return False
    start, end = conditions.time_from or time.min, conditions.time_to
    if end is None:
        return start <= now.time()
    if start < end:
        return start <= now.time() < end
    return now.time() >= start or now.time() < end
