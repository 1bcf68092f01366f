"""Redemptions per second from 1 to 16 connections, on one account and on many, beside ledgers from the package index.

Each connection is a process of its own. What is counted is committed. The others only take points from an account, so
ours is also timed doing just that.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import subprocess
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Callable, Sequence

from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points import accounts, ledger
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward
from tests import hosts

from .shop import settle_down, switch

CONNECTIONS = (1, 2, 4, 8, 16)
PEERS = ("hordak", "capone", "credit_ledger")
PYTHON = Path(".venv/peers/bin/python")

Take = Callable[[host.Person], object]


def measure(channel: host.Channel, seconds: float, beside: bool) -> list[str]:
    """How often a second, committed: a line for each number of connections and kind of crowd, a column a subject."""
    switch(True)
    people = [_rich(f"crowd-{number}@example.com") for number in range(max(CONNECTIONS))]
    reward = Reward.objects.get(is_standard=True).pk
    ours: dict[str, Take] = {
        "redemptions": lambda person: redemption.redeem(person, reward, secrets.token_hex(16), now=timezone.now()),
        "our ledger": _take,
    }
    peers = [_Peer(name, len(people)) for name in PEERS] if beside else []
    settle_down()
    lines = [_line("A second, committed", [*ours, *(peer.name for peer in peers)])]
    for count in CONNECTIONS:
        for crowd, owners in (("one account", 1), ("an account each", count)):
            rates = [_rate(people[:owners], count, take, seconds) for take in ours.values()]
            rates += [peer.rate(count, owners, seconds) for peer in peers]
            lines.append(_line(f"{count:>2} connections, {crowd}", [f"{rate:,.0f}" for rate in rates]))
            print(lines[-1], flush=True)
    for peer in peers:
        peer.close()
    return lines


def _line(what: str, cells: list[str]) -> str:
    return f"{what:<32}" + "".join(f"{cell:>15}" for cell in cells)


def _rich(email: str) -> host.Person:
    user = hosts.customer(email)
    order = hosts.order(user, [("100000000", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return host.person(user)


def _take(person: host.Person) -> None:
    """What the others do: points taken under a lock, never below zero, once for each key, committed."""
    now = timezone.now()
    with transaction.atomic():
        posting = ledger.Posting(kind="adjustment", source=secrets.token_hex(16), happened_at=now, points=-100)
        ledger.spend(accounts.lock_account_of(person, now), posting, now)


def _rate(people: Sequence[host.Person], connections: int, take: Take, seconds: float) -> float:
    """How often a second so many processes do something, each with one of the people."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(connections)
    workers = [
        fork.Process(target=_work, args=(people[number % len(people)], take, start, seconds))
        for number in range(connections)
    ]
    before = Entry.objects.count()
    connection.close()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, "a worker failed"
    return (Entry.objects.count() - before) / seconds


def _work(person: host.Person, take: Take, start: Barrier, seconds: float) -> None:
    connection.close()
    with host.allow_writer():
        connection.ensure_connection()
        start.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            take(person)
    connection.close()


class _Peer:
    """Another ledger, in a database of its own on the same server."""

    def __init__(self, name: str, accounts: int) -> None:
        self.name, self.database = name, f"bench_{name}"
        self.close()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {self.database}")
        self._run("prepare", accounts)

    def rate(self, connections: int, accounts: int, seconds: float) -> float:
        return int(self._run("run", connections, accounts, seconds)) / seconds

    def _run(self, *arguments: object) -> str:
        server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
        command = [str(PYTHON), "-W", "ignore", "-m", "bench.peers", self.name, *map(str, arguments)]
        environment = {**os.environ, "DATABASE_URL": f"{server}/{self.database}"}
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout

    def close(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.database}")
