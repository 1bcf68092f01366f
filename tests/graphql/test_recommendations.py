"""Recommendations through GraphQL: the host's own products with their own fields, reasons, pages and refusals."""

from __future__ import annotations

from typing import Any

import graphene
import pytest
from django.db import connections
from graphql_relay.utils import base64

from .. import hosts
from ..recommendations import model

QUERY = """query(
  $kind: RecommendationKind, $first: Int, $after: String, $product: ID, $checkout: ID, $channel: String
) { recommendations(
    kind: $kind, first: $first, after: $after, product: $product, checkout: $checkout, channel: $channel
  ) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { score
      product { id name slug isAvailable thumbnail { url } variants { id sku }
        pricing { priceRange { start { gross { amount currency } } } } }
      reason { code text product { name } } } } } }"""


def ask(client: Any, **variables: Any) -> dict[str, Any]:
    return dict(client.data(QUERY, **variables)["recommendations"])


def names(answer: Any) -> list[str]:
    return [edge["node"]["product"]["name"] for edge in answer["edges"]]


def node(row: Any) -> str:
    return str(graphene.Node.to_global_id("Product", row.pk))


@pytest.fixture
def products(programme_on: Any) -> Any:
    return [hosts.product(name, programme_on) for name in ("Tea", "Milk", "Bread")]


def test_products_come_with_all_their_own_fields(products: Any, customer: Any) -> None:
    tea, milk, _ = products
    model.list_of(customer, "new", [milk], "together", because=tea)
    (edge,) = ask(hosts.as_user(customer))["edges"]
    assert edge["node"] == {
        "score": 1.0,
        "product": {
            "id": node(milk),
            "name": "Milk",
            "slug": milk.slug,
            "isAvailable": True,
            "thumbnail": None,
            "variants": [
                {"id": graphene.Node.to_global_id("ProductVariant", milk.variants.get().pk), "sku": milk.slug}
            ],
            "pricing": {"priceRange": {"start": {"gross": {"amount": 10.0, "currency": "USD"}}}},
        },
        "reason": {
            "code": "TOGETHER",
            "text": "People who bought “Tea” also bought this.",
            "product": {"name": "Tea"},
        },
    }


@pytest.mark.parametrize(
    ("reason", "text"),
    [("again", "You have bought this before."), ("together", "Often bought together with things that you chose."),
     ("similar", "Bought by people who buy the same things as you."), ("liked", "Popular in what you like."),
     ("category", "Popular in this category."), ("popular", "Popular in this shop.")],
)  # fmt: skip
def test_every_reason_has_words(reason: str, text: str, products: Any, customer: Any) -> None:
    hosts.hide(products[1])
    model.list_of(customer, "new", products[:1], reason, because=products[1] if reason == "together" else None)
    (edge,) = ask(hosts.as_user(customer))["edges"]
    assert edge["node"]["reason"] == {"code": reason.upper(), "text": text, "product": None}


def test_pages_by_cursor(products: Any, customer: Any) -> None:
    model.list_of(customer, "new", products)
    client = hosts.as_user(customer)
    page = ask(client, first=2)
    assert (names(page), page["pageInfo"]["hasNextPage"]) == (["Tea", "Milk"], True)
    page = ask(client, first=2, after=page["pageInfo"]["endCursor"])
    assert (names(page), page["pageInfo"]["hasNextPage"]) == (["Bread"], False)


@pytest.mark.parametrize("position", [f"{2**63 - 1},{2**63 - 1}", f"{1 - 2**63},{1 - 2**63}", f"1000000000,{2**40}"])
def test_a_made_up_cursor_is_a_place_like_any_other(position: str, products: Any, customer: Any) -> None:
    model.list_of(customer, "new", products)
    score = int(position.split(",")[0])
    shown = names(ask(hosts.as_user(customer), after=base64(position)))
    assert shown == (["Tea", "Milk", "Bread"] if score > 10**9 else [] if score < 0 else ["Milk", "Bread"])


def test_what_goes_with_a_product_and_with_a_checkout(products: Any, programme_on: Any, customer: Any) -> None:
    tea, milk, bread = products
    model.neighbours(tea, [milk])
    model.neighbours(milk, [bread])
    stranger = hosts.GraphQL()
    assert names(ask(stranger, kind="GOES_WITH", product=node(tea))) == ["Milk"]
    token = hosts.basket(programme_on, [milk])
    for given in (token, graphene.Node.to_global_id("Checkout", token)):
        assert names(ask(stranger, kind="COMPLETES_CHECKOUT", checkout=given)) == ["Bread"]
    adas = hosts.basket(programme_on, [milk], user=customer)
    assert names(ask(hosts.as_user(customer), kind="COMPLETES_CHECKOUT", checkout=adas)) == ["Bread"]
    for caller in (stranger, hosts.as_user(hosts.customer("bob@example.com"))):
        nothing = "00000000-0000-0000-0000-000000000000"
        assert ask(caller, kind="COMPLETES_CHECKOUT", checkout=adas) == ask(
            caller, kind="COMPLETES_CHECKOUT", checkout=nothing
        )


def test_the_lists_of_others_are_not_seen(products: Any, customer: Any) -> None:
    model.list_of(customer, "new", products)
    for caller in (hosts.GraphQL(), hosts.as_user(hosts.customer("bob@example.com")), hosts.as_app()):
        assert ask(caller)["edges"] == []


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [({"kind": "GOES_WITH"}, "product"), ({"kind": "COMPLETES_CHECKOUT"}, "checkout"), ({"product": "x"}, "product"),
     ({"product": graphene.Node.to_global_id("User", 1)}, "product"), ({"checkout": "x"}, "checkout"),
     ({"product": graphene.Node.to_global_id("Product", 2**31)}, "product"), ({"channel": "nowhere"}, "channel"),
     ({"checkout": graphene.Node.to_global_id("Order", "x")}, "checkout"), ({"first": 0}, "first"),
     ({"first": 101}, "first"), ({"after": "x"}, "after")],
)  # fmt: skip
def test_refusals_say_which_argument(arguments: Any, argument: str, programme_on: Any) -> None:
    (error,) = hosts.GraphQL()(QUERY, **arguments)["errors"]
    assert f"`{argument}`" in error["message"]


def test_one_statement_of_ours_and_one_for_all_products(products: Any, customer: Any, programme_on: Any) -> None:
    model.popular(programme_on, products)
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        answer = hosts.GraphQL().data(
            "{ recommendations { edges { node { score product { name } reason { text } } } } }"
        )
    assert len(answer["recommendations"]["edges"]) == 3
    assert len([sql for sql in statements if "reciprocity_" in sql]) == 1
    assert len([sql for sql in statements if 'FROM "product_product"' in sql]) <= 1
