"""The draw alone: as often as was said, each prize by its weight, the same again, and nothing to foresee it by."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import sqrt

import pytest

from saleor_reciprocity.surprises import draw

SECRET = "0f" * 32
ORDERS = 100_000


def tickets(secret: str = SECRET, orders: int = ORDERS) -> list[str]:
    return [draw.ticket_of(secret, f"order {number}") for number in range(orders)]


@pytest.mark.parametrize("probability", ["0.01", "0.1", "0.5"])
def test_an_order_wins_as_often_as_was_said(probability: str) -> None:
    chance = float(probability)
    won = sum(draw.wins(ticket, Decimal(probability)) for ticket in tickets())
    assert abs(won - ORDERS * chance) <= 4 * sqrt(ORDERS * chance * (1 - chance))


def test_each_prize_comes_by_its_weight_whether_the_order_won_or_not() -> None:
    weights = [(1, 70), (2, 25), (3, 5)]
    for said in (lambda ticket: True, lambda ticket: draw.wins(ticket, Decimal("0.3"))):
        drawn = [draw.prize_of(ticket, weights) for ticket in tickets() if said(ticket)]
        counts = Counter(drawn)
        for prize, weight in weights:
            expected = len(drawn) * weight / 100
            assert abs(counts[prize] - expected) <= 4 * sqrt(expected * (1 - weight / 100))


def test_never_and_always() -> None:
    assert not any(draw.wins(ticket, Decimal(0)) for ticket in tickets(orders=1000))
    assert all(draw.wins(ticket, Decimal(1)) for ticket in tickets(orders=1000))


def test_an_order_has_one_ticket_and_another_one_under_another_secret() -> None:
    assert tickets(orders=100) == tickets(orders=100)
    assert not set(tickets(orders=100)) & set(tickets(draw.new_secret(), orders=100))


def test_the_order_of_the_prizes_does_not_matter() -> None:
    weights = [(1, 70), (2, 25), (3, 5)]
    for ticket in tickets(orders=100):
        assert draw.prize_of(ticket, weights) == draw.prize_of(ticket, weights[::-1])
    assert draw.prize_of(tickets(orders=1)[0], []) is None


def test_what_is_published_of_a_secret_is_the_hash_of_its_bytes() -> None:
    assert draw.commitment("00" * 32) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
    assert draw.new_secret() != draw.new_secret()
