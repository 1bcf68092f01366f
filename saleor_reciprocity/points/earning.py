"""Earning: the terms of an order, fixed when it is first looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saleor_reciprocity.host.facts import Order
from saleor_reciprocity.settings import Programme

EARNS = "earns"
PROGRAMME_OFF = "programme off"
REPLACEMENT = "replacement"
NO_EMAIL = "no e-mail"


@dataclass(frozen=True)
class Terms:
    """Points per unit of currency, by order line, with the rate for lines that were added later."""

    rate: Decimal
    line_rates: dict[str, Decimal]

    def rate_of(self, line_id: str) -> Decimal:
        return self.line_rates.get(line_id, self.rate)

    def as_json(self) -> dict[str, Any]:
        return {"rate": str(self.rate), "lines": {line: str(rate) for line, rate in self.line_rates.items()}}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Terms:
        rates = {line: Decimal(rate) for line, rate in stored.get("lines", {}).items()}
        return cls(rate=Decimal(stored.get("rate", "0")), line_rates=rates)


NOTHING = Terms(rate=Decimal(0), line_rates={})


def verdict(order: Order, programme: Programme | None) -> str:
    """Whether an order earns under the programme that was on when it was placed, or why not."""
    if programme is None:
        return PROGRAMME_OFF
    if order.replaces_another:
        return REPLACEMENT
    if not order.person.email and order.person.user_id is None:
        return NO_EMAIL
    return EARNS


def terms_for(order: Order, programme: Programme) -> Terms:
    """The terms of an order that earns. A bought gift card earns nothing; what it pays for later would earn twice."""
    rate = programme.points_per_unit
    return Terms(
        rate=rate,
        line_rates={line.id: Decimal(0) if line.is_gift_card else rate for line in order.lines},
    )
