"""Assignment: whether a person is held out of an experiment, by a keyed hash of both. Pure."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from fractions import Fraction

SURPRISES = "surprises"
SURVEYS = "surveys"
RECOMMENDATIONS = "recommendations"


def position(key: bytes, experiment: str, person: str) -> Fraction:
    """Where a person stands in an experiment: from 0 to below 1, evenly, and independent of any other experiment."""
    digest = hmac.new(key, f"{experiment}:{person}".encode(), hashlib.sha256).digest()
    return Fraction(int.from_bytes(digest, "big"), 2**256)


def is_held_out(key: bytes, experiment: str, person: str, share: Decimal) -> bool:
    """Whether a person belongs to the share of people that an experiment leaves out."""
    return position(key, experiment, person) < Fraction(share)
