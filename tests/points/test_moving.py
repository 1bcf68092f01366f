"""Staff correct whom an order is from: its points follow, nothing is made or lost, and every place says the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Callable

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from saleor_reciprocity import erasure, host, people, settlement, sweep
from saleor_reciprocity.points import accounts, expiry, orders, queries
from saleor_reciprocity.points.models import Account, Entry, Lot, OrderTerms
from saleor_reciprocity.points.tiers.models import AccountTier
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward

from .. import hosts, turns
from ..faults.crowd import at_once
from .programmes import ladder

ADA, EVE = "ada@example.com", "eve@example.com"


def user(email: str) -> Any:
    return get_user_model().objects.filter(email=email).first() or hosts.customer(email)


def buyer(email: str, is_user: bool) -> Any:
    return user(email) if is_user else email


def correct(order: Any, to: Any) -> None:
    """What staff do in the Dashboard, or a script in the database."""
    order.user = None if isinstance(to, str) else to
    order.user_email = to if isinstance(to, str) else to.email
    order.save()


def by_hook(order: Any) -> None:
    hosts.report("order_updated", order)


def by_sweep(order: Any) -> None:
    assert sweep.sweep() == (1, 0)


def figures(of: Any) -> tuple[int, int, int]:
    """What a user or a guest has available, pending, and owes."""
    person = host.person_with_email(of) if isinstance(of, str) else host.person(of)
    account = accounts.account_of(person, timezone.now()) or Account()
    return account.available, account.pending, account.debt


def placed(of: Any, price: str = "120", shipped: bool = True) -> Any:
    order = hosts.order(of, [(price, 1)])
    if shipped:
        hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def redeem(of: Any, key: str = "k") -> Any:
    return redemption.redeem(host.person(of), Reward.objects.get().pk, key, now=timezone.now())


WAYS = [(True, True), (False, False), (False, True), (True, False)]
NAMES = ["user to user", "guest to guest", "guest to user", "user to guest"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", [by_hook, by_sweep])
@pytest.mark.parametrize("shipped", [True, False])
@pytest.mark.parametrize(("was_user", "is_user"), WAYS, ids=NAMES)
def test_the_points_follow_the_order(
    was_user: bool, is_user: bool, shipped: bool, look: Callable[[Any], None], programme_on: Any
) -> None:
    eve, ada = buyer(EVE, was_user), buyer(ADA, is_user)
    order = placed(eve, shipped=shipped)
    assert figures(eve) == ((120, 0, 0) if shipped else (0, 120, 0))
    correct(order, ada)
    look(order)
    assert (figures(eve), figures(ada)) == ((0, 0, 0), (120, 0, 0) if shipped else (0, 120, 0))
    terms = OrderTerms.objects.get()
    assert (terms.earned, terms.pending, terms.postings) == ((120, 0, 3) if shipped else (0, 120, 3))
    assert [(entry.kind, entry.points, entry.pending) for entry in queries.entries_of_order(terms)] == [
        ("earned", 120, 0) if shipped else ("pending", 0, 120)
    ]
    settlement.settle(host.order_id(order), again=True)
    assert Entry.objects.count() == 3, "a second look changes nothing"


def test_the_new_customer_and_the_former_one_are_told_the_same(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    correct(order, ada)
    sweep.sweep()
    me = "{ me { loyalty { available pending debt } } }"
    assert hosts.as_user(ada).data(me)["me"]["loyalty"] == {"available": 120, "pending": 0, "debt": 0}
    assert hosts.as_user(eve).data(me)["me"]["loyalty"] == {"available": 0, "pending": 0, "debt": 0}
    kinds = [(entry.kind, entry.points) for entry in Entry.objects.filter(account__user=eve).order_by("version")]
    assert kinds == [("earned", 120), ("clawback", -120)]


def test_what_was_spent_is_owed_by_whoever_spent_it(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    redeem(eve)
    redeem(eve, "again")
    correct(order, ada)
    sweep.sweep()
    assert (figures(eve), figures(ada)) == ((0, 0, 100), (120, 0, 0))
    assert sum(Entry.objects.values_list("points", flat=True)) == 120 - 50 - 50


def test_the_former_customers_other_points_pay_first(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    placed(eve, "200")
    order = placed(eve)
    redeem(eve)
    correct(order, ada)
    sweep.sweep()
    assert (figures(eve), figures(ada)) == ((150, 0, 0), (120, 0, 0))


def test_a_debt_of_the_new_customer_is_repaid(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    spent = placed(ada, "50")
    redeem(ada)
    hosts.cancel(spent)
    settlement.settle(host.order_id(spent))
    assert figures(ada) == (0, 0, 50)
    order = placed(eve)
    correct(order, ada)
    sweep.sweep()
    assert (figures(eve), figures(ada)) == ((0, 0, 0), (70, 0, 0))


def test_they_stay_valid_as_long_as_before(programme_on: Any) -> None:
    hosts.configure(programme_on, points_valid_months="12")
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    ends_at = timezone.now() + timedelta(days=3)
    Lot.objects.update(expires_at=ends_at)
    Account.objects.filter(user=eve).update(next_expiry_at=ends_at)
    correct(order, ada)
    sweep.sweep()
    assert [(lot.points, lot.expires_at) for lot in Lot.objects.filter(account__user=ada)] == [(120, ends_at)]
    assert expiry.run(ends_at) == (1, 120)
    assert (figures(eve), figures(ada)) == ((0, 0, 0), (0, 0, 0))


def test_what_has_ended_has_ended_for_the_new_customer_too(programme_on: Any) -> None:
    hosts.configure(programme_on, points_valid_months="12")
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    redeem(eve)
    ends_at = timezone.now()
    Lot.objects.update(expires_at=ends_at)
    Account.objects.filter(user=eve).update(next_expiry_at=ends_at)
    assert expiry.run(timezone.now()) == (1, 70)
    correct(order, ada)
    sweep.sweep()
    assert (figures(eve), figures(ada)) == ((0, 0, 50), (50, 0, 0))
    assert sum(Entry.objects.values_list("points", flat=True)) == 120 - 50 - 70, "as before"


def test_a_refund_after_the_correction_takes_from_the_new_customer(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    correct(order, ada)
    sweep.sweep()
    hosts.refund(order, "20")
    settlement.settle(host.order_id(order))
    assert (figures(eve), figures(ada)) == ((0, 0, 0), (100, 0, 0))


def test_a_correction_and_a_cancellation_at_once(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    correct(order, ada)
    hosts.cancel(order)
    sweep.sweep()
    assert (figures(eve), figures(ada)) == ((0, 0, 0), (0, 0, 0))


def test_there_and_back_again(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    for to in (ada, eve, ada, eve):
        correct(order, to)
        sweep.sweep()
    assert (figures(eve), figures(ada)) == ((120, 0, 0), (0, 0, 0))


def test_the_tiers_of_both_follow(programme_on: Any) -> None:
    ladder(("gold", 100, "2"))
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    correct(order, ada)
    sweep.sweep()
    places = {row.account.user: row.code for row in AccountTier.objects.select_related("account")}
    assert places == {eve: "", ada: "gold"}


@pytest.mark.parametrize("erased", [EVE, ADA])
def test_an_erased_one_has_nothing_and_gets_nothing(erased: str, programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    placed(ada, "10")
    erasure.erase(host.person(user(erased)), timezone.now())
    correct(order, ada)
    sweep.sweep()
    if erased == EVE:  # the order is never looked at again
        assert (figures(eve), figures(ada)) == ((0, 0, 0), (10, 0, 0))
    else:  # whoever buys again after an erasure begins anew
        assert (figures(eve), figures(ada)) == ((0, 0, 0), (120, 0, 0))


def test_a_merged_account_keeps_the_orders_that_were_merged_into_it(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    order = placed(eve)
    accounts.merge_people(host.person(eve), host.person(ada), "user:1", timezone.now())
    settlement.settle(host.order_id(order), again=True)
    OrderTerms.objects.update(buyer=None)  # as an order from before buyers were noted
    settlement.settle(host.order_id(order), again=True)
    assert (figures(ada), OrderTerms.objects.get().buyer) == ((120, 0, 0), f"user:{eve.pk}")


def test_a_user_who_has_not_proved_the_guests_address_takes_nothing(programme_on: Any) -> None:
    order = placed(EVE)
    correct(order, hosts.customer_to_confirm(EVE))
    sweep.sweep()
    account = Account.objects.get(available=120)
    assert (account.user, figures(EVE)) == (None, (120, 0, 0))


def test_a_deleted_users_orders_stay_with_the_account(programme_on: Any) -> None:
    eve = user(EVE)
    order = placed(eve)
    correct(order, "old@example.com")
    Account.objects.update(user=None)
    settlement.settle(host.order_id(order), again=True)
    people.look(timezone.now())
    assert [(account.available, account.had_user) for account in Account.objects.all()] == [(120, True)]


@pytest.mark.django_db(transaction=True)
def test_two_orders_that_change_places_at_once_do_not_deadlock(programme_on: Any) -> None:
    eve, ada = user(EVE), user(ADA)
    orders = [placed(eve, "10"), placed(ada, "200")]
    for _ in range(5):
        correct(orders[0], ada)
        correct(orders[1], eve)
        failed = at_once(8, lambda number: settlement.settle(host.order_id(orders[number % 2]), again=True))
        assert [one for one in failed if isinstance(one, Exception)] == []
        assert (figures(eve), figures(ada)) == ((200, 0, 0), (10, 0, 0))
        correct(orders[0], eve)
        correct(orders[1], ada)
        at_once(8, lambda number: settlement.settle(host.order_id(orders[number % 2]), again=True))
        assert (figures(eve), figures(ada)) == ((10, 0, 0), (200, 0, 0))


def test_both_accounts_are_locked_by_id(programme_on: Any) -> None:
    first, second = (accounts.open_account(host.person(user(email)), timezone.now()).pk for email in (EVE, ADA))
    locked = [account.pk for account in accounts.lock_both(second, first, timezone.now())]
    assert locked == [second, first]


def settled_after_another(order: Any, change: Any, lock: str, between: Any, monkeypatch: Any) -> None:
    """Settle an order that is changed; another look, which has seen it as it was, comes first when accounts lock."""
    order_id, now, locking = host.order_id(order), timezone.now(), getattr(accounts, lock)
    stale = host.order(order_id)
    change(order)

    def the_other_first(*args: Any) -> Any:
        monkeypatch.setattr(accounts, lock, locking)
        with monkeypatch.context() as patch:
            patch.setattr(host, "order", lambda _order_id: stale)
            turns.settle(orders, order_id, now)
        between()
        return locking(*args)

    monkeypatch.setattr(accounts, lock, the_other_first)
    turns.settle(orders, order_id, now)


def test_a_look_that_comes_second_decides_by_the_newest_state(programme_on: Any, monkeypatch: Any) -> None:
    """Another look has moved the order and settled it as it was; this one has seen that it was cancelled."""
    order = placed(user(ADA))
    correct(order, user(EVE))
    seen: list[Any] = []
    settled_after_another(order, hosts.cancel, "lock_both", lambda: seen.append(figures(user(EVE))), monkeypatch)
    assert seen == [(120, 0, 0)]
    assert (figures(user(ADA)), figures(user(EVE))) == ((0, 0, 0), (0, 0, 0))


def test_a_look_that_locks_the_former_customer_posts_nothing_there(programme_on: Any, monkeypatch: Any) -> None:
    """Another look has moved the order since this one read whose it is; this one has seen that it was shipped."""
    order = placed(user(EVE), shipped=False)
    correct(order, user(ADA))
    seen: list[Any] = []
    settled_after_another(order, hosts.ship, "lock", lambda: seen.append(figures(user(ADA))), monkeypatch)
    assert seen == [(0, 120, 0)]
    assert (figures(user(EVE)), figures(user(ADA))) == ((0, 0, 0), (120, 0, 0))
