"""A shop with a past: one order and one customer, copied as often as wanted by SQL in the host's own tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from saleor.order.models import Fulfillment, FulfillmentLine

from tests import hosts

ORDERS_OF_ONE = 10  # of one customer

_COPY = """
INSERT INTO {table} ({columns}) SELECT {values}
FROM {table} t, generate_series(1, %(count)s) n WHERE t.{key} = %(original)s
"""


def make(
    orders: int,
    before: datetime,
    of_one: int = ORDERS_OF_ONE,
    gap: timedelta = timedelta(minutes=1),
    shelved: bool = False,
) -> None:
    """So many shipped orders, so far apart, the last of them placed before a moment; each customer has as many.

    What was bought is a product of the shop if it is `shelved`.
    """
    buyer = hosts.customer("past@example.com")
    order = hosts.order(buyer, [("49.95", 1)], placed_at=before)
    if shelved:
        hosts.shelve(order, 0)
    hosts.ship(order)
    line, fulfillment = order.lines.get(), Fulfillment.objects.get(order=order)
    shipped = FulfillmentLine.objects.get(fulfillment=fulfillment)
    buyers = max(1, orders // of_one)
    who, order_key = f"n %% {buyers} + 1", _key_of_copy(order)
    moment = "%(before)s - n * %(gap)s"
    _copy(buyer, buyers, email=f"'past-{buyer.pk}-' || n || '@example.com'", uuid="gen_random_uuid()")
    _copy(
        order,
        orders,
        before=before,
        gap=gap,
        token="gen_random_uuid()::text",  # noqa: S106 - what Saleor 2 calls an order by
        number=f"{getattr(order, 'number', 0)} + n",
        user_id=_key_of_copy(buyer, who),
        user_email=f"'past-{buyer.pk}-' || {who} || '@example.com'",
        created=moment,
        created_at=moment,
    )
    _copy(line, orders, order_id=order_key)
    _copy(fulfillment, orders, order_id=order_key)
    _copy(shipped, orders, fulfillment_id=_key_of_copy(fulfillment), order_line_id=_key_of_copy(line))
    for row in (shipped, fulfillment, line, order, buyer):
        row.delete()


def _copy(
    row: models.Model, count: int, before: datetime | None = None, gap: timedelta | None = None, **changes: str
) -> None:
    """Copies of a row; each column has its value or, where the generation has such a column, the SQL given here."""
    key = row._meta.pk.column
    values: dict[str, Any] = {**changes, key: _key_of_copy(row)}
    columns = [field.column for field in row._meta.concrete_fields]
    sql = _COPY.format(
        table=row._meta.db_table,
        key=key,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(values.get(column, f't."{column}"') for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"count": count, "original": row.pk, "before": before, "gap": gap})
        if _has_number(row):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [row._meta.db_table, key, row.pk + count]
            )


def _key_of_copy(row: models.Model, n: str = "n") -> str:
    """The key of the n-th copy of a row, in SQL."""
    return f"{row.pk} + {n}" if _has_number(row) else f"md5('copy of {row.pk} ' || {n})::uuid"


def _has_number(row: models.Model) -> bool:
    return isinstance(row._meta.pk, models.AutoField)
