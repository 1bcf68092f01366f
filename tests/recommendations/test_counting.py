"""The training in SQL alone, against what its definition says, on a shop small enough to count by hand."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import permutations
from math import isclose, sqrt
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from saleor_reciprocity.recommendations import counting, preferences, serving
from saleor_reciprocity.recommendations.models import CustomerList, ModelVersion, Neighbour, Popularity
from saleor_reciprocity.recommendations.serving import Kind, Situation

from .. import hosts
from . import model
from .catalogues import drinks_and_others

DAY = timedelta(days=1)


@pytest.fixture
def crowd(programme_on: Any) -> Any:
    """Seven products and twelve people with the same random purchases every time; some of them guests."""
    chance = Random(7)
    products, categories = drinks_and_others(programme_on, 7)
    people = [hosts.customer(f"c{n}@example.com") if n % 4 else f"guest{n}@example.com" for n in range(12)]
    bought = {str(person): set() for person in people}  # type: ignore[var-annotated]
    for _ in range(30):
        person, basket = chance.choice(people), chance.sample(products, 2)
        hosts.buy(person, basket, placed_at=timezone.now() - chance.randrange(1, 400) * DAY)
        bought[str(person)].update(product.pk for product in basket)
    return products, people, bought, categories


def test_pairs_are_counted_by_people(crowd: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 3
    model.count()
    bought = crowd[2].values()
    buyers = Counter(product for own in bought for product in own)
    pairs = Counter(pair for own in bought for pair in permutations(own, 2))
    expected = {pair: people for pair, people in pairs.items() if people >= 3}
    found = {(row.product_id, row.neighbour_id): row for row in Neighbour.objects.all()}
    assert {pair: row.people for pair, row in found.items()} == expected
    assert expected, "the test shop has such pairs"
    for (a, b), row in found.items():
        assert isclose(row.score, pairs[a, b] / sqrt(buyers[a] * buyers[b]))


def test_popularity_counts_people_in_the_category_and_above(crowd: Any, programme_on: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 3
    model.count()
    products, _, bought, (drinks, tea) = crowd
    buyers = Counter(product for own in bought.values() for product in own)
    expected = set()
    for product in products:
        above = {drinks: (None, drinks.pk), tea: (None, drinks.pk, tea.pk), None: (None,)}[product.category]
        if buyers[product.pk] >= 3:
            expected |= {(programme_on.id, category, product.pk, buyers[product.pk]) for category in above}
    rows = Popularity.objects.values_list("channel_id", "category_id", "product_id", "people")
    assert set(rows) == expected


def test_lists_hold_what_was_bought_and_what_was_not(crowd: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 2
    model.count()
    _, people, bought, _ = crowd
    users = {person.pk: bought[str(person)] for person in people if not isinstance(person, str)}
    again = {row.user_id: row for row in CustomerList.objects.filter(kind="again")}
    assert {user: set(row.product_ids) for user, row in again.items()} == {u: own for u, own in users.items() if own}
    for row in CustomerList.objects.filter(kind="new"):
        assert not set(row.product_ids) & users[row.user_id]
        assert set(row.because_product_ids) <= users[row.user_id]
        assert set(row.reasons) == {"together"}
    assert CustomerList.objects.filter(kind="new").exists()


def test_often_and_lately_comes_first(programme_on: Any, customer: Any) -> None:
    a, b, c, d = (hosts.product(name, programme_on) for name in "abcd")
    now = timezone.now()
    for product, ages in ((a, (300, 310)), (b, (5, 15)), (c, (4,)), (d, (900,))):
        for age in ages:
            hosts.buy(customer, [product], placed_at=now - age * DAY)
    model.count()
    row = CustomerList.objects.get(kind="again")
    assert row.product_ids == [b.pk, c.pk, a.pk], "what is older than two years is not read"


def test_the_same_purchases_give_the_same_rows(crowd: Any) -> None:
    def rows() -> list[Any]:
        return [
            list(CustomerList.objects.order_by("user", "kind").values_list("user", "kind", "product_ids", "reasons")),
            list(Neighbour.objects.order_by("product_id", "neighbour_id").values_list("product_id", "neighbour_id")),
        ]

    model.count()
    first = rows()
    model.count()
    assert rows() == first
    assert ModelVersion.objects.count() == 1


def test_many_blocks_are_as_good_as_one(crowd: Any, monkeypatch: Any) -> None:
    model.count()
    expected = set(CustomerList.objects.values_list("user", "kind"))
    monkeypatch.setattr(counting, "BLOCK", 2)
    steps: list[str] = []
    model.count(lambda step, done, whole: steps.append(step))
    assert set(CustomerList.objects.values_list("user", "kind")) == expected
    assert steps[0] == "reading purchases"
    assert f"{len(steps) - 3} of {len(steps) - 3}" in steps[-1]


@pytest.mark.parametrize("step", ["read_purchases", "neighbours", "popularity", "_lists"])
def test_a_training_that_fails_leaves_the_old_one_serving(step: str, crowd: Any, monkeypatch: Any) -> None:
    old = model.count()
    before = CustomerList.objects.count(), Neighbour.objects.count(), Popularity.objects.count()
    work = getattr(counting, step)

    def fail(*arguments: Any) -> None:
        work(*arguments)
        raise InterruptedError

    monkeypatch.setattr(counting, step, fail)
    with pytest.raises(InterruptedError):
        model.count()
    assert ModelVersion.objects.get(serving=True) == old
    assert (CustomerList.objects.count(), Neighbour.objects.count(), Popularity.objects.count()) == before


def test_an_erased_customer_has_no_list_after_the_next_training(crowd: Any) -> None:
    model.count()
    gone = crowd[1][1]
    preferences.forget(gone.pk)
    assert not CustomerList.objects.filter(user_id=gone.pk).exists()
    user_id = gone.pk
    gone.delete()
    model.count()
    assert not CustomerList.objects.filter(user_id=user_id).exists()


def test_what_was_trained_is_served(programme_on: Any) -> None:
    tea, milk, bread = (hosts.product(name, programme_on) for name in ("tea", "milk", "bread"))
    people = [hosts.customer(f"c{n}@example.com") for n in range(6)]
    for number, person in enumerate(people):
        hosts.buy(person, [tea, milk] if number < 5 else [tea], placed_at=timezone.now() - DAY)
    hosts.buy(people[0], [bread], placed_at=timezone.now() - DAY)
    model.count()
    now = timezone.now()
    (item,) = serving.recommend(Kind.NEW_TO_YOU, Situation(now, user=people[5].pk), 9)
    assert (item.product_id, item.reason, item.because) == (milk.pk, "together", tea.pk)
    (item,) = serving.recommend(Kind.GOES_WITH, Situation(now, product=tea.pk), 9)
    assert item.product_id == milk.pk
    popular = serving.recommend(Kind.FOR_YOU, Situation(now), 9)
    assert [item.product_id for item in popular] == [tea.pk, milk.pk], "one person's bread is nobody's business"


def test_a_shop_without_orders_can_be_trained(programme_on: Any) -> None:
    version = model.count()
    assert version.serving
    assert {**version.figures, "seconds": 0} == {
        "neighbours": 0,
        "popular": 0,
        "lists": 0,
        "rated low by many": 0,
        "seconds": 0,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.reciprocity_bought')")
