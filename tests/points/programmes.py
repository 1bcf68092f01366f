"""What tests of rules and tiers need of a shop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.earning import rulebook
from saleor_reciprocity.points.earning.conditions import Conditions
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.points.tiers.ladder import Step

from .. import hosts


def rule(effect: str = "multiplier", value: str = "2", since: Any = None, **terms: Any) -> EarningRuleVersion:
    """A rule that is running, made now or at another time."""
    conditions = {name: terms.pop(name) for name in list(terms) if hasattr(Conditions(), name)}
    conditions = {name: frozenset(of) if isinstance(of, (list, tuple)) else of for name, of in conditions.items()}
    fields = {"name": "A rule", "trigger": "order", "stacking": "add", "priority": 0, **terms}
    channel = hosts.open_channel()
    said = Conditions(**conditions)
    draft = rulebook.draft(channel, said, timezone.now(), effect=effect, value=Decimal(value), **fields)
    if since is not None:
        draft.since = draft.starts_at = since
    return rulebook.create(channel, draft, "user:1")


def ladder(
    *steps: tuple[str, int, str], window_days: int = 365, downgrade: str = "at once", grace_days: int = 0
) -> Any:
    """The shop's tiers: (code, threshold, multiplier)."""
    rungs = [Step(code, code.title(), threshold, Decimal(multiplier)) for code, threshold, multiplier in steps]
    return ladders.replace_ladder(rungs, window_days, grace_days, downgrade, "user:1", timezone.now())


def settled(order: Any) -> tuple[int, int]:
    """Settle an order and return what is pending and what is available for its customer."""
    settlement.settle(host.order_id(order), again=True)
    account = Account.objects.get()
    return account.pending, account.available


def bought(customer: Any, price: str, shipped: bool = True) -> Any:
    """An order over one thing, settled."""
    order = hosts.order(customer, [(price, 1)])
    if shipped:
        hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def account_of(customer: Any) -> Account:
    """The stored account of a customer."""
    return Account.objects.get(user_id=customer.pk)


def earned(customer: Any, price: str = "120") -> Any:
    """An order that brought its points."""
    return bought(customer, price)
