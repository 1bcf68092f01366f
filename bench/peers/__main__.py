"""Prepares one of the ledgers, or counts what so many processes of it commit in so many seconds. `bench.crowds` asks.

python -m bench.peers hordak prepare ACCOUNTS
python -m bench.peers hordak run CONNECTIONS ACCOUNTS SECONDS
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from importlib import import_module
from multiprocessing.synchronize import Barrier
from typing import Any


def main() -> None:
    name, action, *numbers = sys.argv[1:]
    driver = import_module(f".{name}", __package__)
    if action == "prepare":
        driver.prepare(int(numbers[0]))
        return
    connections, accounts, seconds = int(numbers[0]), int(numbers[1]), float(numbers[2])
    fork = multiprocessing.get_context("fork")
    start, done = fork.Barrier(connections), fork.Value("q", 0)
    workers = [
        fork.Process(target=_work, args=(driver, number % accounts, seconds, start, done))
        for number in range(connections)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        sys.exit("a worker failed")
    print(done.value)


def _work(driver: Any, account: int, seconds: float, start: Barrier, done: Any) -> None:
    take = driver.debit_of(account)
    take()
    start.wait()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        take()
        count += 1
    with done.get_lock():
        done.value += count


if __name__ == "__main__":
    main()
