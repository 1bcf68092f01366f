"""Points through GraphQL: what a customer, a guest and staff see."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_reciprocity import host, settlement

from .. import hosts
from ..points.programmes import earned

ME = """{ me { loyalty {
  available pending debt
  entries(first: 1) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { kind points pending balance reason } } }
  redemptions(first: 5) { edges { node { code points value { amount currency } } } }
} } }"""


def test_a_customer_without_points_sees_zeros(programme_on: Any, customer: Any) -> None:
    loyalty = hosts.as_user(customer).data(ME)["me"]["loyalty"]
    assert (loyalty["available"], loyalty["pending"], loyalty["debt"]) == (0, 0, 0)
    assert loyalty["entries"] == {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}


def test_a_customer_pages_through_the_entries(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("120", 1)])
    settlement.settle(host.order_id(order))
    hosts.ship(order)
    settlement.settle(host.order_id(order))

    client = hosts.as_user(customer)
    loyalty = client.data(ME)["me"]["loyalty"]
    assert loyalty["entries"]["totalCount"] == 2
    assert [edge["node"]["kind"] for edge in loyalty["entries"]["edges"]] == ["EARNED"]
    after = loyalty["entries"]["pageInfo"]["endCursor"]
    second = client.data(
        "query($after: String) { me { loyalty { entries(after: $after) { edges { node { kind pending } } } } } }",
        after=after,
    )["me"]["loyalty"]["entries"]
    assert [edge["node"] for edge in second["edges"]] == [{"kind": "PENDING", "pending": 120}]


@pytest.mark.parametrize("arguments", ["first: 0", "first: 101", 'after: "nonsense"', 'after: "MSwy"', 'after: "4pyT"'])
def test_a_page_that_cannot_be_is_refused(arguments: str, programme_on: Any, customer: Any) -> None:
    answer = hosts.as_user(customer)(f"{{ me {{ loyalty {{ entries({arguments}) {{ edges {{ cursor }} }} }} }} }}")
    assert "Argument `" in answer["errors"][0]["message"]


def test_staff_find_a_guest_and_a_customer(programme_on: Any, customer: Any) -> None:
    earned("guest@example.com", "7")
    earned(customer, "9")
    staff = hosts.customer("staff@example.com", staff=True)
    hosts.give_rights(staff.user_permissions, "account.manage_users")
    client = hosts.as_user(staff)
    query = "query($id: ID, $email: String) { loyaltyAccount(userId: $id, email: $email) { available } }"
    import graphene

    assert client.data(query, email="GUEST@example.com")["loyaltyAccount"] == {"available": 7}
    user_id = graphene.Node.to_global_id("User", customer.pk)
    assert client.data(query, id=user_id)["loyaltyAccount"] == {"available": 9}
    assert client.data(query, email="nobody@example.com")["loyaltyAccount"] is None
    assert client.data(query, id="nonsense")["loyaltyAccount"] is None


def test_an_order_says_what_it_brought_and_why(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("16.65", 1)] * 3)
    hosts.ship(order, [1, 0, 0])
    settlement.settle(host.order_id(order))
    query = """{ me { orders(first: 1) { edges { node { loyalty {
      verdict pending earned lines { points pointsPerUnit amount { amount currency } } } } } } } }"""
    loyalty = hosts.as_user(customer).data(query)["me"]["orders"]["edges"][0]["node"]["loyalty"]
    assert (loyalty["verdict"], loyalty["pending"], loyalty["earned"]) == ("EARNS", 33, 16)
    assert [line["points"] for line in loyalty["lines"]] == [16, 17, 16]
    assert loyalty["lines"][0]["pointsPerUnit"] == 1
    assert loyalty["lines"][0]["amount"] == {"amount": 16.65, "currency": "USD"}


def test_the_loyalty_of_many_orders_is_read_at_once(
    programme_on: Any, customer: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        earned(customer)
    query = "{ me { orders(first: 10) { edges { node { loyalty { earned } } } } } }"
    client = hosts.as_user(customer)
    with django_assert_max_num_queries(40) as captured:
        client.data(query)
    assert sum("reciprocity_orderterms" in each["sql"] for each in captured.captured_queries) == 1
