"""Messages a minute: due invitations sent by several processes at once, beside what the SMTP server itself can take.

The server is a process that accepts everything. Its own limit is what the same number of processes reach when they do
nothing but hand it the same finished messages, each over one connection. Every message has to arrive exactly once.
"""

from __future__ import annotations

import multiprocessing
import re
import secrets
import smtplib
import socket
import time
from collections import Counter
from datetime import timedelta
from typing import Any, Callable, NamedTuple

from aiosmtpd.controller import Controller
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, identity, messages
from saleor_reciprocity.mail import consent
from saleor_reciprocity.mail.models import CommunicationChoice, Mail, State
from saleor_reciprocity.mail.transports import SMTP_BACKEND
from saleor_reciprocity.surveys.models import Invitation
from tests import hosts

from .shop import settle_down, switch

WORKERS = (1, 4)
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
FORK = multiprocessing.get_context("fork")


class Taken(NamedTuple):
    """A message as the server took it."""

    sender: str
    to: str
    content: bytes


class _Sink:
    """Keeps what it accepts."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content))
        return "250 OK"


class _Server:
    """A mail server on the loopback, in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.ours, theirs = FORK.Pipe()
        self.process = FORK.Process(target=self._serve, args=(theirs,), daemon=True)
        self.process.start()
        self.ours.recv()

    def _serve(self, pipe: Any) -> None:
        sink = _Sink()
        controller = Controller(sink, hostname="127.0.0.1", port=self.port)
        controller.start()
        pipe.send(None)
        while pipe.recv():
            pipe.send(sink.taken)
            sink.taken = []
        controller.stop()

    def taken(self) -> list[Taken]:
        """What it accepted since it was asked last."""
        self.ours.send(True)
        return list(self.ours.recv())

    def close(self) -> None:
        self.ours.send(False)
        self.process.join()


def measure(channel: host.Channel, count: int) -> list[str]:
    """A line for each number of processes. Raises AssertionError if a message did not arrive, or arrived twice."""
    switch(True)
    hosts.configure(channel, active=True, survey_question="csat", survey_holdout_share="0", mail_consent="preference")
    settings.RECIPROCITY_MAILS_PER_MINUTE = 0
    server = _Server()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP_BACKEND, "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        return [_line(channel, server, count, workers) for workers in WORKERS]
    finally:
        server.close()


def _line(channel: host.Channel, server: _Server, count: int, workers: int) -> str:
    forget_what_waits()
    addresses = _invite(channel, count)
    settle_down()
    seconds = _together(workers, lambda number: messages.send(timezone.now()))
    arrived = server.taken()
    _each_once(addresses, arrived)
    limit = _together(workers, lambda number: _hand_over(server.port, arrived[number::workers]))
    if len(server.taken()) != count:
        raise AssertionError("the server did not take everything again")
    size = sum(len(one.content) for one in arrived) / count / 1024
    return (
        f"{workers} processes: {count / seconds * 60:,.0f} messages a minute, the server's limit "
        f"{count / limit * 60:,.0f}, ratio {limit / seconds:.2f} ({count:,} messages of {size:.0f} KB, each once)"
    )


def forget_what_waits() -> None:
    """Redemptions that were timed before have asked for messages, too; those are not counted here."""
    Mail.objects.filter(state=State.WAITING).delete()


def _invite(channel: host.Channel, count: int) -> set[str]:
    """Invitations that are due at this moment, of customers who agreed. Returns their addresses."""
    users, now, run = get_user_model().objects, timezone.now(), secrets.token_hex(4)
    addresses = [f"customer-{run}-{number}@example.com" for number in range(count)]
    users.bulk_create([users.model(email=address, is_active=True) for address in addresses], batch_size=1000)
    people = list(users.filter(email__contains=f"-{run}-"))
    hashes = {address: identity.email_hash(address) for address in addresses}
    CommunicationChoice.objects.bulk_create(
        [
            CommunicationChoice(
                person=hashes[user.email], user_id=user.pk, kind=consent.ALL, wanted=True, chosen_at=now, origin="bench"
            )
            for user in people
        ],
        batch_size=1000,
    )
    asked = Invitation.objects.bulk_create(
        [
            Invitation(
                order_id=order_id,
                order_number=str(user.pk),
                channel_id=channel.id,
                person=hashes[user.email],
                user_id=user.pk,
                language="en",
                question="csat",
                state="invited",
                made_at=now,
                invited_at=now,
            )
            for user, order_id in ((user, _arrived(user)) for user in people)
        ],
        batch_size=1000,
    )
    Mail.objects.bulk_create([_mail(invitation, now) for invitation in asked], batch_size=1000)
    return set(addresses)


def _arrived(user: Any) -> str:
    """The id of an order that the customer has received."""
    order = hosts.order(user, [("40", 1)])
    hosts.ship(order)
    return host.order_id(order)


def _mail(invitation: Invitation, now: Any) -> Mail:
    return Mail(
        kind="survey",
        source=f"survey:{invitation.order_id}",
        person=invitation.person,
        user_id=invitation.user_id,
        order_id=invitation.order_id,
        channel_id=invitation.channel_id,
        language=invitation.language,
        context={"invitation": invitation.pk},
        wanted_at=now,
        due_at=now,
        expires_at=now + timedelta(days=7),
        next_at=now,
    )


def _together(workers: int, work: Callable[[int], Any]) -> float:
    """Seconds from the moment at which all processes begin until the last has done its work."""
    connection.close()
    start = FORK.Barrier(workers + 1)
    processes = [FORK.Process(target=_begin, args=(work, number, start)) for number in range(workers)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    if any(process.exitcode for process in processes):
        raise AssertionError("a process failed")
    return seconds


def _begin(work: Callable[[int], Any], number: int, start: Any) -> None:
    connection.ensure_connection()
    start.wait()
    work(number)


def _hand_over(port: int, mails: list[Taken]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for message in mails:
            server.sendmail(message.sender, [message.to], message.content)


def _each_once(addresses: set[str], arrived: list[Taken]) -> None:
    recipients = Counter(one.to for one in arrived)
    ids = Counter(found.group(1) for one in arrived for found in [MESSAGE_ID.search(one.content)] if found)
    unsent = Mail.objects.filter(kind="survey").exclude(state="sent").count()
    if recipients != Counter(addresses) or set(ids.values()) != {1} or len(ids) != len(addresses) or unsent:
        raise AssertionError(f"{len(arrived)} of {len(addresses)} arrived at {len(recipients)} people; {unsent} unsent")
