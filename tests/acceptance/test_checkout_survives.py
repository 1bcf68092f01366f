"""Whatever goes wrong in the plugin, the checkout completes, its mail arrives, and the points come later."""

from __future__ import annotations

import socket
import time
from threading import Event, Thread
from typing import Any, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.db import connection, transaction
from django.utils import timezone

from demo.storefront import Customer, Staff
from saleor_reciprocity import host, settlement, sweep
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account

from .. import hosts
from .shop import PROGRAMME, cup


class Mailbox(Message):
    """Keeps what an SMTP server receives."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)

    def confirmations(self) -> list[str]:
        return [mail["To"] for mail in self.mails if "order" in mail["Subject"].lower()]


@pytest.fixture
def mailbox(ada: Customer, staff: Staff, channel: host.Channel, settings: Any) -> Iterator[Mailbox]:
    """A mail server on this machine, to which the shop sends."""
    received = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    hosts.mail_through(port, channel, settings)
    staff.set_programme(True, **PROGRAMME)
    yield received
    server.stop()


def arrived(mailbox: Mailbox) -> bool:
    deadline = time.monotonic() + 20
    while "ada@example.com" not in mailbox.confirmations() and time.monotonic() < deadline:
        time.sleep(0.05)
    return "ada@example.com" in mailbox.confirmations()


def test_a_hook_that_raises(mailbox: Mailbox, ada: Customer, monkeypatch: Any) -> None:
    def fail(order_id: str, now: Any, look: host.Look) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(settlement, "DOMAINS", (settlement.Domain("points", fail),))
        order = ada.buy(cup(ada), 2)

    assert (order.total, order.loyalty) == (90, None)
    assert arrived(mailbox)
    sweep.sweep()
    assert Account.objects.get().pending == 80


def test_a_table_that_is_missing(mailbox: Mailbox, ada: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reciprocity_settledorder RENAME TO elsewhere")
    try:
        order = ada.buy(cup(ada), 2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO reciprocity_settledorder")

    assert order.total == 90
    assert arrived(mailbox)
    sweep.sweep()
    assert Account.objects.get().pending == 80


def test_an_account_that_is_locked(mailbox: Mailbox, ada: Customer, settings: Any) -> None:
    settings.RECIPROCITY_HOOK_SECONDS = 0.5
    ada.buy(cup(ada), 1)
    locked, done = Event(), Event()

    def hold() -> None:
        with host.allow_writer(), transaction.atomic():
            accounts.lock(Account.objects.get().pk, timezone.now())
            locked.set()
            done.wait(60)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    assert locked.wait(20)
    mailbox.mails.clear()
    try:
        order = ada.buy(cup(ada), 2)
    finally:
        done.set()
        holder.join()

    assert (order.total, order.loyalty) == (90, None)
    assert arrived(mailbox)
    sweep.sweep()
    assert Account.objects.get().pending == 40 + 80
