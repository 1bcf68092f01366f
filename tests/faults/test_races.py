"""Two that want the same points at the same moment: each order of events is forced once, its outcome written out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points import expiry
from saleor_reciprocity.points.models import Account, Entry, Lot, OrderTerms
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from .crowd import in_turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(programme_on: host.Channel, customer: Any) -> Any:
    """A shipped order of 70 points; a code costs 50."""
    made = hosts.order(customer, [("70", 1)])
    hosts.ship(made)
    settlement.settle(host.order_id(made))
    return made


def redeem(customer: Any, now: datetime) -> Redemption:
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=now)


def books() -> tuple[int, int, list[tuple[str, int]]]:
    account = Account.objects.get()
    return account.available, account.debt, list(Entry.objects.order_by("version").values_list("kind", "points"))


@pytest.mark.parametrize(
    ("policy", "left", "debt", "taken", "kept"),
    [
        ("debt", 0, 50, [("clawback", -70)], 0),
        ("balance", 0, 0, [("clawback", -20)], 50),
        ("pending only", 20, 0, [], 70),
    ],
)
def test_a_code_first_and_then_the_cancellation(
    policy: str, left: int, debt: int, taken: Any, kept: int, order: Any, customer: Any, programme_on: host.Channel
) -> None:
    hosts.configure(programme_on, points_taken_back=policy)
    OrderTerms.objects.update(placed_at=timezone.now())  # as if it had been placed under this policy
    hosts.cancel(order)
    made, failed = in_turn(
        lambda: redeem(customer, timezone.now()), lambda: settlement.settle(host.order_id(order), again=True)
    )
    assert (made.points, failed) == (50, None)
    assert books() == (left, debt, [("earned", 70), ("redemption", -50), *taken])
    assert OrderTerms.objects.get().kept == kept


def test_the_cancellation_first_and_then_no_code(order: Any, customer: Any) -> None:
    hosts.cancel(order)
    _settled, refused = in_turn(
        lambda: settlement.settle(host.order_id(order), again=True), lambda: redeem(customer, timezone.now())
    )
    assert isinstance(refused, errors.InsufficientPoints)
    assert books() == (0, 0, [("earned", 70), ("clawback", -70)])
    assert Redemption.objects.count() == 0


@pytest.fixture
def end(order: Any) -> datetime:
    """When the points of the order end."""
    moment = timezone.now() + timedelta(minutes=1)
    Lot.objects.update(expires_at=moment)
    Account.objects.update(next_expiry_at=moment)
    return moment


def test_the_spending_first_and_the_write_off_takes_what_is_left(end: datetime, customer: Any) -> None:
    just_before = end - timedelta(seconds=1)
    made, (lots, points) = in_turn(lambda: redeem(customer, just_before), lambda: expiry.run(end))
    assert (made.points, lots, points) == (50, 0, 0), "the run does not wait for whoever holds an account"
    assert expiry.run(end) == (1, 20)
    assert books() == (0, 0, [("earned", 70), ("redemption", -50), ("expired", -20)])


def test_the_write_off_first_and_nothing_is_left_to_spend(end: datetime, customer: Any) -> None:
    just_before = end - timedelta(seconds=1)
    written_off, refused = in_turn(lambda: expiry.run(end), lambda: redeem(customer, just_before))
    assert written_off == (1, 70)
    assert isinstance(refused, errors.InsufficientPoints)
    assert books() == (0, 0, [("earned", 70), ("expired", -70)])
    assert Redemption.objects.count() == 0


def test_an_order_that_is_corrected_while_its_points_are_spent(order: Any, customer: Any) -> None:
    eve = hosts.customer("eve@example.com")
    order.user, order.user_email = eve, eve.email
    order.save()
    made, failed = in_turn(
        lambda: redeem(customer, timezone.now()), lambda: settlement.settle(host.order_id(order), again=True)
    )
    assert (made.points, failed) == (50, None)
    assert {(one.user, one.available, one.debt) for one in Account.objects.all()} == {(customer, 0, 50), (eve, 70, 0)}


def test_an_order_whose_points_were_corrected_away_cannot_be_spent(order: Any, customer: Any) -> None:
    eve = hosts.customer("eve@example.com")
    order.user, order.user_email = eve, eve.email
    order.save()
    _moved, refused = in_turn(
        lambda: settlement.settle(host.order_id(order), again=True), lambda: redeem(customer, timezone.now())
    )
    assert isinstance(refused, errors.InsufficientPoints)
    assert {(one.user, one.available, one.debt) for one in Account.objects.all()} == {(customer, 0, 0), (eve, 70, 0)}
