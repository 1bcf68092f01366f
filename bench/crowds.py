"""Redemptions per second from 1 to 16 connections, on one account and on many.

Each connection is a process of its own. What is counted is committed.
"""

from __future__ import annotations

import multiprocessing
import secrets
import time
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connection

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward
from tests import hosts

from .shop import settle_down, switch

CONNECTIONS = (1, 2, 4, 8, 16)


def measure(channel: host.Channel, seconds: float) -> list[str]:
    """A line for each number of connections."""
    switch(True)
    people = [_rich(f"crowd-{number}@example.com") for number in range(max(CONNECTIONS))]
    reward = Reward.objects.get(is_standard=True).pk
    settle_down()
    lines = []
    for count in CONNECTIONS:
        rates = {
            what: _rate(chosen, reward, seconds)
            for what, chosen in (("one account", people[:1] * count), ("an account each", people[:count]))
        }
        lines.append(
            f"{count:>2} connections: "
            + ", ".join(f"{rate:,.0f} redemptions/s on {what}" for what, rate in rates.items())
        )
    return lines


def _rich(email: str) -> host.Person:
    user = hosts.customer(email)
    order = hosts.order(user, [("100000000", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return host.person(user)


def _rate(people: list[host.Person], reward: int, seconds: float) -> float:
    """Redemptions per second of as many processes as there are people in the list."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(len(people))
    workers = [fork.Process(target=_work, args=(person, reward, start, seconds)) for person in people]
    before = Entry.objects.filter(kind="redemption").count()
    connection.close()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, "a worker failed"
    return (Entry.objects.filter(kind="redemption").count() - before) / seconds


def _work(person: Any, reward: int, start: Barrier, seconds: float) -> None:
    connection.close()
    with host.allow_writer():
        connection.ensure_connection()
        start.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            redemption.redeem(person, reward, secrets.token_hex(16))
    connection.close()
