"""A real SMTP server for tests, which keeps what it accepts and can misbehave."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Callable

from aiosmtpd.controller import Controller


class Post:
    """Keeps the mails that it accepted. `on_helo`, `on_mail`, `on_rcpt` and `on_data` may answer other than 250."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.asked = 0  # how often somebody wanted to send something
        self.senders: list[str] = []
        self.on_helo: Callable[[str], str] = lambda name: "250 OK"
        self.on_mail: Callable[[str], str] = lambda address: "250 OK"
        self.on_rcpt: Callable[[str], str] = lambda address: "250 OK"
        self.on_data: Callable[[EmailMessage], str] = lambda mail: "250 OK"
        self.port = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, responses: Any) -> Any:
        answer = self.on_helo(name)
        session.host_name = name if answer.startswith("250") else None
        return responses if answer.startswith("250") else [answer]

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, name: str) -> str:
        return self.on_helo(name)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked += 1
        self.senders.append(address)
        answer = self.on_mail(address)
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.on_rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        answer = self.on_data(mail)
        if answer.startswith("250"):
            mail["X-To"] = ",".join(envelope.rcpt_tos)
            self.accepted.append(mail)
        return answer


def opened(post: Post, **options: Any) -> Controller:
    """The server, listening on a free port of the loopback."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        post.port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=post.port, **options)
    controller.start()
    return controller
