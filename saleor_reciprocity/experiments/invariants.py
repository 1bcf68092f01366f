"""Invariants of experiments: what must be true of what was frozen, each as SQL that finds what breaks it."""

from __future__ import annotations

from .counted import SAYS_ANOTHER
from .units import UNITS

RULES = (
    (
        "a frozen outcome says the arm, the share and the day of whom it was frozen from",
        " UNION ALL ".join(
            f"""
        SELECT '{question}' AS question, o.unit, o.held_out, u.held_out AS of_unit, o.share, u.share AS share_of_unit,
          o.day, u.started_at
        FROM reciprocity_outcome o JOIN ({units}) u ON u.unit = o.unit
        WHERE o.question = '{question}' AND {SAYS_ANOTHER}
        """  # noqa: S608 - constants
            for question, units in UNITS.items()
        ),
    ),
)
