"""Power: the formula against published values and a simulation, and the shop's own numbers from its past orders."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.experiments.power import smallest_difference

from .. import hosts


@pytest.mark.parametrize(
    ("rate", "other", "each_group"), [(0.25, 0.40, 152), (0.10, 0.20, 199), (0.50, 0.60, 388), (0.05, 0.10, 435)]
)
def test_the_published_sizes_of_equal_groups(rate: float, other: float, each_group: int) -> None:
    found = smallest_difference(2 * each_group, 0.5, rate)
    assert found == pytest.approx(other - rate, rel=0.01)


def test_four_trials_of_five_see_what_it_says() -> None:
    people, share, rate = 2000, 0.2, 0.2
    difference = smallest_difference(people, share, rate)
    assert difference is not None
    luck, trials = random.Random(7), 600
    seen = sum(
        _significant(luck, int(people * share), int(people * (1 - share)), rate, difference) for _ in range(trials)
    )
    assert abs(seen / trials - 0.8) <= 4 * sqrt(0.8 * 0.2 / trials) + 0.02


def _significant(luck: random.Random, n1: int, n2: int, rate: float, difference: float) -> bool:
    x1 = sum(luck.random() < rate for _ in range(n1))
    x2 = sum(luck.random() < rate + difference for _ in range(n2))
    together = (x1 + x2) / (n1 + n2)
    spread = sqrt(together * (1 - together) * (1 / n1 + 1 / n2))
    return abs(x2 / n2 - x1 / n1) / spread > NormalDist().inv_cdf(0.975)


def test_too_few_people_see_nothing() -> None:
    assert smallest_difference(0, 0.2, 0.0) is None
    assert smallest_difference(4, 0.2, 0.5) is None
    assert smallest_difference(1000, 0.0, 0.5) is None


def test_the_shops_own_people_and_repeat_rate(channel: Any, customer: Any) -> None:
    days_ago = lambda days: timezone.now() - timedelta(days=days)  # noqa: E731
    hosts.order(customer, [("10", 1)], placed_at=days_ago(150))
    hosts.order(customer, [("10", 1)], placed_at=days_ago(100))
    hosts.order("Guest@example.com", [("10", 1)], placed_at=days_ago(120))
    hosts.order("guest@example.com", [("10", 1)], placed_at=days_ago(10))
    hosts.order("other@example.com", [("10", 1)], placed_at=days_ago(120))
    hosts.order("other@example.com", [("10", 1)], placed_at=days_ago(110), status="canceled")
    hosts.order("new@example.com", [("10", 1)], placed_at=days_ago(10))
    found = holdout.power_of(channel.id, Decimal("0.2"))
    assert (found.people, found.repeat_rate) == (3, pytest.approx(1 / 3))
    assert found.smallest_difference is None
