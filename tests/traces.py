"""What leads to a person, and where it is found: in every table of the plugin, whatever its models say."""

from __future__ import annotations

import re
from typing import Any, Iterable

from django.db import connection

from saleor_reciprocity import identity


def every_row() -> dict[str, list[str]]:
    """All rows of all tables whose name begins as ours do, each as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_name LIKE 'reciprocity%' ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608 - our own tables
            found[table] = [row for (row,) in cursor.fetchall()]
    assert len(found) > 30
    return found


def naming(traces: Iterable[str], user_id: int | None = None) -> dict[str, list[str]]:
    """The rows that hold one of these texts, whatever their case, or name a user: `user_id` is theirs, or `user:7`."""
    texts = [re.escape(trace) for trace in traces]
    if user_id is not None:
        texts += [rf'"user_id": {user_id}(?![0-9])', rf"user:{user_id}(?![0-9])"]
    pattern = re.compile("|".join(texts), re.IGNORECASE)
    found = {table: [row for row in rows if pattern.search(row)] for table, rows in every_row().items()}
    return {table: rows for table, rows in found.items() if rows}


def found_of(buyer: Any, *order_ids: str) -> dict[str, list[str]]:
    """What is left of a customer or a guest; but that their orders are not to be looked at again must be left."""
    email = buyer if isinstance(buyer, str) else buyer.email
    traces = (email, identity.email_hash(email), *order_ids)
    found = naming(traces, None if isinstance(buyer, str) else buyer.pk)
    ignored = found.pop("reciprocity_settledorder", [])
    assert all('"erased": true' in row and '"fingerprint": ""' in row for row in ignored), ignored
    return found
