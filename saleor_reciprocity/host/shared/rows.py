"""Rows: how a statement about orders is written and its rows are read. For the rooms of a generation alone."""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from itertools import groupby
from typing import Any, Callable, Iterator, Mapping, Sequence

from django.db import connection

from ..facts import Look, Order


def named(columns: Mapping[str, str]) -> str:
    """Expressions of SQL under their names, for a SELECT."""
    return ", ".join(f"{sql} AS {name}" for name, sql in columns.items())


def unnamed(columns: Mapping[str, str]) -> str:
    """Expressions of SQL without their names, for a ROW."""
    return ", ".join(columns.values())


def by_order(sql: str, order_ids: list[str]) -> Iterator[list[Any]]:
    """What a statement about chosen orders finds, order by order, if its rows are sorted so."""
    rows = named_rows(sql, {"order_ids": order_ids}) if order_ids else []
    for _order_id, of_order in groupby(rows, key=lambda row: row.order_id):
        yield list(of_order)


def look_at(
    sql: str,
    order_id: str,
    possible: list[str],
    columns: Mapping[str, str],
    joins: str,
    more: Mapping[str, Any],
    order: Callable[[Sequence[Any]], Order],
) -> Look:
    """What a statement about one order sees, with room for `columns` and `joins`, if the id is a `possible` one."""
    values = {**more, "order_id": order_id if possible else None, "order_ids": possible}
    rows = named_rows(sql.format(beside=named(columns), joins=joins), values)
    found = order(rows) if rows[0].order_id is not None else None
    return Look(found, rows[0].fingerprint or "", {name: getattr(rows[0], name) for name in columns})


def fingerprints(sql: str, order_ids: list[str]) -> dict[str, str]:
    """The fingerprints that a statement about chosen orders finds, by order."""
    rows = named_rows(sql, {"order_ids": order_ids}) if order_ids else []
    return {row.order_id: row.fingerprint for row in rows}


def named_rows(sql: str, params: Any) -> list[Any]:
    """What a statement finds, each row with its columns as attributes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row_type = _row_type(tuple(column[0] for column in cursor.description))
        return [row_type(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=None)
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)
