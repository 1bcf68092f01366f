"""Who has proved an address: one rule, whether one asks about a user, an order or all customers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from saleor_reciprocity import host
from saleor_reciprocity.points import bonuses
from saleor_reciprocity.points.models import Entry

from .. import hosts


def answers(user: Any) -> set[bool]:
    """Whether a user has proved the address, by every way to ask."""
    order = host.order(host.order_id(hosts.order(user, [("10", 1)])))
    assert order is not None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT proved FROM ({host.customers()}) c WHERE user_id = %s", [user.pk])  # noqa: S608
        (in_sql,) = cursor.fetchone()
    return {host.person(user).confirmed, host.people([user.pk])[user.pk].confirmed, order.person.confirmed, in_sql}


def test_a_customer_proves_the_address_where_the_shop_asks(channel: Any) -> None:
    user = hosts.customer_to_confirm("ada@example.com")
    assert answers(user) == {False}
    hosts.confirm(user)
    assert answers(user) == {True}
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    assert answers(user) == {False}


@pytest.mark.skipif(hosts.MULTI_CHANNEL, reason="Saleor 3 notes of each user whether the address was confirmed")
def test_where_nobody_asks_nobody_has_proved_an_address(programme_on: Any, settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = False
    user = hosts.customer_without_confirmation("ada@example.com")
    assert answers(user) == {False}


def test_without_a_proof_there_is_no_bonus_for_signing_up(programme_on: Any, settings: Any) -> None:
    from django.utils import timezone

    from ..points.programmes import rule

    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = False
    rule("bonus", "50", trigger="sign-up")
    hosts.customer_without_confirmation("ada@example.com")
    assert bonuses.look(timezone.now()) == 0
    assert not Entry.objects.exists()
