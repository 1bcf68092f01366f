"""Earning: the terms of an order, fixed when it is first looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Mapping, Sequence

from saleor_reciprocity.host.facts import Order
from saleor_reciprocity.settings import Programme

from . import rules
from .conditions import NOWHERE, Buyer, Shelf
from .rules import Effect, Rule, Stacking

EARNS = "earns"
PROGRAMME_OFF = "programme off"
REPLACEMENT = "replacement"
NO_EMAIL = "no e-mail"
TOO_LARGE = "too large"

MOST_POINTS = 10**12  # of one order: sums of thousands of them are still exact in JSON


@dataclass(frozen=True)
class Applied:
    """A rule, or the customer's tier, that applied. `value` is its factor or its points."""

    rule_id: int | None  # None for the tier
    version: int
    name: str
    effect: str
    value: Decimal
    stacking: str

    def as_json(self) -> list[Any]:
        return [self.rule_id, self.version, self.name, self.effect, str(self.value), self.stacking]

    @classmethod
    def of(cls, rule: Rule) -> Applied:
        return cls(rule.id, rule.version, rule.name, rule.effect.value, rule.value, rule.stacking.value)

    @classmethod
    def from_json(cls, stored: list[Any]) -> Applied:
        rule_id, version, name, effect, value, stacking = stored
        return cls(rule_id, version, name, effect, Decimal(value), stacking)


@dataclass(frozen=True)
class LineTerms:
    """What one line earns: points per unit of currency, points per piece, and the rules that made it so."""

    rate: Decimal
    per_piece: int = 0
    applied: tuple[Applied, ...] = ()

    def as_json(self) -> Any:
        if not (self.per_piece or self.applied):
            return str(self.rate)
        return [str(self.rate), self.per_piece, [rule.as_json() for rule in self.applied]]

    @classmethod
    def from_json(cls, stored: Any) -> LineTerms:
        rate, per_piece, applied = stored if isinstance(stored, list) else (stored, 0, [])
        return cls(Decimal(rate), per_piece, tuple(Applied.from_json(rule) for rule in applied))


@dataclass(frozen=True)
class Bonus:
    """Points for the order as a whole, as long as one of its lines is kept and enough is left paid."""

    points: int
    applied: Applied
    line_ids: tuple[str, ...] = ()  # empty: any line that can earn
    minimum_total: Decimal | None = None

    def as_json(self) -> list[Any]:
        least = None if self.minimum_total is None else str(self.minimum_total)
        return [self.points, self.applied.as_json(), list(self.line_ids), least]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Bonus:
        points, applied, line_ids, least = stored
        return cls(points, Applied.from_json(applied), tuple(line_ids), None if least is None else Decimal(least))


@dataclass(frozen=True)
class Terms:
    """What was agreed for an order. `rate` is for lines that were added later; `programme_rate` is without rules.

    `net` says what the base is, `return_days` how long after the shipment points stay pending. `off_shipping` is what a
    voucher took off the shipping: the order itself only says it as long as that voucher is there. `agreed_at` is set
    where the settings of another moment count than that at which the order was placed: of one from before the
    programme.
    """

    rate: Decimal
    lines: Mapping[str, LineTerms] = field(default_factory=dict)
    bonuses: tuple[Bonus, ...] = ()
    shipping_rate: Decimal = Decimal(0)
    net: bool = False
    return_days: int = 0
    off_shipping: Decimal = Decimal(0)
    agreed_at: datetime | None = None

    def of(self, line_id: str) -> LineTerms:
        return self.lines.get(line_id) or LineTerms(self.rate)

    def rate_of(self, line_id: str) -> Decimal:
        return self.of(line_id).rate

    @property
    def return_window(self) -> timedelta:
        return timedelta(days=self.return_days)

    def as_json(self) -> dict[str, Any]:
        """What is stored; what is as simple as can be is left out."""
        stored: dict[str, Any] = {
            "rate": str(self.rate),
            "lines": {line_id: terms.as_json() for line_id, terms in self.lines.items()},
            "bonuses": [bonus.as_json() for bonus in self.bonuses],
            "shipping": str(self.shipping_rate) if self.shipping_rate else None,
            "net": self.net,
            "return_days": self.return_days,
            "off_shipping": str(self.off_shipping) if self.off_shipping else None,
            "agreed_at": self.agreed_at.isoformat() if self.agreed_at else None,
        }
        return {name: value for name, value in stored.items() if value or name in ("rate", "lines")}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Terms:
        lines = stored.get("lines", {})
        return cls(
            rate=Decimal(stored.get("rate", "0")),
            lines={line_id: LineTerms.from_json(terms) for line_id, terms in lines.items()},
            bonuses=tuple(Bonus.from_json(bonus) for bonus in stored.get("bonuses", ())),
            shipping_rate=Decimal(stored.get("shipping", "0")),
            net=stored.get("net", False),
            return_days=stored.get("return_days", 0),
            off_shipping=Decimal(stored.get("off_shipping", "0")),
            agreed_at=datetime.fromisoformat(stored["agreed_at"]) if "agreed_at" in stored else None,
        )


NOTHING = Terms(rate=Decimal(0))


def verdict(order: Order, programme: Programme | None) -> str:
    """Whether an order earns under the programme that was on when it was placed, or why not."""
    if programme is None:
        return PROGRAMME_OFF
    if order.replaces_another:
        return REPLACEMENT
    if not order.person.email and order.person.user_id is None:
        return NO_EMAIL
    return EARNS


def is_too_large(order: Order, terms: Terms) -> bool:
    """Whether an order could be worth more points than one order may bring; then it earns none."""
    rates = [terms.rate, terms.shipping_rate, *(line.rate for line in terms.lines.values())]
    pieces = sum(terms.of(line.id).per_piece * line.quantity for line in order.lines)
    bonuses = sum(bonus.points for bonus in terms.bonuses) + pieces
    return (order.goods + order.shipping) * max(rates) + bonuses > MOST_POINTS


def terms_for(
    order: Order,
    programme: Programme,
    rules_in_force: Sequence[Rule] = (),
    buyer: Buyer = Buyer(),  # noqa: B008 - frozen
    shelves: Mapping[int, Shelf] | None = None,
) -> Terms:
    """The terms of an order that earns, under a programme and the rules that were in force when it was placed.

    `shelves` says where the order's products stand, by product id; it may miss any if no rule asks. A bought gift card
    earns nothing; what it pays for later would earn twice.
    """
    walk = _Walk(order, programme, buyer, shelves or {})
    for rule in rules.in_order(tuple(rules_in_force)):
        if rule.trigger is rules.Trigger.ORDER:
            walk.apply(rule)
    walk.apply_tier()
    return walk.terms()


class _Walk:
    """One walk through the rules: the factor, the points per piece and the rules of each line so far."""

    def __init__(self, order: Order, programme: Programme, buyer: Buyer, shelves: Mapping[int, Shelf]) -> None:
        self.order, self.programme, self.buyer, self.shelves = order, programme, buyer, shelves
        self.earning = [line for line in order.lines if not line.is_gift_card]
        self.places = {line.id: _Place() for line in self.earning}
        self.whole = _Place()  # what applies to any line: lines added later, and shipping
        self.bonuses: list[Bonus] = []
        self.no_more_bonuses = False

    def apply(self, rule: Rule) -> None:
        if not rules.holds(rule.conditions, self.order, self.buyer, self.programme.time_zone):
            return
        matching = [line for line in self.earning if rules.matches(rule.conditions, line, self._shelf(line.product_id))]
        if rule.effect is Effect.BONUS:
            self._add_bonus(rule, tuple(line.id for line in matching))
            return
        for line in matching:
            self.places[line.id].apply(rule)
        if not rule.conditions.about_lines:
            self.whole.apply(rule)

    def _shelf(self, product_id: int | None) -> Shelf:
        return self.shelves.get(product_id, NOWHERE) if product_id is not None else NOWHERE

    def _add_bonus(self, rule: Rule, line_ids: tuple[str, ...]) -> None:
        alone = rule.stacking is Stacking.EXCLUSIVE
        if not line_ids or self.no_more_bonuses or (alone and self.bonuses):
            return
        conditions = rule.conditions
        self.no_more_bonuses = alone
        self.bonuses.append(
            Bonus(
                points=int(rule.value),
                applied=Applied.of(rule),
                line_ids=line_ids if conditions.about_lines else (),
                minimum_total=conditions.minimum_total,
            )
        )

    def apply_tier(self) -> None:
        tier = self.buyer.tier
        if tier is None or tier.multiplier == 1:
            return
        mark = Applied(None, 0, tier.name, Effect.MULTIPLIER.value, tier.multiplier, Stacking.MULTIPLY.value)
        for place in (*self.places.values(), self.whole):
            place.factor *= tier.multiplier
            place.applied.append(mark)

    def terms(self) -> Terms:
        rate, programme = self.programme.points_per_unit, self.programme
        lines = {
            line.id: self.places[line.id].terms(rate) if line.id in self.places else LineTerms(Decimal(0))
            for line in self.order.lines
        }
        later = rate * self.whole.factor
        return Terms(
            rate=later,
            lines=lines,
            bonuses=tuple(self.bonuses),
            shipping_rate=later if programme.earning_shipping else Decimal(0),
            net=programme.earning_net,
            return_days=programme.return_window_days,
            off_shipping=self.order.off_shipping,
        )


class _Place:
    """What has been applied so far to one line."""

    def __init__(self) -> None:
        self.factor, self.per_piece, self.closed = Decimal(1), 0, False
        self.applied: list[Applied] = []

    def apply(self, rule: Rule) -> None:
        alone = rule.stacking is Stacking.EXCLUSIVE
        if self.closed or (alone and self.applied):
            return
        self.closed = alone
        self.applied.append(Applied.of(rule))
        if rule.effect is Effect.BONUS_PER_PIECE:
            self.per_piece += int(rule.value)
        elif rule.stacking is Stacking.ADD:
            self.factor = max(self.factor + rule.value - 1, Decimal(0))
        else:
            self.factor *= rule.value

    def terms(self, rate: Decimal) -> LineTerms:
        return LineTerms(rate * self.factor, self.per_piece, tuple(self.applied))
