"""No statement of the report reads rows again and again: what it touches grows with the shop, not with its square."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any, Iterator

from django.db import connection, transaction
from django.utils import timezone

from bench import reports
from saleor_reciprocity import host
from saleor_reciprocity.reports import report

ORDERS = 1500
# So often may an order be handled in one step of a plan; every one beside every other would be 1,500 times.
MOST = 30
# Of people and orders there are many.
LARGE = ("order_order", "reciprocity_assignment", "reciprocity_draw", "reciprocity_outcome", "reciprocity_invitation")


def test_no_step_of_any_plan_grows_with_the_square_of_the_shop(programme_on: host.Channel) -> None:
    now = timezone.now()
    with transaction.atomic():
        reports.make(programme_on, ORDERS, now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        statements = _statements(now)
        rows = _rows()
        heaviest = max(((_handled(*each), each[0]) for each in statements if _reads(each[0])), key=lambda one: one[0])
        transaction.set_rollback(True)
    assert rows > 7 * ORDERS
    assert len(statements) > 40
    assert heaviest[0] <= MOST * ORDERS, heaviest


def test_what_several_questions_ask_of_people_and_orders_is_read_once(programme_on: host.Channel) -> None:
    now = timezone.now()
    with transaction.atomic():
        reports.make(programme_on, 30, now)
        statements = _statements(now)
        transaction.set_rollback(True)
    asked = Counter(f"{sql} {values}" for sql, values in statements if any(table in sql for table in LARGE))
    assert len(asked) > 20
    assert [sql for sql, times in asked.items() if times > 1] == []


def _statements(now: datetime) -> list[tuple[str, Any]]:
    """What a report asks the database, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        statements.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(note):
        report.made(report.Scope(None, report.last_day(now), now))
    return statements


def _reads(sql: str) -> bool:
    return sql.strip().upper().startswith(("SELECT", "WITH"))


def _rows() -> int:
    with connection.cursor() as cursor:
        counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in reports.READ)  # noqa: S608 - constants
        cursor.execute(f"SELECT {counts}")
        return int(cursor.fetchone()[0])


def _handled(sql: str, values: Any) -> float:
    """How many rows the busiest step of a statement's plan handles."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", values)
        (found,) = cursor.fetchone()
    plans = json.loads(found) if isinstance(found, str) else found
    return max(_steps(plans[0]["Plan"]))


def _steps(plan: dict[str, Any]) -> Iterator[float]:
    """Of each step, the rows that it gave and those that it looked at in vain, in all its loops."""
    in_vain = sum(value for name, value in plan.items() if name.startswith("Rows Removed by"))
    yield (plan["Actual Rows"] + in_vain) * plan["Actual Loops"]
    for inner in plan.get("Plans", ()):
        yield from _steps(inner)
