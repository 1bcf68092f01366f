"""What can happen to a customer's points, one line each: the harness kills every one of them at every moment.

A new scenario is a new line. `prepare` makes a customer of its own and returns what the others need. Each step first
lets the shop do something (`happen`, never killed: it is the host's), then does what we do about it (`act`, killed).
`seen` is what must be all or nothing: after a kill it is what it was between two steps, never anything else. With
`heals` the schedule alone finishes a step; without it somebody asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Callable

from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.feed import events
from saleor_reciprocity.feed.models import Event
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, closing, redemption
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts

numbers = count()


@dataclass
class Subject:
    """A customer with an order of 60, and what else a scenario needs."""

    customer: Any
    order: Any = None
    redemption: Redemption | None = None
    account_id: int = 0

    @property
    def person(self) -> host.Person:
        return host.person(self.customer)


Act = Callable[[Subject], Any]


def nothing(subject: Subject) -> None:
    """The shop does nothing."""


@dataclass(frozen=True)
class Scenario:
    """One thing that happens, in steps of what the shop does and what we do."""

    name: str
    prepare: Callable[[], Subject]
    steps: tuple[tuple[Act, Act], ...]
    heals: bool
    seen: Callable[[Subject], Any]


def ordered() -> Subject:
    customer = hosts.customer(f"customer-{next(numbers)}@example.com")
    return Subject(customer, hosts.order(customer, [("20", 1)] * 3))


def settled() -> Subject:
    subject = ordered()
    settle(subject)
    return subject


def shipped() -> Subject:
    subject = settled()
    ship(subject)
    settle(subject)
    return subject


def redeemed() -> Subject:
    subject = shipped()
    redeem(subject)
    subject.redemption = Redemption.objects.get(account__user=subject.customer)
    return subject


def rare() -> Reward:
    """A reward with a stock, a limit and a validity: all that a redemption can touch."""
    terms = {"stock": 1_000_000, "limit_per_customer": 1, "validity_days": 1}
    found = Reward.objects.filter(name="Rare").first()
    return found or catalogue.create(hosts.open_channel(), "voucher", "Rare", 50, Decimal(5), **terms)


def settle(subject: Subject) -> None:
    settlement.settle(host.order_id(subject.order))


def ship(subject: Subject) -> None:
    hosts.ship(subject.order)


def cancel_order(subject: Subject) -> None:
    hosts.cancel(subject.order)


def refund_twenty(subject: Subject) -> None:
    hosts.refund(subject.order, "20")


def run_out(subject: Subject) -> None:
    Redemption.objects.filter(pk=made(subject).pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def redeem(subject: Subject) -> None:
    redemption.redeem(subject.person, rare().pk, "key", now=timezone.now())


def give_back(subject: Subject) -> None:
    closing.cancel(made(subject).pk, "user:1", now=timezone.now())


def look_after_codes(subject: Subject) -> None:
    codes.look(timezone.now())


def made(subject: Subject) -> Redemption:
    assert subject.redemption is not None
    return subject.redemption


def points(subject: Subject) -> Any:
    """The four figures of the customer's account and what its entries are; None as long as it has no entry."""
    account = Account.objects.filter(user=subject.customer, version__gt=0).first()
    if account is None:
        return None
    kinds = Entry.objects.filter(account=account).order_by("version").values_list("kind", "points", "pending")
    return (account.available, account.pending, account.debt, account.version, tuple(kinds))


def points_and_code(subject: Subject) -> Any:
    """The account, the redemption, the code in the shop, and the stock: together or not at all."""
    rows = Redemption.objects.filter(account__user=subject.customer)
    made_of_it = tuple((row.state, row.points, hosts.code_is_valid(row.code)) for row in rows)
    return (points(subject), made_of_it)


def ordered_with_notes() -> Subject:
    hosts.configure(host.channels()[0], order_notes="True")
    return ordered()


def note(subject: Subject) -> Any:
    """What is noted of points on the order."""
    subject.order.refresh_from_db()
    return subject.order.private_metadata.get("reciprocity.points")


def followed() -> Subject:
    events.open_feed(timezone.now())
    return ordered()


def points_and_events(subject: Subject) -> Any:
    """The account, and of how many of its entries the feed tells: of all."""
    entries = Entry.objects.filter(account__user=subject.customer)
    told = Event.objects.filter(kind="points changed", subject__in=entries.values("pk")).count()
    return (points(subject), told == entries.count())


SCENARIOS = (
    Scenario("note points", ordered_with_notes, ((nothing, settle), (refund_twenty, settle)), heals=True, seen=note),
    Scenario("tell of points", followed, ((nothing, settle), (ship, settle)), heals=True, seen=points_and_events),
    Scenario("earn", ordered, ((nothing, settle),), heals=True, seen=points),
    Scenario("fulfil", settled, ((ship, settle),), heals=True, seen=points),
    Scenario("redeem", shipped, ((nothing, redeem),), heals=False, seen=points_and_code),
    Scenario("give a code back", redeemed, ((nothing, give_back),), heals=False, seen=points_and_code),
    Scenario("a code runs out", redeemed, ((run_out, look_after_codes),), heals=True, seen=points_and_code),
    Scenario("cancel", shipped, ((cancel_order, settle),), heals=True, seen=points),
    Scenario("cancel what was spent", redeemed, ((cancel_order, settle),), heals=True, seen=points_and_code),
    Scenario("refund in parts", shipped, ((refund_twenty, settle),) * 3, heals=True, seen=points),
)
