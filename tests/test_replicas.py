"""What commands read from another database: all of it, no more than has arrived, and what is said when it is gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from saleor_reciprocity.management import replicas

MIDNIGHT = datetime(2026, 3, 2, tzinfo=timezone.utc)
COMMANDS = ("reciprocity_report", "reciprocity_train", "reciprocity_evaluate")


@pytest.fixture
def nowhere(db: Any, monkeypatch: Any) -> Iterator[str]:
    """An alias of a server that is gone."""
    usual = connections["default"]
    gone = {**usual.settings_dict, "HOST": "localhost", "PORT": "1"}
    monkeypatch.setitem(connections.databases, "gone", gone)
    connections["gone"] = type(usual)(gone, usual.alias)  # Django's tests let nobody connect by another name
    yield "gone"
    del connections["gone"]


def test_all_that_is_read_is_read_from_the_other_database(db: Any) -> None:
    usual = connections["default"]
    connections["elsewhere"] = other = object()  # type: ignore[assignment]
    try:
        with replicas.instead("elsewhere"):
            assert connections["default"] is other
    finally:
        del connections["elsewhere"]
    assert connections["default"] is usual


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_not_named_in_the_settings_is_refused(command: str, db: Any) -> None:
    with pytest.raises(CommandError, match="There is no database moon in DATABASES"):
        call_command(command, database="moon", stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_replica_that_is_gone_is_said_to_give_no_answer(command: str, nowhere: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match=r"The database gone gave no answer: .*[Cc]onnection"):
        call_command(command, database=nowhere, stdout=out, stderr=StringIO())
    assert out.getvalue() == ""
    assert connections["default"].alias == "default"


@pytest.mark.parametrize(
    ("replayed", "enough"),
    [
        (MIDNIGHT - timedelta(seconds=1), False),
        (MIDNIGHT, True),
        (None, True),  # a primary, or one that can't tell
    ],
)
def test_a_report_is_made_of_whole_days_only(replayed: datetime | None, enough: bool, db: Any) -> None:
    def far(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        asked = sql == "SELECT pg_last_xact_replay_timestamp()"
        return execute("SELECT %s::timestamptz" if asked else sql, [replayed] if asked else values, *rest)

    out = StringIO()
    with connection.execute_wrapper(far):
        if enough:
            call_command("reciprocity_report", until=date(2026, 3, 1), stdout=out)
            assert "Up to and with 1 March 2026" in out.getvalue()
            return
        with pytest.raises(CommandError) as refused:
            call_command("reciprocity_report", until=date(2026, 3, 1), stdout=out)
    assert str(refused.value) == (
        "The database default has what was stored until 2026-03-01 23:59:59 UTC and not until "
        "2026-03-02 00:00:00 UTC. Try again when it has caught up, or name an earlier day."
    )
    assert out.getvalue() == ""
