"""Feedback: what customers said of products, told from above as relations, because those who ask stand beside this.

Whoever tells it tells it as it is: what is withdrawn there is not seen here any more. No stars mean unhappy.
"""

from __future__ import annotations

from dataclasses import dataclass

_NOTHING = "SELECT NULL::text AS person, NULL::int AS product_id, NULL::int AS stars, NULL::timestamptz AS said_at"


@dataclass(frozen=True)
class Feedback:
    """Two relations of person, product_id, stars and said_at: of the customer `%(user)s`, and of all."""

    of_customer: str = f"{_NOTHING} WHERE false"
    of_all: str = f"{_NOTHING} WHERE false"


SILENCE = Feedback()
