"""What is recommended is what the host itself offers to a stranger: over random catalogues, no more and no less."""

from __future__ import annotations

from random import Random
from typing import Any

import graphene
import pytest
from django.utils import timezone

from saleor_reciprocity.recommendations import serving
from saleor_reciprocity.recommendations.serving import Kind, Situation

from .. import hosts
from . import catalogues, model

SIZE = 60

# What the shop's own listing shows to a stranger, and of that what can be bought at this moment.
OFFERED = (
    "{ products(first: 100, channel: %s) { edges { node { id isAvailableForPurchase "
    "variants { quantityAvailable } } } } }"
    if hosts.MULTI_CHANNEL
    else "{ products(first: 100) { edges { node { id variants { isAvailable } } } } }"
)


def offered(channel: Any) -> set[int]:
    query = OFFERED % f'"{channel.slug}"' if hosts.MULTI_CHANNEL else OFFERED
    nodes = [edge["node"] for edge in hosts.GraphQL().data(query)["products"]["edges"]]
    return {
        int(graphene.Node.from_global_id(node["id"])[1])
        for node in nodes
        if node.get("isAvailableForPurchase", True)
        and any(variant.get("isAvailable") or variant.get("quantityAvailable", 0) > 0 for variant in node["variants"])
    }


@pytest.mark.parametrize("by_zones", [True, False] if hosts.STOCK_WITHOUT_ZONES else [True])
@pytest.mark.parametrize("seed", range(4))
def test_what_the_shop_offers_is_what_is_recommended(seed: int, by_zones: bool, programme_on: Any) -> None:
    chance = Random(seed)
    hosts.count_stock(by_zones=by_zones)
    other = hosts.open_channel("other-channel") if hosts.MULTI_CHANNEL else None
    places = catalogues.warehouses(programme_on, other)
    made = [catalogues.product(chance, number, programme_on, other, places) for number in range(SIZE)]
    model.popular(programme_on, made)
    situation = Situation(now=timezone.now(), channel=programme_on.slug, country="" if hosts.MULTI_CHANNEL else "US")
    shown = {item.product_id for item in serving.recommend(Kind.FOR_YOU, situation, 100)}
    assert shown == offered(programme_on)
    assert 0 < len(shown) < SIZE
