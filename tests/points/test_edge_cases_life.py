"""The edge cases of loyalty engines that concern everything after earning, each by its number.

The table in `docs/edge-cases.md` says where the others are, and why some cannot happen on Saleor.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import host, people, settlement, sweep
from saleor_reciprocity.points import expiry, upkeep
from saleor_reciprocity.points.models import Account, Entry, Lot
from saleor_reciprocity.points.tiers import standing
from saleor_reciprocity.points.tiers.models import AccountTier
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from .programmes import account_of, bought, ladder

DAY = timedelta(days=1)


def test_12_a_guests_points_are_credited_once_with_the_proof_and_keep_their_date(
    programme_on: Any, settings: Any
) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
    hosts.configure(programme_on, points_valid_months="6")
    bought("Ada@example.com", "60")
    long_ago = timezone.now() - 100 * DAY
    Lot.objects.update(earned_at=long_ago, expires_at=expiry.ends_at(long_ago, 6, "UTC"))
    Account.objects.update(next_expiry_at=expiry.ends_at(long_ago, 6, "UTC"))
    dates = Lot.objects.values_list("earned_at", "expires_at").get()

    user = hosts.customer_to_confirm("ada@example.com")
    people.look(timezone.now(), thoroughly=True)
    sweep.sweep()
    assert not Account.objects.filter(user=user).exists(), "unconfirmed: nothing"
    hosts.confirm(user)
    bought(user, "10")
    for _ in range(2):
        people.look(timezone.now(), thoroughly=True)
        sweep.sweep()
    assert account_of(user).available == 70
    assert Lot.objects.order_by("pk").values_list("earned_at", "expires_at").first() == dates


@pytest.mark.parametrize("status", ["draft", "unconfirmed", "expired"][: 3 if hosts.RETURNS else 1])
def test_13_what_is_no_order_yet_or_no_more_earns_when_it_is_one(status: str, programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("20", 1)], status=status)
    settlement.settle(host.order_id(order))
    sweep.sweep()
    assert Entry.objects.count() == 0
    type(order).objects.filter(pk=order.pk).update(status="unfulfilled")
    sweep.sweep()
    sweep.sweep()
    assert account_of(customer).pending == 20


def test_15_orders_that_were_imported_without_a_word_are_found_and_awarded_once(
    programme_on: Any, customer: Any
) -> None:
    orders = [hosts.order(customer, [("10", 1)]) for _ in range(3)]
    assert sweep.sweep() == (3, 0)
    assert sweep.sweep() == (0, 0)
    for order in orders:
        settlement.settle(host.order_id(order), again=True)
    assert [entry.pending for entry in Entry.objects.all()] == [10, 10, 10]


def test_21_a_key_gives_the_same_code_for_ever(programme_on: Any, customer: Any) -> None:
    bought(customer, "120")
    person, reward = host.person(customer), Reward.objects.get()
    first = redemption.redeem(person, reward.pk, "a key", now=timezone.now())
    Redemption.objects.update(created_at=timezone.now() - 4000 * DAY)
    again = redemption.redeem(person, reward.pk, "a key", now=timezone.now())
    assert (again.pk, again.code) == (first.pk, first.code)
    assert account_of(customer).available == 70


def test_32_reports_repeated_and_out_of_order_come_to_the_same(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = bought(customer, "60")
    hosts.refund(order, "20")
    for hook in ("order_updated", "order_updated", "order_fulfilled", "order_created"):
        hosts.report(hook, order)
    assert account_of(customer).available == 40
    hosts.cancel(order)
    for hook in ("order_cancelled", "order_updated", "order_fulfilled", "order_cancelled"):
        hosts.report(hook, order)
    account = account_of(customer)
    assert (account.available, account.pending, account.debt) == (0, 0, 0)
    assert [entry.points for entry in Entry.objects.order_by("version")] == [60, -20, -40]


def test_39_expired_points_leave_the_tier_at_once(programme_on: Any, customer: Any) -> None:
    ladder(("silver", 50, "1"))
    bought(customer, "60")
    now = timezone.now()
    Lot.objects.update(expires_at=now + DAY)
    Account.objects.update(next_expiry_at=now + DAY)
    AccountTier.objects.update(look_at=now + DAY)
    before, after = now + DAY - timedelta(seconds=1), now + DAY
    assert standing.tier_of(account_of(customer), before).code == "silver"
    assert standing.tier_of(account_of(customer), after) is None
    assert not Entry.objects.filter(kind="expired").exists(), "even before the run has written them off"
    Lot.objects.update(expires_at=None)
    Account.objects.update(next_expiry_at=None)


def test_42_switched_off_and_on_or_upgraded_no_point_is_lost_or_made(programme_on: Any, customer: Any) -> None:
    bought(customer, "60")
    bought(customer, "30", shipped=False)

    def books() -> Any:
        account = account_of(customer)
        return (account.available, account.pending, account.debt, account.version, Entry.objects.count())

    def everybody_looks() -> None:
        sweep.sweep()
        upkeep.look(timezone.now())
        people.look(timezone.now(), thoroughly=True)
        expiry.run(timezone.now())

    before = books()
    for active in (False, True, False, True):
        hosts.configure(programme_on, active=active)
        everybody_looks()
        assert books() == before
    call_command("migrate", "reciprocity", verbosity=0, skip_checks=False)
    everybody_looks()
    assert books() == before
