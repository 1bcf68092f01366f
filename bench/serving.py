"""Recommendations for one customer, beside the statement alone in a cursor of the driver."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, programmes
from saleor_reciprocity.recommendations import serving, versions
from saleor_reciprocity.recommendations.models import CustomerList, Neighbour, Popularity, Preference
from saleor_reciprocity.recommendations.serving import Kind, Situation
from saleor_reciprocity.recommendations.statement import statement
from tests import hosts

from .ratio import Row, Timed, in_turns
from .shop import settle_down, switch

PRODUCTS, CUSTOMERS, LIST = 300, 50, 50


def measure(channel: host.Channel, pairs: int) -> Row:
    """Time the first page of twenty for customers in turn, who have both lists, preferences and a purchase of today."""
    switch(True)
    programmes.current(channel.id, timezone.now())
    customers = _fill(channel)
    by_hand = connection.get_new_connection(connection.get_connection_params())
    sql, turn = statement(Kind.FOR_YOU.name, signed_in=True, looking=False), iter(range(10**9))

    def situation() -> Situation:
        return Situation(timezone.now(), channel.slug, "US", customers[next(turn) // 2 % len(customers)])

    def prepare() -> Timed:
        asked = situation()
        return lambda: serving.recommend(Kind.FOR_YOU, asked, 20)

    def prepare_by_hand() -> Timed:
        parameters = serving.parameters(situation(), 20)

        def send() -> None:
            with by_hand.cursor() as cursor:
                cursor.execute(sql, parameters)
                cursor.fetchall()

        return send

    by_hand.autocommit = True
    settle_down()
    row = in_turns(
        "recommendations served ÷ the statement alone",
        2,
        prepare,
        prepare_by_hand,
        pairs=pairs,
        warm_up=50,
        notes={"products": PRODUCTS, "customers": CUSTOMERS, "products in each of two lists": LIST},
    )
    assert len(prepare()()) == 20, "a page was full"
    by_hand.close()
    return replace(row, notes={**row.notes, "ratio of the p99": round(row.subject.p99 / row.base.p99, 3)})


def _fill(channel: host.Channel) -> list[int]:
    """A trained shop: every table full, as after a training of a shop of this size."""
    chance, version = Random(1), versions.begin("bench", timezone.now())
    category = hosts.category("Everything")
    products = [hosts.product(f"Product {number}", channel, category=category) for number in range(PRODUCTS)]
    ids = [product.pk for product in products]
    users = [hosts.customer(f"shopper{number}@example.com") for number in range(CUSTOMERS)]
    CustomerList.objects.bulk_create(
        _list(chance, version, user, ids, kind) for user in users for kind in ("again", "new")
    )
    Neighbour.objects.bulk_create(
        Neighbour(version=version, product_id=one, neighbour_id=other, score=chance.random(), people=5)
        for one in ids
        for other in chance.sample([other for other in ids if other != one], LIST)
    )
    Popularity.objects.bulk_create(
        Popularity(
            version=version, channel_id=channel.id, category_id=where, product_id=one, score=chance.random(), people=5
        )
        for where in (None, category.pk)
        for one in chance.sample(ids, 100)
    )
    versions.serve(version, {}, timezone.now())
    Preference.objects.bulk_create(
        Preference(user=user, kind="category", object_id=category.pk, liked=True, updated_at=timezone.now())
        for user in users
    )
    for user in users:
        hosts.buy(user, chance.sample(products, 3))
    return [user.pk for user in users]


def _list(chance: Random, version: Any, user: Any, ids: list[int], kind: str) -> CustomerList:
    return CustomerList(
        version=version,
        user=user,
        kind=kind,
        product_ids=chance.sample(ids, LIST),
        scores=sorted((chance.random() for _ in range(LIST)), reverse=True),
        reasons=["again" if kind == "again" else "similar"] * LIST,
        because_product_ids=[None] * LIST,
    )
