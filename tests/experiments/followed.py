"""What the tests of outcomes share: a shop whose customers are followed, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Iterator

from saleor_reciprocity import following, host, identity, settlement
from saleor_reciprocity.experiments import assignment
from saleor_reciprocity.experiments.models import Outcome

from .. import hosts

BEGIN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
SHARE = Decimal("0.5")


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
