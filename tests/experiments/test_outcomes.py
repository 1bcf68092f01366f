"""Outcomes: frozen once when their time has come, the same for both arms, and never changed afterwards."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from saleor_reciprocity.experiments.models import Outcome, Plan

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def a_plan(**values: Any) -> Plan:
    usual = {
        "question": "programme",
        "made_at": NOW,
        "start": NOW.date(),
        "evaluation": date(2026, 12, 3),
        "share": Decimal("0.2"),
        "prior_rate": 0.25,
        "planned_people": 1000,
        "level": Decimal("0.05"),
        "currency": "USD",
        "cap": Decimal(500),
        "money_mean": 20.0,
        "money_variance": 900.0,
    }
    return Plan.objects.create(**{**usual, **values})


@pytest.mark.parametrize("change", ["UPDATE {} SET share = 0.3", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_what_was_planned_and_what_was_found(change: str, db: Any) -> None:
    a_plan()
    Outcome.objects.create(
        question="programme", unit=1, day=NOW.date(), held_out=False, share="0.2", stratum=0, frozen_at=NOW
    )
    for table in ("reciprocity_plan", "reciprocity_outcome"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(table))
    assert (Plan.objects.get().share, Outcome.objects.get().share) == (Decimal("0.2"), Decimal("0.2"))
