"""The lists that are counted in SQL: what every recommender has to do, and against the same by brute force."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from math import sqrt
from typing import Any

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.recommendations import counting
from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.lists import NOTHING, Lists, Wanted
from saleor_reciprocity.recommendations.models import CustomerList, Neighbour

from . import model
from .recommender import PEOPLE, Recommender, history, lines

SOLD = "SELECT * FROM sold"


@pytest.fixture
def market(db: Any, monkeypatch: Any) -> Any:
    """Sells what a history says: person n is the user with this id plus FIRST, item n the product n + 1."""
    monkeypatch.setattr(host, "PURCHASES", SOLD)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE sold (order_id text, person text, user_id int, product_id int, channel_id text, "
            "placed_at timestamptz, quantity int) ON COMMIT DROP"
        )
    users = get_user_model().objects.bulk_create(
        get_user_model()(email=f"p{number}@example.com") for number in range(PEOPLE)
    )
    return [user.pk for user in users]


def sell(users: list[int], known: History) -> None:
    """These lines, and what the same people buy after the day up to which they are known."""
    now, rows = timezone.now(), list(zip(known.person, known.item, known.day))
    if known.people == PEOPLE:
        rows += [row for row in zip(*lines()) if row[2] >= known.now]
    sold = [
        ("x", str(users[who]), users[who], int(item) + 1, "1", now + timedelta(days=int(day - known.now), hours=1), 1)
        for who, item, day in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sold")
        cursor.executemany("INSERT INTO sold VALUES (%s, %s, %s, %s, %s, %s, %s)", sold)


def counted(users: list[int], known: History, length: int, kind: str) -> Lists:
    found = Lists.empty(known.people, length)
    for row in CustomerList.objects.filter(kind=kind):
        who, kept = users.index(row.user_id), min(len(row.product_ids), length)
        found.items[who, :kept] = np.array(row.product_ids[:kept]) - 1
        found.scores[who, :kept] = row.scores[:kept]
    return found


class TestCounting(Recommender):
    @pytest.fixture(autouse=True)
    def shop(self, market: Any) -> None:
        self.users = market

    def lists(self, known: History, length: int, wanted: Wanted, seed: int) -> Lists:
        sell(self.users, known)
        model.count()
        again, new = (counted(self.users, known, length, kind) for kind in ("again", "new"))
        return {Wanted.AGAIN: again, Wanted.NEW: new, Wanted.ALL: again.then(new)}[wanted]


def test_the_lists_agree_with_the_same_by_brute_force(market: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 5
    known = history(now=90)
    sell(market, known)
    model.count()
    weight: Any = defaultdict(lambda: defaultdict(float))
    for who, item, day in zip(known.person.tolist(), known.item.tolist(), known.day.tolist()):
        weight[who][item] += 0.5 ** ((known.now - day - 1 / 24) / 90)
    buyers = {item: {who for who in weight if item in weight[who]} for who in weight for item in weight[who]}
    near: Any = defaultdict(list)
    for one in buyers:
        for other in buyers:
            both = len(buyers[one] & buyers[other])
            if one != other and both >= 5:
                near[one].append((both / sqrt(len(buyers[one]) * len(buyers[other])), other, both))
    found = {
        (row.product_id - 1, row.neighbour_id - 1): (row.people, pytest.approx(row.score))
        for row in Neighbour.objects.all()
    }
    assert found == {(one, other): (both, score) for one in near for score, other, both in near[one]}
    for who, user in enumerate(market):
        again, new = (dict(_scored(user, kind)) for kind in ("again", "new"))
        assert again == {item: pytest.approx(score, rel=1e-4) for item, score in weight[who].items()}
        expected: Any = defaultdict(float)
        for item, score in weight[who].items():
            for likeness, other, _both in sorted(near[item], key=lambda n: (-n[0], n[1]))[: counting.OF_EACH_SEED]:
                if other not in weight[who]:
                    expected[other] += score * likeness
        assert new == {item: pytest.approx(score, rel=1e-4) for item, score in expected.items()}
    assert counted(market, known, 5, "new").items[0, 0] != NOTHING


def _scored(user: int, kind: str) -> Any:
    """(item, score) of a list."""
    return [
        (product - 1, score)
        for row in CustomerList.objects.filter(user_id=user, kind=kind)
        for product, score in zip(row.product_ids, row.scores)
    ]
