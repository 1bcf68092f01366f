"""Runs things in threads at once, each with a database connection of its own, and brings them to one moment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import Any, Callable, Iterator

from django.db import connection, transaction

from saleor_reciprocity import host

from ..hosts.either import serve_from_test_database


def at_once(threads: int, do: Callable[[int], Any]) -> list[Any]:
    """What `do(0)` … `do(threads - 1)` return or raise when all begin at the same moment."""
    serve_from_test_database()
    start = Barrier(threads)

    def run(number: int) -> Any:
        try:
            with host.allow_writer():
                connection.ensure_connection()
                start.wait()
                return do(number)
        except Exception as error:  # noqa: BLE001 - what was raised is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def in_turn(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What both return or raise when `second` begins while `first` is done and not committed.

    `first` is committed once `second` waits for it, or is through without waiting.
    """
    done, through = Event(), Event()

    def holding(number: int) -> Any:
        if number:
            done.wait(30)
            try:
                return second()
            finally:
                through.set()
        with transaction.atomic():
            try:
                result = first()
            finally:
                done.set()
            while not through.is_set() and not somebody_waits():
                time.sleep(0.01)
        return result

    return at_once(2, holding)


SECONDS = 20  # that a side waits for the other at most


@contextmanager
def before(fragment: str, do: Callable[[], Any]) -> Iterator[None]:
    """Do something just before this thread's first statement that contains a fragment."""
    done: list[str] = []

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if fragment in sql and not done:
            done.append(sql)
            do()
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield
    assert done, f"nothing asked for {fragment}"


def interrupted(do: Callable[[], Any], moment: str, other: Callable[[], Any]) -> list[Any]:
    """`do` stops before a statement; `other` begins then, and `do` goes on when it is done or waits. Both results."""
    reached, over = Event(), Event()

    def wait_for_the_other() -> None:
        reached.set()
        for _look in range(SECONDS * 20):
            if over.wait(0.05) or somebody_waits():
                return
        raise AssertionError("the other side neither ends nor waits")

    def one() -> Any:
        with before(moment, wait_for_the_other):
            return do()

    def another() -> Any:
        assert reached.wait(SECONDS)
        try:
            return other()
        finally:
            over.set()

    return at_once(2, lambda number: (one, another)[number]())


def somebody_waits() -> bool:
    """Whether somebody waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
