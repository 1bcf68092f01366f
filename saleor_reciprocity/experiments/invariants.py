"""Invariants of experiments: what must be true of what was frozen, each as SQL that finds what breaks it."""

from __future__ import annotations

from .trust import OTHER_OUTCOME
from .units import UNITS

RULES = (
    (
        "a frozen outcome says the arm, the share and the day of whom it was frozen from",
        " UNION ALL ".join(
            f"""
        SELECT '{question}' AS question, o.unit, o.held_out, u.held_out AS of_unit, o.share, u.share AS share_of_unit,
          o.day, u.started_at
        {OTHER_OUTCOME.format(units=units, question=f"'{question}'")}
        """
            for question, units in UNITS.items()
        ),
    ),
)
