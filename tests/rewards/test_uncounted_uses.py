"""Orders that carry a code though Saleor counted no use: staff's drafts, imports, edits. Nobody gets both."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, closing, redemption, upkeep
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surprises.models import Budget, Draw, Prize

from .. import hosts
from ..faults.crowd import at_once, interrupted
from ..surprises.shop import campaign, draw_of, settled
from .reports import report


@pytest.fixture
def made(programme_on: Any, customer: Any, give_points: Any) -> Redemption:
    """A voucher for 50 of 100 points."""
    give_points(customer, 100)
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())


def available() -> int:
    return int(Account.objects.get().available)


def drafted(customer: Any, code: str) -> Any:
    """A draft that staff made with a code."""
    order = hosts.order(customer, [("40", 1)], status="draft")
    hosts.link_voucher(order, code)
    return order


def by_draft(customer: Any, code: str) -> Any:
    order = drafted(customer, code)
    order.refresh_from_db()
    hosts.leave_draft(order, timezone.now())
    return order


def by_import(customer: Any, code: str) -> Any:
    order = hosts.order(customer, [("40", 1)])
    hosts.link_voucher(order, code)
    return order


@pytest.mark.parametrize("place", [by_draft, by_import], ids=["draft", "import"])
def test_a_code_on_an_order_keeps_its_points(place: Any, made: Redemption, customer: Any) -> None:
    order = place(customer, made.code)
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(made.pk, "user:1", now=timezone.now())
    made.refresh_from_db()
    assert (made.state, made.used_by_order) == ("used", host.order_id(order))
    assert available() == 50
    assert not hosts.code_is_valid(made.code), "nobody uses it a second time"


@pytest.mark.parametrize("place", [by_draft, by_import], ids=["draft", "import"])
def test_such_a_use_is_noted_and_ends_the_code(place: Any, made: Redemption, customer: Any) -> None:
    order = place(customer, made.code)
    assert upkeep.look(timezone.now()) == (0, 1)
    assert upkeep.look(timezone.now() + timedelta(days=9999)) == (0, 0)
    made.refresh_from_db()
    assert (made.state, made.used_by_order) == ("used", host.order_id(order))
    assert not hosts.code_is_valid(made.code)
    assert available() == 50


def test_a_code_on_such_an_order_does_not_expire(made: Redemption, customer: Any) -> None:
    by_draft(customer, made.code)
    Redemption.objects.update(expires_at=timezone.now())
    closing.expire(made.pk, timezone.now())
    made.refresh_from_db()
    assert (made.state, available()) == ("used", 50)


def test_a_code_on_a_draft_waits_for_what_becomes_of_it(made: Redemption, customer: Any) -> None:
    order = drafted(customer, made.code)
    Redemption.objects.update(expires_at=timezone.now())
    with pytest.raises(errors.CodeOnCheckout):
        closing.cancel(made.pk, "user:1", now=timezone.now())
    assert upkeep.look(timezone.now()) == (0, 0)
    assert (Redemption.objects.get().state, available()) == ("unused", 50)
    order.delete()
    assert upkeep.look(timezone.now()) == (1, 0)
    assert (Redemption.objects.get().state, available()) == ("expired", 100)


def test_an_order_that_was_cancelled_keeps_no_code(made: Redemption, customer: Any) -> None:
    order = by_import(customer, made.code)
    hosts.cancel(order)
    closing.cancel(made.pk, "user:1", now=timezone.now())
    assert (Redemption.objects.get().state, available()) == ("cancelled", 100)


def test_a_gift_card_on_an_order_keeps_its_points(programme_on: Any, made: Redemption, customer: Any) -> None:
    """An imported order names a card and takes nothing from its balance."""
    card = catalogue.create(programme_on, "gift card", "Card", 10, Decimal(5))
    row = redemption.redeem(host.person(customer), card.pk, "card", now=timezone.now())
    order = hosts.order(customer, [("40", 1)], discount="5")
    order.gift_cards.add(GiftCard.objects.get(code=row.code))
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(row.pk, "user:1", now=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.used_by_order, available()) == ("used", host.order_id(order), 40)


def committed_after(order: Any, code: str, give_back: Any) -> None:
    """Staff put a code on an order, and it is given back before their transaction has ended."""
    placed, given_back = Event(), Event()

    def act(number: int) -> Any:
        if number:
            placed.wait(10)
            give_back()
            return given_back.set()
        with transaction.atomic():
            hosts.link_voucher(order, code)
            placed.set()
            given_back.wait(10)
        return None

    assert at_once(2, act) == [None, None]


@pytest.mark.parametrize(("spent", "left", "debt"), [(0, 50, 0), (80, 0, 30)], ids=["there", "spent"])
def test_an_order_that_commits_after_the_code_was_given_back_takes_the_points_again(
    spent: int, left: int, debt: int, transactional_db: Any, made: Redemption, customer: Any
) -> None:
    order = hosts.order(customer, [("40", 1)], discount="5")
    committed_after(order, made.code, lambda: closing.cancel(made.pk, "user:1", now=timezone.now()))
    assert available() == 100
    assert "no voucher of ours was used for two orders, and none that was withdrawn" in report()
    if spent:
        adjustments.adjust(host.person(customer), -spent, "spent", "user:1", "spent", timezone.now())
    for _look in range(2):
        settlement.settle(host.order_id(order), again=True)
    made.refresh_from_db()
    assert (made.state, made.used_by_order, made.cancelled_at) == ("used", host.order_id(order), None)
    account = Account.objects.get()
    assert (account.available, account.debt, account.pending) == (left, debt, 35)
    kinds = [("earned", 100), ("redemption", -50), ("reversal", 50), ("clawback", -50)]
    found = list(Entry.objects.exclude(points=0).order_by("version").values_list("kind", "points"))
    assert [entry for entry in found if entry != ("adjustment", -spent)] == kinds
    assert report() == ""
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(made.pk, "user:1", now=timezone.now())


def test_an_order_that_commits_while_the_code_is_about_to_be_given_back_keeps_the_points(
    transactional_db: Any, made: Redemption, customer: Any
) -> None:
    order = hosts.order(customer, [("40", 1)])
    results = interrupted(
        lambda: closing.cancel(made.pk, "user:1", now=timezone.now()),
        "FOR NO KEY UPDATE",
        lambda: hosts.link_voucher(order, made.code),
    )
    assert isinstance(results[0], errors.CodeAlreadyUsed)
    made.refresh_from_db()
    assert (made.state, made.used_by_order, available()) == ("used", host.order_id(order), 50)


def test_a_withdrawn_code_that_took_nothing_off_takes_no_points(made: Redemption, customer: Any) -> None:
    """Staff name it on an order later: it is worth nothing any more."""
    closing.cancel(made.pk, "user:1", now=timezone.now())
    order = hosts.order(customer, [("40", 1)])
    hosts.link_voucher(order, f"{made.code}-withdrawn" if hosts.RETURNS else made.code)  # as it is called by then
    settlement.settle(host.order_id(order))
    assert (Redemption.objects.get().state, available()) == ("cancelled", 100)
    hosts.cancel(order)


def test_a_gift_that_was_taken_back_and_used_all_the_same_is_in_the_budget(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    hosts.configure(programme_on, holdout_share="0")
    running = campaign(programme_on, limits={"total": Decimal(5)})
    running.prizes.update(stock=1)
    won = draw_of(settled(customer))
    order = hosts.order(customer, [("40", 1)], discount="5")
    assert Budget.objects.get().spent == 5
    committed_after(order, won.code or "", lambda: gifts.look(won.expires_at))
    assert (Draw.objects.get(pk=won.pk).state, Budget.objects.get().spent, Prize.objects.get().given) == (
        "expired",
        0,
        0,
    )
    settlement.settle(host.order_id(order))
    won.refresh_from_db()
    assert (won.state, won.used_by_order) == ("used", host.order_id(order))
    assert (Budget.objects.get().spent, Prize.objects.get().given) == (5, 1)
    assert Draw.objects.filter(outcome="won").count() == 1, "the next order is given nothing of it"


def used_by(order: Any, code: str) -> None:
    """The order is placed with the code as the host does it, and looked at as every new order is."""
    assert hosts.count_use(code)
    hosts.link_voucher(order, code)
    settlement.settle(host.order_id(order))


def test_a_voucher_that_was_used_and_is_deleted_at_once_keeps_its_points(made: Redemption, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    used_by(order, made.code)
    Voucher.objects.all().delete()
    with pytest.raises(errors.CodeAlreadyUsed):
        closing.cancel(made.pk, "user:1", now=timezone.now())
    Redemption.objects.update(expires_at=timezone.now())
    assert upkeep.look(timezone.now()) == (0, 0)
    made.refresh_from_db()
    assert (made.state, made.used_by_order, available()) == ("used", host.order_id(order), 50)


def test_a_gift_that_was_used_and_is_deleted_at_once_stays_in_the_budget(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on, limits={"total": Decimal(5)})
    won = draw_of(settled(customer))
    order = hosts.order(customer, [("40", 1)])
    used_by(order, won.code or "")
    Voucher.objects.all().delete()
    assert gifts.look(won.expires_at) == (0, 0)
    won.refresh_from_db()
    assert (won.state, won.used_by_order) == ("used", host.order_id(order))
    assert Budget.objects.get().spent == 5


def test_a_draft_that_becomes_an_order_while_its_code_is_given_back(
    transactional_db: Any, made: Redemption, customer: Any
) -> None:
    order = drafted(customer, made.code)
    order.refresh_from_db()

    def act(number: int) -> Any:
        if number:
            return closing.cancel(made.pk, "user:1", now=timezone.now())
        return hosts.leave_draft(order, timezone.now())

    ends = at_once(2, act)
    assert isinstance(ends[1], (errors.CodeOnCheckout, errors.CodeAlreadyUsed))
    assert available() == 50


def test_the_budget_of_surprises_is_not_given_twice(programme_on: Any, customer: Any) -> None:
    """A budget of 5, a gift of 5 on an order of staff: it does not expire unused, and the next order gets none."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on, limits={"total": Decimal(5)})
    won = draw_of(settled(customer))
    order = by_draft(customer, won.code or "")
    Draw.objects.update(expires_at=timezone.now())
    assert gifts.look(timezone.now()) == (0, 1)
    won.refresh_from_db()
    assert (won.state, won.used_by_order, won.used_by_another) == ("used", host.order_id(order), False)
    assert not hosts.code_is_valid(won.code or "")
    assert Budget.objects.get().spent == 5
    assert draw_of(settled("bob@example.com")).outcome == "no budget"


def test_a_gift_on_a_draft_waits(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    won = draw_of(settled(customer))
    order = drafted(customer, won.code or "")
    assert gifts.look(won.expires_at) == (0, 0)
    order.delete()
    assert gifts.look(won.expires_at) == (1, 0)
    assert Budget.objects.get().spent == 0
