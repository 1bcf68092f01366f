"""Orders that carry a code though Saleor counted no use: staff's drafts, imports, edits. Nobody gets both."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, redemption, upkeep
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surprises.models import Budget, Draw

from .. import hosts
from ..faults.crowd import at_once
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
        redemption.cancel(made.pk, "user:1", now=timezone.now())
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
    redemption.expire(made.pk, timezone.now())
    made.refresh_from_db()
    assert (made.state, available()) == ("used", 50)


def test_a_code_on_a_draft_waits_for_what_becomes_of_it(made: Redemption, customer: Any) -> None:
    order = drafted(customer, made.code)
    Redemption.objects.update(expires_at=timezone.now())
    with pytest.raises(errors.CodeOnCheckout):
        redemption.cancel(made.pk, "user:1", now=timezone.now())
    assert upkeep.look(timezone.now()) == (0, 0)
    assert (Redemption.objects.get().state, available()) == ("unused", 50)
    order.delete()
    assert upkeep.look(timezone.now()) == (1, 0)
    assert (Redemption.objects.get().state, available()) == ("expired", 100)


def test_an_order_that_was_cancelled_keeps_no_code(made: Redemption, customer: Any) -> None:
    order = by_import(customer, made.code)
    hosts.cancel(order)
    redemption.cancel(made.pk, "user:1", now=timezone.now())
    assert (Redemption.objects.get().state, available()) == ("cancelled", 100)


def test_a_gift_card_on_an_order_keeps_its_points(programme_on: Any, made: Redemption, customer: Any) -> None:
    """An imported order names a card and takes nothing from its balance."""
    card = catalogue.create(programme_on, "gift card", "Card", 10, Decimal(5))
    row = redemption.redeem(host.person(customer), card.pk, "card", now=timezone.now())
    order = hosts.order(customer, [("40", 1)], discount="5")
    order.gift_cards.add(GiftCard.objects.get(code=row.code))
    with pytest.raises(errors.CodeAlreadyUsed):
        redemption.cancel(row.pk, "user:1", now=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.used_by_order, available()) == ("used", host.order_id(order), 40)


def test_an_order_that_commits_after_the_code_was_given_back_is_reported(
    transactional_db: Any, made: Redemption, customer: Any
) -> None:
    """Staff put the code on an order, and the customer gives it back before their transaction has ended."""
    order, placed, given_back = hosts.order(customer, [("40", 1)]), Event(), Event()

    def act(number: int) -> Any:
        if number:
            placed.wait(10)
            redemption.cancel(made.pk, "user:1", now=timezone.now())
            return given_back.set()
        with transaction.atomic():
            hosts.link_voucher(order, made.code)
            placed.set()
            given_back.wait(10)
        return None

    assert at_once(2, act) == [None, None]
    assert "no voucher of ours was used for two orders, and none that was withdrawn" in report()
    hosts.cancel(order)
    assert report() == ""


def test_a_draft_that_becomes_an_order_while_its_code_is_given_back(
    transactional_db: Any, made: Redemption, customer: Any
) -> None:
    order = drafted(customer, made.code)
    order.refresh_from_db()

    def act(number: int) -> Any:
        if number:
            return redemption.cancel(made.pk, "user:1", now=timezone.now())
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
