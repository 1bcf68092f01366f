"""The extended schema in the hands of a standard client tool: introspected, printed, built again, and asked."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_ast_schema, build_client_schema, parse, print_schema, validate
from graphql.utils.introspection_query import introspection_query

from demo import story
from demo.mailbox import Mails
from demo.storefront import Shop, Staff

WRONG = [
    "{ me { loyalty { nothing } } }",
    "{ me { loyalty } }",
    '{ loyaltyRewards(first: "ten") { edges { cursor } } }',
    'mutation { pointsRedeem(input: {rewardId: "1"}) { errors { code } } }',
]


def introspected(shop: Shop) -> Any:
    """The schema as a client builds it from what the server says about itself."""
    return build_client_schema(shop.ask(introspection_query))


def test_the_schema_can_be_printed_and_built_again(shop: Shop) -> None:
    text = print_schema(introspected(shop))

    assert "pointsRedeem" in text
    assert print_schema(build_ast_schema(parse(text))) == text


@pytest.mark.usefixtures("favourites")
def test_every_query_of_the_story_is_valid_and_wrong_ones_are_not(
    shop: Shop, staff: Staff, mails: Mails, monkeypatch: Any
) -> None:
    asked: set[str] = set()
    ask = Shop.ask

    def listen(self: Shop, query: str, *arguments: Any) -> Any:
        asked.add(query)
        return ask(self, query, *arguments)

    monkeypatch.setattr(Shop, "ask", listen)
    assert story.play(shop.url, mails)
    schema = introspected(shop)

    assert any("pointsRedeem" in query for query in asked)
    assert {query: validate(schema, parse(query)) for query in asked} == {query: [] for query in asked}
    assert [query for query in WRONG if not validate(schema, parse(query))] == []
