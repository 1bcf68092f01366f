"""Runs one thing in many threads at once, each with a database connection of its own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any, Callable

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
            while not through.is_set() and not _somebody_waits():
                time.sleep(0.01)
        return result

    return at_once(2, holding)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])
