"""The time is asked for at the doors only: a linter sees to Python, this to the statements."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

PACKAGE = Path(__file__).parents[1] / "saleor_reciprocity"
CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b|'(now|today|tomorrow|yesterday)'::",
    re.IGNORECASE,
)


def texts(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_what_reads_a_clock_in_sql_is_recognised() -> None:
    read = ("a < now()", "CURRENT_DATE - 3", "clock_timestamp()", "'today'::date", "LOCALTIMESTAMP")
    others = ("a < %(now)s", "known()", "timezone.now", "now", "its current date", "localtime_of")
    assert [bool(CLOCKS.search(text)) for text in (*read, *others)] == [True] * 5 + [False] * 6


def test_no_statement_asks_the_database_for_the_time() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts]
    assert len(files) > 150
    found = {file.name: [text for text in texts(file.read_text()) if CLOCKS.search(text)] for file in files}
    assert {name: asked for name, asked in found.items() if asked} == {}
