"""Statements: all that something sends to the database, which does not depend on the machine as times do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator

from django.db import connection


def sent_by(do: Callable[[], Any]) -> list[str]:
    """What `do` sends, in order: with BEGIN, COMMIT and savepoints, also where Django does not count them."""
    with _recording() as sent:
        do()
    return sent


@contextmanager
def _recording() -> Iterator[list[str]]:
    sent: list[str] = []
    set_autocommit, commit = connection.set_autocommit, connection.commit

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(" ".join(sql.split()))
        return execute(sql, params, many, context)

    def begin(autocommit: bool, *args: Any, **kwargs: Any) -> None:
        sent.extend([] if autocommit else ["BEGIN"])
        set_autocommit(autocommit, *args, **kwargs)

    def committed() -> None:
        sent.append("COMMIT")
        commit()

    connection.set_autocommit, connection.commit = begin, committed
    try:
        with connection.execute_wrapper(record):
            yield sent
    finally:
        del connection.set_autocommit, connection.commit
