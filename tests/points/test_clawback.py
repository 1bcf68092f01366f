"""How much is taken back, by the shop's policy. Edge case 31 of the engine's list."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.earning.clawback import Posted, target
from saleor_reciprocity.points.earning.entitlement import Due
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward

from .. import hosts

POLICIES = ("pending only", "balance", "debt")


@pytest.mark.parametrize(
    ("policy", "left", "debt", "kept"), [("pending only", 20, 0, 70), ("balance", 0, 0, 50), ("debt", 0, 50, 0)]
)
def test_a_cancelled_order_whose_points_were_spent(
    policy: str, left: int, debt: int, kept: int, channel: Any, customer: Any
) -> None:
    """Of 70 points, 50 were spent; the order of all 70 is cancelled."""
    hosts.configure(channel, active=True, reward_points="50", points_taken_back=policy)
    order = hosts.order(customer, [("70", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())
    hosts.cancel(order)
    settlement.settle(host.order_id(order))

    account = Account.objects.get()
    assert (account.available, account.debt) == (left, debt)
    assert OrderTerms.objects.get().kept == kept
    entries = Entry.objects.count()
    settlement.settle(host.order_id(order), again=True)
    assert Entry.objects.count() == entries


def test_what_was_left_is_not_given_again_when_the_goods_are_shipped_again(channel: Any, customer: Any) -> None:
    hosts.configure(channel, active=True, points_taken_back="pending only")
    order = hosts.order(customer, [("70", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    hosts.unship(order)
    settlement.settle(host.order_id(order))
    account = Account.objects.get()
    assert (account.available, account.pending) == (70, 0), "the points stay, so none are pending beside them"
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    account.refresh_from_db()
    assert (account.available, account.pending) == (70, 0)
    assert OrderTerms.objects.get().kept == 0


def test_debt_is_repaid_by_the_next_points(programme_on: Any, customer: Any) -> None:
    first = hosts.order(customer, [("70", 1)])
    hosts.ship(first)
    settlement.settle(host.order_id(first))
    redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())
    hosts.cancel(first)
    settlement.settle(host.order_id(first))
    assert Account.objects.get().debt == 50
    second = hosts.order(customer, [("60", 1)])
    hosts.ship(second)
    settlement.settle(host.order_id(second))
    account = Account.objects.get()
    assert (account.available, account.debt) == (10, 0)


def test_the_policy_is_that_of_the_time_of_the_order(channel: Any, customer: Any) -> None:
    hosts.configure(channel, active=True, points_taken_back="pending only")
    order = hosts.order(customer, [("70", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    hosts.configure(channel, points_taken_back="debt")
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    assert Account.objects.get().available == 70


dues = st.builds(Due, st.integers(0, 100), st.integers(0, 100))


@given(st.lists(st.tuples(dues, st.integers(0, 150)), max_size=8), st.sampled_from(POLICIES))
def test_never_more_than_was_due_at_the_most(looks: list[tuple[Due, int]], policy: str) -> None:
    posted, most = Posted(0, 0), 0
    for due, available in looks:
        before, posted = posted, target(due, posted, available, policy)
        most = max(most, due.pending + due.earned)
        assert posted.earned - posted.kept == due.earned
        assert posted.pending == max(0, due.pending - posted.kept)
        assert posted.pending + posted.earned <= most
        assert 0 <= posted.kept <= posted.earned
        if policy == "debt":
            assert posted == Posted(due.pending, due.earned)
        elif posted.earned < before.earned:
            assert policy == "balance"
            assert before.earned - posted.earned <= available
        assert target(due, posted, 0, policy) == posted, "a second look changes nothing"
