"""The draw: what a campaign's secret decides for an order, the same for everybody who looks, foreseen by nobody. Pure.

    ticket = HMAC-SHA256(secret, order id)
    the order wins when the ticket's first half, as a fraction of 2^128, is below the campaign's probability
    the prize is where the ticket's second half, as such a fraction of the sum of the weights, falls

The SHA-256 of the secret is published when the campaign starts, the secret when it has ended.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from decimal import Decimal
from fractions import Fraction
from typing import Any, Iterable, Sequence


def new_secret() -> str:
    """A secret that nobody can guess: 32 random bytes, in hexadecimal."""
    return secrets.token_hex(32)


def commitment(secret: str) -> str:
    """What is published of a secret before it is revealed: its SHA-256."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def ticket_of(secret: str, order_id: str) -> str:
    """An order's ticket, in hexadecimal."""
    return hmac.new(bytes.fromhex(secret), order_id.encode(), hashlib.sha256).hexdigest()


def wins(ticket: str, probability: Decimal) -> bool:
    """Whether a ticket wins at a probability."""
    return _fraction(ticket[:32]) < Fraction(probability)


def prize_of(ticket: str, weights: Sequence[tuple[int, int]]) -> int | None:
    """The id of the prize that a ticket falls on, among (id, weight) pairs in the order of their ids; None of none."""
    where = _fraction(ticket[32:]) * sum(weight for _, weight in weights)
    for prize_id, weight in sorted(weights):
        where -= weight
        if where < 0:
            return prize_id
    return None


def seal_of(secret: str, facts: Iterable[Any]) -> str:
    """A seal over the facts of a draw, which no changed fact matches."""
    text = "\n".join(str(fact) for fact in facts)
    return hmac.new(bytes.fromhex(secret), f"seal\n{text}".encode(), hashlib.sha256).hexdigest()


def _fraction(half: str) -> Fraction:
    return Fraction(int(half, 16), 2**128)
