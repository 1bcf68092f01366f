"""Indexes of ours on the host's tables: what finds in them what has just changed, where the host has no index for it.

They are made after every `migrate`, not by a migration: which are wanted depends on the host, and a shop that moves to
the next Saleor generation has all migrations of ours behind it.
"""

from __future__ import annotations

from typing import Iterable, Tuple

from django.db import connections

Index = Tuple[str, str, str]  # name, table, columns

_THERE = """
SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = ANY(%s) AND pg_table_is_visible(c.oid)
"""


def make_missing_indexes(wanted: Iterable[Index], using: str = "default") -> None:
    """Make the indexes that are not there, one by one, while the shop goes on; one that was interrupted is redone."""
    connection = connections[using]
    concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"  # which no transaction allows
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [[name for name, _table, _columns in wanted]])
        there = dict(cursor.fetchall())
        for name, table, columns in wanted:
            if there.get(name):
                continue
            if name in there:
                cursor.execute(f"DROP INDEX {concurrently} IF EXISTS {name}")
            cursor.execute(f"CREATE INDEX {concurrently} IF NOT EXISTS {name} ON {table} ({columns})")
