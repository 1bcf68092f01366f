"""Rated: what customers said of single products, as relations for a statement of whoever may ask.

Stars speak of their product. An answer about a whole order speaks of a product only where the order had no other, and
only when it is unhappy: it has no stars then. Nothing counts that was given on a page that did not say what for.
"""

from __future__ import annotations

UNHAPPY = 2  # satisfaction with an order, at most

_ANSWERS = "reciprocity_answer a JOIN reciprocity_invitation i ON i.id = a.invitation_id"
_COUNTS = "a.may_recommend AND a.answered_at IS NOT NULL"
_STARS = f"""
SELECT i.person, r.product_id, r.stars, a.answered_at AS said_at
FROM {_ANSWERS} JOIN reciprocity_rating r ON r.answer_id = a.id WHERE {_COUNTS}
"""  # noqa: S608 - constants
_UNHAPPY = f"""
SELECT i.person, a.product_id, NULL::int, a.answered_at FROM {_ANSWERS}
WHERE {_COUNTS} AND a.question = 'csat' AND a.score <= {UNHAPPY} AND a.product_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM reciprocity_rating r WHERE r.answer_id = a.id AND r.product_id = a.product_id)
"""  # noqa: S608 - constants

# The customer was asked, or their account has the order: as a guest's, or after people were merged.
_MINE = """
  AND i.id IN (
    SELECT m.id FROM reciprocity_invitation m WHERE m.user_id = %(user)s::int
    UNION ALL
    SELECT m.id FROM reciprocity_account c JOIN reciprocity_orderterms t ON t.account_id = c.id
    JOIN reciprocity_invitation m ON m.order_id = t.order_id WHERE c.user_id = %(user)s::int)
"""

# Each a row of person, product_id, stars (NULL: unhappy with an order of nothing else) and said_at.
OF_ALL = _STARS
OF_CUSTOMER = f"{_STARS}{_MINE} UNION ALL {_UNHAPPY}{_MINE}"
