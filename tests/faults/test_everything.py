"""Everything at once, for a while: the books stay right, no request of the host fails, and ours do or say Busy.

make stress    for two minutes; SECONDS=600 for longer, SEED=… repeats the choices of a run
"""

from __future__ import annotations

import logging
import os
import random
import re
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from threading import Lock
from typing import Any, Callable, Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from saleor_reciprocity import backfill, erasure, errors, host, invariants, people, settlement, sweep
from saleor_reciprocity.mail import consent, kinds, sending
from saleor_reciprocity.messages import READERS
from saleor_reciprocity.points import accounts, adjustments, expiry
from saleor_reciprocity.points import upkeep as points_upkeep
from saleor_reciprocity.points.models import Lot
from saleor_reciprocity.recommendations import preferences, training
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surveys import queue, responses
from saleor_reciprocity.surveys.models import Invitation
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..hosts import catalogue
from ..points.programmes import ladder, rule
from ..surprises.shop import campaign
from ..surveys.shop import since_a_year
from .crowd import at_once

SECONDS = float(os.environ.get("STRESS_SECONDS", 20))
SEED = int(os.environ.get("STRESS_SEED", random.randrange(10**6)))
THREADS, CUSTOMERS = 8, 12
GUESTS = [f"guest-{number}@example.com" for number in range(4)]


class Shop:
    """Who and what there is to act upon. Each customer, order and code is in one thread's hands at a time."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.numbers = count()
        self.lock = Lock()
        self.customers: list[Any] = [self.register() for _ in range(CUSTOMERS)]
        self.orders: list[Any] = []
        self.shelf = catalogue.category("Cups")

    def register(self) -> Any:
        return hosts.customer(f"customer-{next(self.numbers)}@example.com")

    def take(self, of: list[Any], choose: random.Random) -> Any:
        with self.lock:
            return of.pop(choose.randrange(len(of))) if of else None

    @contextmanager
    def one(self, of: list[Any], choose: random.Random) -> Iterator[Any]:
        """One of them, which comes back afterwards."""
        found = self.take(of, choose)
        try:
            yield found
        finally:
            if found is not None:
                of.append(found)

    def somebody(self, choose: random.Random) -> Any:
        """A customer, who may be about to be deleted, or a guest."""
        return choose.choice([*self.customers, *GUESTS])


def person_of(buyer: Any) -> host.Person:
    return host.person_with_email(buyer) if isinstance(buyer, str) else host.person(buyer)


# What the host does: nothing of it may ever fail because of us.


def buy(shop: Shop, choose: random.Random) -> None:
    with shop.one(shop.customers, choose) as customer:
        buyer = customer if choose.random() < 0.7 else choose.choice(GUESTS)
        past = choose.random() < 0.2
        placed_at = timezone.now() - timedelta(days=400) if past else None
        with transaction.atomic():
            order = hosts.order(buyer, [(str(choose.randrange(10, 90)), 1)], placed_at=placed_at)
            hosts.report("order_created", order)
    shop.orders.append(order)


def ship(shop: Shop, choose: random.Random) -> None:
    with shop.one(shop.orders, choose) as order:
        if order is not None and order.status == "unfulfilled":
            order.refresh_from_db()  # whoever placed it may be gone
            with transaction.atomic():
                hosts.ship_at(order, timezone.now() - timedelta(days=8))
                order.status = "fulfilled"
                hosts.report("order_fulfilled", order)


def cancel(shop: Shop, choose: random.Random) -> None:
    order = shop.take(shop.orders, choose)
    if order is not None:
        order.refresh_from_db()
        with transaction.atomic():
            hosts.cancel(order)
            hosts.report("order_cancelled", order)


def refund(shop: Shop, choose: random.Random) -> None:
    order = shop.take(shop.orders, choose)
    if order is not None:
        order.refresh_from_db()
        with transaction.atomic():
            hosts.refund(order, "5")
            hosts.report("order_updated", order)


def use(shop: Shop, choose: random.Random) -> None:
    """A customer uses one of the codes of points, which takes it out of everybody's hands for good."""
    made = _unused(choose)
    with shop.lock:
        usable = made is not None and hosts.code_is_valid(made.code) and hosts.count_use(made.code)
    if usable:
        hosts.link_voucher(hosts.order(choose.choice(GUESTS), [("20", 1)]), made.code)


def change_address(shop: Shop, choose: random.Random) -> None:
    with shop.one(shop.customers, choose) as customer:
        if customer is not None:
            number = next(shop.numbers)
            customer.email = choose.choice([*GUESTS, f"moved-{number}@example.com"])
            with suppress(IntegrityError), transaction.atomic():  # somebody has it
                type(customer).objects.filter(pk=customer.pk).update(email=customer.email)
            customer.refresh_from_db()


def delete(shop: Shop, choose: random.Random) -> None:
    customer = shop.take(shop.customers, choose)
    if customer is not None:
        with transaction.atomic():
            customer.delete()
        shop.customers.append(shop.register())


# What we do: refusals are fine, anything else is not.


def settle(shop: Shop, choose: random.Random) -> None:
    sweep.sweep_recent()


def redeem(shop: Shop, choose: random.Random) -> None:
    customer = choose.choice(shop.customers)
    key = str(choose.randrange(10**6))
    redemption.redeem(host.person(customer), Reward.objects.get(is_standard=True).pk, key, now=timezone.now())


def _unused(choose: random.Random) -> Redemption | None:
    found = list(Redemption.objects.filter(state="unused"))
    return choose.choice(found) if found else None


def give_back(shop: Shop, choose: random.Random) -> None:
    made = _unused(choose)
    if made is not None:
        closing.cancel(made.pk, "user:1", now=timezone.now())


def expire(shop: Shop, choose: random.Random) -> None:
    lots = list(Lot.objects.filter(remaining__gt=0)[:20])
    if lots:
        lot, past = choose.choice(lots), timezone.now() - timedelta(seconds=1)
        with transaction.atomic():
            account = type(lot.account).objects.select_for_update().get(pk=lot.account_id)
            if Lot.objects.filter(pk=lot.pk, account=account).update(expires_at=past):
                type(account).objects.filter(pk=account.pk).update(next_expiry_at=past)
    expiry.run(timezone.now())


def expire_codes(shop: Shop, choose: random.Random) -> None:
    made = _unused(choose)
    if made is not None:
        Redemption.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    codes.look(timezone.now())


def erase(shop: Shop, choose: random.Random) -> None:
    erasure.erase(person_of(shop.somebody(choose)), timezone.now())


def merge(shop: Shop, choose: random.Random) -> None:
    accounts.merge_people(person_of(shop.somebody(choose)), person_of(shop.somebody(choose)), "user:1", timezone.now())


def award_the_past(shop: Shop, choose: random.Random) -> None:
    now = timezone.now()
    before = backfill.begins(shop.channel, None)
    if before is not None:
        backfill.run(shop.channel, backfill.past_orders(shop.channel, now - timedelta(days=900), before), now)


def adjust(shop: Shop, choose: random.Random) -> None:
    points, key = choose.choice([60, 5, -5]), str(choose.randrange(10**6))
    adjustments.adjust(person_of(shop.somebody(choose)), points, "why", "user:1", key, timezone.now())


def answer(shop: Shop, choose: random.Random) -> None:
    Invitation.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(seconds=1))
    queue.invite_due(timezone.now())
    open_ones = list(Invitation.objects.filter(state="invited").exclude(person__startswith="erased:")[:20])
    if open_ones:
        responses.take(choose.choice(open_ones), Given(choose.randrange(1, 6)), timezone.now())


def choose_mails(shop: Shop, choose: random.Random) -> None:
    customer = choose.choice(shop.customers)
    consent.choose(host.person(customer), kinds.STATEMENT, choose.random() < 0.5, "page", timezone.now())


def like(shop: Shop, choose: random.Random) -> None:
    preferences.update(choose.choice(shop.customers).pk, {("category", shop.shelf.pk): True}, (), timezone.now())


def send(shop: Shop, choose: random.Random) -> None:
    sending.look(READERS, timezone.now())


def look_after_people(shop: Shop, choose: random.Random) -> None:
    people.look(timezone.now(), thoroughly=True)


def look_after_the_rest(shop: Shop, choose: random.Random) -> None:
    points_upkeep.look(timezone.now())
    gifts.look(timezone.now())


def train(shop: Shop, choose: random.Random) -> None:
    with suppress(training.AlreadyTraining):
        training.train(timezone.now())


HOST: tuple[Callable[..., None], ...] = (buy, buy, buy, ship, ship, cancel, refund, use, change_address, delete)
OURS: tuple[Callable[..., None], ...] = (
    settle, redeem, redeem, redeem, give_back, expire, expire_codes, erase, merge, award_the_past, adjust, adjust,
    answer, choose_mails, like, send, look_after_people, look_after_the_rest, train,
)  # fmt: skip

# What is looked at again: an order whose customer was deleted meanwhile (of which each domain speaks by itself), and
# one that took longer than a hook may.
AGAIN = re.compile("could not settle order .*NotFound|not settled in line.*SettlementFailed|line took longer")


class Heard(logging.Handler):
    """Everything that we say is wrong, but for what is looked at again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else ""
        said = f"{record.getMessage()}: {error!r}"
        if not AGAIN.search(said):
            self.said.append(said)


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, ours = Heard(), logging.getLogger("saleor_reciprocity")
    ours.addHandler(handler)
    yield handler
    ours.removeHandler(handler)


@pytest.fixture
def busy_shop(transactional_db: Any, programme_on: Any, settings: Any) -> Shop:
    """A shop that has everything: tiers, bonuses, surprises, surveys, mail, and orders from before the programme."""
    settings.RECIPROCITY_HOOK_SECONDS = 5
    hosts.configure(
        programme_on,
        holdout_share="0",
        survey_question="csat",
        survey_holdout_share="0",
        survey_points="5",
        mail_consent="existing customers",
        mail_terms_confirmed="true",
        mail_sender_address="shop@example.com",
    )
    since_a_year()
    campaign(programme_on)
    ladder(("silver", 50, "1"), ("gold", 100, "1"))
    rule("bonus", "3", trigger="sign_up")
    return Shop(programme_on)


@pytest.mark.timeout(SECONDS * 4 + 300)
def test_everything_at_once(busy_shop: Shop, heard: Heard) -> None:
    until = time.monotonic() + SECONDS
    failures: list[str] = []

    def act(number: int) -> None:
        choose = random.Random(SEED + number)
        while time.monotonic() < until:
            deed = choose.choice(HOST if choose.random() < 0.5 else OURS)
            try:
                deed(busy_shop, choose)
            except errors.ReciprocityError as refusal:
                if deed in HOST:
                    failures.append(f"{deed.__name__}: {refusal!r} {refusal.__cause__!r}")
            except Exception as error:  # noqa: BLE001 - each is a finding
                failures.append(f"{deed.__name__}: {error!r}")

    assert at_once(THREADS, act) == [None] * THREADS
    failures += heard.said
    connection.close()
    failures += the_last_look()
    assert not failures, f"seed {SEED}:\n" + "\n".join(failures)


def the_last_look() -> list[str]:
    """The schedule looks once more: all is settled, and there is nothing that failed. What is wrong then."""
    for _look in range(2):
        people.look(timezone.now(), thoroughly=True)
        settlement.SettledOrder.objects.update(retry_at=None)
        failed = sweep.sweep()[1]
    codes.look(timezone.now())
    gifts.look(timezone.now())
    unsettled = settlement.SettledOrder.objects.exclude(error="").values_list("order_id", "error")
    broken = [f"BROKEN {title}: {rows}" for title, rows in invariants.broken(timezone.now()) if rows]
    return [*(f"order {order_id}: {error}" for order_id, error in unsettled if failed), *broken]
