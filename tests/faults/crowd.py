"""Runs one thing in many threads at once, each with a database connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Callable

from django.db import connection

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
