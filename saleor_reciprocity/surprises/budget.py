"""The budget: takes money and puts it back, each in one conditional statement; the only writer of what was spent.

Days and months are those of UTC. A worker whose clock is behind is counted on the newest day that was seen.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

from django.db import connection

from .models import Budget

_TAKE = """
UPDATE reciprocity_budget SET
  day_spent = CASE WHEN day >= %(day)s THEN day_spent ELSE 0 END + %(cost)s, day = GREATEST(day, %(day)s),
  month_spent = CASE WHEN month >= %(month)s THEN month_spent ELSE 0 END + %(cost)s, month = GREATEST(month, %(month)s),
  spent = spent + %(cost)s
WHERE id = %(id)s
  AND (per_day IS NULL OR CASE WHEN day >= %(day)s THEN day_spent ELSE 0 END + %(cost)s <= per_day)
  AND (per_month IS NULL OR CASE WHEN month >= %(month)s THEN month_spent ELSE 0 END + %(cost)s <= per_month)
  AND (total IS NULL OR spent + %(cost)s <= total)
RETURNING id
"""
_PUT_BACK = """
UPDATE reciprocity_budget SET spent = spent - %(cost)s,
  day_spent = day_spent - CASE WHEN day = %(day)s THEN %(cost)s ELSE 0 END,
  month_spent = month_spent - CASE WHEN month = %(month)s THEN %(cost)s ELSE 0 END
WHERE id = %(id)s
"""


def take(budget_id: int, cost: Decimal, now: datetime) -> bool:
    """Spend money if every limit allows it. Call it last: the budget's row is locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, _values(budget_id, cost, now))
        return cursor.fetchone() is not None


def put_back(budget_id: int, cost: Decimal, taken_at: datetime) -> None:
    """Return money: to the day and month in which it was taken while they last, and to the whole."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, _values(budget_id, cost, taken_at))


def spent_on_day(row: Budget, now: datetime) -> Decimal:
    """What was spent on the day of a moment."""
    return row.day_spent if row.day == _day(now) else Decimal(0)


def spent_in_month(row: Budget, now: datetime) -> Decimal:
    """What was spent in the month of a moment."""
    return row.month_spent if row.month == _day(now).replace(day=1) else Decimal(0)


def _day(moment: datetime) -> date:
    return moment.astimezone(timezone.utc).date()


def _values(budget_id: int, cost: Decimal, moment: datetime) -> dict[str, object]:
    day = _day(moment)
    return {"id": budget_id, "cost": cost, "day": day, "month": day.replace(day=1)}
