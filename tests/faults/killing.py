"""Kills: the process dies just before a statement, before a commit, or right after one. Then it starts anew."""

from __future__ import annotations

from contextlib import contextmanager
from io import StringIO
from typing import Any, Callable, Iterator

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, people, sweep
from saleor_reciprocity.points import expiry
from saleor_reciprocity.points import upkeep as points
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.surprises import due
from saleor_reciprocity.surprises import upkeep as gifts


class Killed(BaseException):
    """The process died here: nothing catches this, and the database rolls back what was not committed."""


class Executioner:
    """Counts the moments at which a process can die, and lets it die at the n-th."""

    def __init__(self, moment: int | None = None) -> None:
        self.moment, self.passed = moment, 0

    def pass_by(self) -> None:
        self.passed += 1
        if self.passed == self.moment:
            connection.run_on_commit = []
            if connection.in_atomic_block or not connection.get_autocommit():
                connection.connection.rollback()  # the server's answer to a client that is gone
            raise Killed

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Every statement has a moment before it; every commit has one before and one after it."""
        commit = connection.commit

        def watched_commit() -> None:
            self.pass_by()
            commit()
            self.pass_by()

        def watched(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            self.pass_by()
            return run(sql, params, many, context)

        connection.commit = watched_commit
        try:
            with connection.execute_wrapper(watched):
                yield
        finally:
            del connection.commit


def restart() -> None:
    """A new process has a new connection."""
    connection.close()


def look_after_everything() -> None:
    """All that the schedule does with points, codes and gifts."""
    with host.allow_writer():
        sweep.sweep()
        expiry.run(timezone.now())
        people.look(timezone.now(), thoroughly=True)
        points.look(timezone.now())
        codes.look(timezone.now())
        gifts.look(timezone.now())
        due.look(timezone.now())


@contextmanager
def killed_at(statement: int) -> Iterator[list[str]]:
    """Die just before the n-th statement."""
    seen: list[str] = []

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        if len(seen) == statement:
            raise Killed
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield seen


def until_it_survives(do: Callable[[], Any], after_each: Callable[[], None]) -> int:
    """Do something, killed at its first statement, its second, and so on, until it gets through."""
    statement = 0
    while True:
        statement += 1
        try:
            with killed_at(statement):
                do()
        except Killed:
            after_each()
            continue
        return statement - 1


def shop_is_right() -> None:
    call_command("reciprocity_check", stdout=StringIO())
