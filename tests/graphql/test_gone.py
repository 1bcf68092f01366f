"""Staff see what rules and campaigns name and the shop no longer has, in as many statements for many as for one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphene import Node

from saleor_reciprocity import host
from saleor_reciprocity.surprises import campaigns
from saleor_reciprocity.surprises.models import PrizeKind

from .. import hosts
from ..points.programmes import rule
from ..surprises.shop import VOUCHER, campaign, draw_of, settled
from .asking import of_checkout
from .conftest import staff  # noqa: F401 - a fixture

RULES = "{ loyaltyRules { edges { node { gone } } } }"
CAMPAIGNS = "{ surpriseCampaigns { edges { node { gone } } } }"


def gone(staff: Any, query: str) -> list[list[str]]:  # noqa: F811
    (found,) = staff.data(query).values()
    return [sorted(edge["node"]["gone"]) for edge in found["edges"]]


@pytest.fixture
def rows(programme_on: host.Channel, customer: Any) -> dict[str, Any]:
    hosts.put_in_group(customer, "club")
    return {
        "products": hosts.product("Cup", programme_on),
        "categories": hosts.category("Cups"),
        "collections": hosts.collection("Summer"),
        "groups": customer.groups.get(name="club"),
    }


def test_staff_see_what_a_rule_names_and_the_shop_no_longer_has(staff: Any, rows: Any, customer: Any) -> None:  # noqa: F811
    kept = hosts.category("Plates")
    named = {name: [row.name if name == "groups" else row.pk] for name, row in rows.items()}
    rule("bonus", "7", **{**named, "categories": [*named["categories"], kept.pk]})
    rule("bonus", "7", minimum_total=Decimal(5))
    assert gone(staff, RULES) == [[], []]
    types = {"products": "Product", "categories": "Category", "collections": "Collection"}
    expected = sorted(["club", *(Node.to_global_id(of, rows[name].pk) for name, of in types.items())])
    for row in rows.values():
        row.delete()
    assert gone(staff, RULES) == [[], expected]
    checkout = hosts.checkout(customer, "12.40", 2)
    preview = of_checkout(checkout, "{ loyalty { points bonuses { name } } }")
    loyalty = hosts.as_user(customer).data(preview)["checkout"]["loyalty"]
    assert loyalty == {"points": 24 + 7, "bonuses": [{"name": "A rule"}]}


def test_a_campaign_for_a_group_that_is_gone_is_for_nobody(
    staff: Any,  # noqa: F811
    rows: Any,
    programme_on: host.Channel,
    customer: Any,
) -> None:
    hosts.configure(programme_on, holdout_share="0")
    free = campaigns.Gift(PrizeKind.FREE_PRODUCT, "Cup", Decimal(5), product_id=rows["products"].pk)
    campaign(programme_on, VOUCHER, free, groups=["club"])
    assert gone(staff, CAMPAIGNS) == [[]]
    assert draw_of(settled(customer)).outcome == "won"
    for row in rows.values():
        row.delete()
    assert gone(staff, CAMPAIGNS) == [sorted(["club", Node.to_global_id("Product", free.product_id)])]
    assert draw_of(settled(customer)).outcome == "group"


@pytest.mark.parametrize("query", [RULES, CAMPAIGNS])
def test_a_list_asks_the_shop_as_often_as_one(query: str, staff: Any, rows: Any, programme_on: Any) -> None:  # noqa: F811
    def add(number: int) -> None:
        hosts.put_in_group(hosts.customer(f"{number}@example.com"), f"group {number}")
        rule("bonus", "7", products=[hosts.product("Cup", programme_on).pk], groups=[f"group {number}"])
        campaign(programme_on, name=f"Campaign {number}", groups=[f"group {number}"])

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            gone(staff, query)
        # What the host itself remembers of the shop for some seconds is asked now and then.
        return sum("site_sitesettings" not in query["sql"] for query in asked)

    add(0)
    statements()
    one = statements()
    for number in range(1, 6):
        add(number)
    assert statements() == one
