"""What the tests of outcomes share: a shop whose customers are followed, day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Iterator

from saleor_reciprocity import following, host, identity, settlement
from saleor_reciprocity.experiments import assignment
from saleor_reciprocity.experiments.models import Outcome, Plan

from .. import hosts

BEGIN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
SHARE = Decimal("0.5")
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
DAY = date(2026, 6, 1)


def day(number: float) -> datetime:
    """A moment so many days after the shop began to follow."""
    return BEGIN + timedelta(days=number)


def addresses_of(held_out: bool, experiment: str = "surprises", name: str = "p") -> Iterator[str]:
    """Addresses of people of one arm, without end."""
    key, number = identity.installation_key(), 0
    while True:
        number += 1
        email = f"{name}{number}@example.com"
        if assignment.is_held_out(key, experiment, identity.email_hash(email), SHARE) is held_out:
            yield email


def buy(clock: Any, when: float, buyer: Any, price: str = "40", **options: Any) -> Any:
    """An order that is placed and settled on a day."""
    clock.move_to(day(when))
    order = hosts.order(buyer, [(price, 1)], placed_at=day(when), **options)
    settlement.settle(host.order_id(order))
    return order


def frozen(question: str = "programme", until: float = 97.1) -> Outcome:
    """The one outcome of a question once the sweep has looked on a day."""
    following.freeze(day(until))
    return Outcome.objects.get(question=question)


def a_plan(**values: Any) -> Plan:
    usual = {
        "question": "programme",
        "made_at": NOW,
        "start": NOW.date(),
        "evaluation": date(2026, 12, 3),
        "share": Decimal("0.2"),
        "prior_rate": 0.25,
        "planned_people": 1000,
        "level": Decimal("0.05"),
        "currency": "USD",
        "cap": Decimal(500),
        "money_mean": 20.0,
        "money_variance": 900.0,
    }
    return Plan.objects.create(**{**usual, **values})


def an_outcome(unit: int, held_out: bool, after: int | None = None, **values: Any) -> Outcome:
    usual = {"question": "programme", "day": DAY, "share": Decimal("0.2"), "stratum": 0, "channel_id": "1"}
    frozen_at = datetime(2026, 6, 8, tzinfo=timezone.utc)
    return Outcome.objects.create(
        **{**usual, "unit": unit, "held_out": held_out, "returned_after": after, "frozen_at": frozen_at, **values}
    )
