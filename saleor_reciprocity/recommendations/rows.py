"""Writes the rows of a training with COPY, a block a transaction."""

from __future__ import annotations

from io import StringIO
from typing import Any, Iterable, Sequence

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from .models import CustomerList, ModelVersion, Neighbour, Popularity

TRIES = 5
_LISTS = ("user_id", "kind", "product_ids", "scores", "reasons", "because_product_ids")


def write_neighbours(version: ModelVersion, rows: Iterable[Sequence[Any]]) -> None:
    """Rows of (product, neighbour, score, people)."""
    columns = ("version_id", "product_id", "neighbour_id", "score", "people")
    with transaction.atomic():
        _copy(Neighbour._meta.db_table, columns, ((version.pk, *row) for row in rows))


def write_popularity(version: ModelVersion, rows: Iterable[Sequence[Any]]) -> None:
    """Rows of (channel, category or None, product, score, people)."""
    columns = ("version_id", "channel_id", "category_id", "product_id", "score", "people")
    with transaction.atomic():
        _copy(Popularity._meta.db_table, columns, ((version.pk, *row) for row in rows))


def write_lists(version: ModelVersion, rows: Sequence[Sequence[Any]]) -> int:
    """Rows of (user, kind, products, scores, reasons, because). Returns how many were written: users may be gone."""
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _write_lists(version, rows)
        except IntegrityError:  # a user went away between the join and the commit
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _write_lists(version: ModelVersion, rows: Sequence[Sequence[Any]]) -> int:
    columns = ", ".join(_LISTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE reciprocity_coming ON COMMIT DROP AS "  # noqa: S608 - constants of ours
            f"SELECT {columns} FROM {CustomerList._meta.db_table} LIMIT 0"
        )
        _copy("reciprocity_coming", _LISTS, rows)
        cursor.execute(
            f"INSERT INTO {CustomerList._meta.db_table} (version_id, {columns}) "  # noqa: S608
            f"SELECT %s, c.* FROM reciprocity_coming c JOIN {get_user_model()._meta.db_table} u ON u.id = c.user_id",
            [version.pk],
        )
        written = int(cursor.rowcount)
        cursor.execute("DROP TABLE reciprocity_coming")
        return written


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = "".join("\t".join(map(_text, row)) + "\n" for row in rows)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor:
        if hasattr(cursor, "copy_expert"):  # psycopg 2
            cursor.copy_expert(statement, StringIO(text))
        else:
            with cursor.copy(statement) as copy:
                copy.write(text)


def _text(value: Any) -> str:
    """A value as COPY reads it. Texts are codes of ours and channel ids: nothing in them needs quoting."""
    if isinstance(value, (list, tuple)):
        return "{" + ",".join("NULL" if item is None else str(item) for item in value) + "}"
    return r"\N" if value is None else str(value)
