"""Accounts follow addresses that are confirmed or changed. Edge cases 12 and 45 of the engine's list."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host, identity, people, settlement
from saleor_reciprocity.points.models import Account

from . import hosts


@pytest.fixture(autouse=True)
def asks_for_a_proof(settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True


def earned(buyer: Any, price: str) -> None:
    order = hosts.order(buyer, [(price, 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))


def test_a_confirmation_brings_the_guests_points_without_a_new_order(programme_on: Any) -> None:
    user = hosts.customer_to_confirm("ada@example.com")
    earned(user, "10")
    earned("ada@example.com", "20")
    people.look(timezone.now())
    assert Account.objects.get(user=user).available == 10
    hosts.confirm(user)
    people.look(timezone.now())
    account = Account.objects.get(user=user)
    assert (account.available, account.email_hash) == (30, identity.email_hash("ada@example.com"))
    people.look(timezone.now(), thoroughly=True)
    assert Account.objects.get(user=user).available == 30


def test_a_changed_address_is_followed_with_what_a_guest_had_there(programme_on: Any, customer: Any) -> None:
    earned(customer, "10")
    earned("new@example.com", "20")
    customer.email = "new@example.com"
    customer.save()
    people.look(timezone.now(), thoroughly=True)
    account = Account.objects.get(user=customer)
    assert (account.available, account.email_hash) == (30, identity.email_hash("new@example.com"))
    earned("ada@example.com", "5")
    assert Account.objects.get(user=customer).available == 30, "the old address is nobody's by now"


def test_an_address_of_another_user_is_not_taken(programme_on: Any, customer: Any) -> None:
    earned(customer, "10")
    other = hosts.customer("bob@example.com")
    earned(other, "20")
    Account.objects.filter(user=other).update(email_hash=identity.email_hash("elsewhere@example.com"))
    Account.objects.filter(user=customer).update(email_hash=identity.email_hash("bob@example.com"))
    people.look(timezone.now(), thoroughly=True)
    assert {account.available for account in Account.objects.all()} == {10, 20}


def test_a_user_deleted_and_registered_again_finds_the_points_after_the_proof(programme_on: Any) -> None:
    user = hosts.customer("ada@example.com")
    earned(user, "20")
    user.delete()
    again = hosts.customer_to_confirm("ada@example.com")
    earned(again, "10")
    assert Account.objects.get(user=again).available == 10
    hosts.confirm(again)
    people.look(timezone.now())
    assert Account.objects.get(user=again).available == 30
