"""Who may do and see what: a matrix over every field that the plugin adds, which fails when a new field is missing."""

from __future__ import annotations

from typing import Any

import graphene
import pytest
from django.db import transaction
from django.utils import timezone
from graphql import parse

from saleor_reciprocity import host, rights
from saleor_reciprocity.graphql import schema
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption
from saleor_reciprocity.surprises.models import Draw

from .. import hosts
from ..points.programmes import earned
from ..surprises.shop import campaign
from .asking import order_query, standard_reward
from .matrix import CALLERS, MATRIX, RIGHTS, entity, queries_of, served


def added_fields() -> set[str]:
    document = parse(schema.sdl().replace("extend type", "type"))
    return {
        f"{definition.name.value}.{field.name.value}"
        for definition in document.definitions
        if getattr(definition, "fields", None)
        and definition.name.value in ("Query", "Mutation", "User", "Order", "Checkout")
        for field in definition.fields
    }


def test_every_field_is_in_the_matrix() -> None:
    assert added_fields() == set(MATRIX)


@pytest.mark.parametrize("field", sorted(MATRIX))
@pytest.mark.parametrize("caller", CALLERS)
def test_permission_matrix(field: str, caller: str, callers: Any, customer: Any) -> None:
    query = queries_of(customer)[field]
    if field == "User.loyalty" and caller == "owner":
        query = "{ me { loyalty { available } } }"
    assert served(callers[caller](query)) == (caller in MATRIX[field])


# Who is signed in may do these for oneself.
OF_ONESELF = {"Mutation.communicationPreferencesUpdate", "Mutation.preferencesUpdate"}
OF_STAFF = {"Query.loyaltyChannels", "Query.loyaltyRights"}


@pytest.mark.parametrize("right", sorted(rights.ASKED_FOR))
def test_each_right_opens_what_the_desk_says_and_nothing_else(right: str, programme_on: Any, customer: Any) -> None:
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, right)
    client, queries, opened = hosts.as_user(clerk), queries_of(customer), set()
    for field, query in queries.items():
        with transaction.atomic():
            if served(client(query)):
                opened.add(field)
            transaction.set_rollback(True)
    public = {field for field, callers in MATRIX.items() if callers == CALLERS}
    (told,) = [one["opens"] for one in client.data(RIGHTS)["loyaltyRights"] if one["permission"] == rights.short(right)]
    reached = opened - public - OF_ONESELF - OF_STAFF
    assert reached == {field for field in told if field in MATRIX}


def test_a_guests_order_is_seen_by_whoever_holds_its_secret_id(programme_on: Any) -> None:
    order = earned("guest@example.com", "7")
    assert served(hosts.GraphQL()(order_query(order)))


def test_another_customer_reaches_no_loyalty_through_federation(programme_on: Any, customer: Any, callers: Any) -> None:
    earned(customer)
    query = f"{{ {entity('User', customer.pk)} {{ ... on User {{ loyalty {{ available }} }} }} }}"
    for caller in ("nobody", "other", "staff", "bare app"):
        assert not served(callers[caller](query)), caller


def test_staff_without_the_permission_for_discounts_see_no_codes(programme_on: Any, customer: Any) -> None:
    earned(customer)
    client = hosts.as_user(customer)
    reward = graphene.Node.to_global_id("LoyaltyReward", standard_reward())
    client.data(
        f'mutation {{ pointsRedeem(input: {{rewardId: "{reward}", idempotencyKey: "k"}}) {{ errors {{ code }} }} }}'
    )
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "account.manage_users")
    query = '{ loyaltyAccount(email: "ada@example.com") { redemptions { edges { node { code } } } } }'

    def seen() -> Any:
        return hosts.as_user(clerk).data(query)["loyaltyAccount"]["redemptions"]["edges"][0]["node"]["code"]

    assert seen() is None
    hosts.give_rights(clerk.user_permissions, "discount.manage_discounts")
    assert seen() == Redemption.objects.get().code


def test_11_3_personal_data_holds_codes_for_the_customer_and_for_staff_who_manage_discounts(
    programme_on: Any, customer: Any
) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    earned(customer)
    redemption.redeem(host.person(customer), standard_reward(), "the key of ada", now=timezone.now())
    codes = (Redemption.objects.get().code, Draw.objects.get().code)
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "account.manage_users", "order.manage_orders")
    by_email = '{ loyaltyAccount(email: "ada@example.com") { personalData } }'
    by_id = f'{{ user(id: "{graphene.Node.to_global_id("User", customer.pk)}") {{ loyalty {{ personalData }} }} }}'
    for query in (by_email, by_id):
        text = str(hosts.as_user(clerk).data(query))
        assert "Spring" in text
        assert not any(secret in text for secret in (*codes, "the key of ada"))
    hosts.give_rights(clerk.user_permissions, "discount.manage_discounts")
    mine = hosts.as_user(customer).data("{ me { loyalty { personalData } } }")
    for text in (str(hosts.as_user(clerk).data(by_email)), str(mine)):
        assert all(code in text for code in codes)
        assert "the key of ada" not in text
