"""Statements: reads rows, and what several parts of a report ask for only once."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Dict, Iterator, List, Optional

from django.db import connection, transaction

MEMORY = "64MB"  # for each sort and each table of a join, so that a large shop is counted without files

_Answers = Optional[Dict[str, List[Any]]]
_answers: ContextVar[_Answers] = ContextVar("answers", default=None)


@contextmanager
def each_once() -> Iterator[None]:
    """Let every statement be read once with the same values, however often it is asked for, in one transaction."""
    token = _answers.set({})
    try:
        with transaction.atomic():
            _execute("SELECT set_config('work_mem', %(memory)s, true)", {"memory": MEMORY})
            yield
    finally:
        _answers.reset(token)


def rows(sql: str, **values: Any) -> list[Any]:
    """The rows of a statement."""
    answers = _answers.get()
    if answers is None:
        return _execute(sql, values)
    key = f"{sql} {sorted(values.items())}"
    if key not in answers:
        answers[key] = _execute(sql, values)
    return answers[key]


def _execute(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
