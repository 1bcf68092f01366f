"""Transports: the ways out of the shop, each with the same outcomes. None of them knows the database."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any, Protocol

from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives, get_connection

from saleor_reciprocity import host, settings, wire

from .answers import Outcome, Stage, outcome_of, word_of
from .rendering import Letter, one_line

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
SECONDS = 30


class NoTransport(Exception):
    """There is no server, or it does not answer. Nothing was sent; the message says why."""


@dataclass(frozen=True)
class Envelope:
    """A letter with all that is around it."""

    message_id: str
    sent_at: datetime
    to: host.Recipient
    kind: str
    letter: Letter
    unsubscribe: str  # "", like `preferences`, in a message to the shop
    preferences: str


class Transport(Protocol):
    """An open transport. `domain` is the part after the @ of the ids of its messages."""

    domain: str

    def send(self, envelope: Envelope) -> tuple[Outcome, str]:
        """Try once. Returns what became of it, and a word about it that names nobody."""

    def close(self) -> None:
        """Leave."""


class MailTransport:
    """Mail by the server that writes to the channel's customers: its own, or else Django's backend."""

    def __init__(self, programme: settings.Programme, channel_id: str) -> None:
        server = host.mail_server(channel_id)
        if not django_settings.EMAIL_BACKEND and server is None:
            raise NoTransport("no mail server is configured")
        self.sender = sender_of(programme, server)
        self.domain = parseaddr(self.sender)[1].rpartition("@")[2]
        try:
            self.connection = _connection(server)
            self.connection.open()
        except smtplib.SMTPResponseException as error:
            raise NoTransport(_answered(Stage.GREETING, error.smtp_code, error.smtp_error)[1]) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NoTransport(f"the mail server does not answer ({type(error).__name__})") from error

    def send(self, envelope: Envelope) -> tuple[Outcome, str]:
        try:
            recipient = wire.mailbox(envelope.to.email)
        except ValueError:
            return Outcome.REFUSED, "no mail server takes this address"
        message = message_of(envelope, self.sender, recipient, self.connection)
        try:
            self.connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            ((code, text),) = error.recipients.values()
            return _answered(Stage.RECIPIENT, code, text)
        except smtplib.SMTPResponseException as error:
            return _answered(_stage_of(error), error.smtp_code, error.smtp_error)
        except (smtplib.SMTPNotSupportedError, ValueError) as error:  # a header that can't be sent
            return Outcome.REFUSED, f"the message can't be sent ({type(error).__name__})"
        except (smtplib.SMTPException, OSError) as error:
            return Outcome.BROKEN, f"the connection broke ({type(error).__name__})"
        return Outcome.ACCEPTED, ""

    def close(self) -> None:
        self.connection.close()


def _stage_of(error: smtplib.SMTPResponseException) -> Stage:
    stages = {smtplib.SMTPSenderRefused: Stage.SENDER, smtplib.SMTPDataError: Stage.CONTENT}
    return stages.get(type(error), Stage.GREETING)


def _answered(stage: Stage, code: int, text: bytes | str) -> tuple[Outcome, str]:
    plain = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return outcome_of(stage, code, plain), word_of(stage, code, plain)


def _connection(server: host.MailServer | None) -> Any:
    if server is None and django_settings.EMAIL_BACKEND == SMTP_BACKEND:
        return get_connection(timeout=django_settings.EMAIL_TIMEOUT or SECONDS)
    if server is None:
        return get_connection()
    return get_connection(
        SMTP_BACKEND,
        host=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.use_tls,
        use_ssl=server.use_ssl,
        timeout=SECONDS,
    )


def sender_of(programme: settings.Programme, server: host.MailServer | None) -> str:
    """Who the mails come from: as the plugin's page says, else the server's sender, else the shop's.

    Raises NoTransport where there is none, and for one that no mail server takes.
    """
    name, address = parseaddr((server.sender if server else "") or host.sender())
    address = programme.mail_sender_address or address
    if not address:
        raise NoTransport("no sender is configured")
    try:
        address = wire.mailbox(address)
    except ValueError as error:
        raise NoTransport("no mail server takes the sender's address") from error
    return formataddr((one_line(programme.mail_sender_name or name or host.shop_name()), address))


def message_of(envelope: Envelope, sender: str, recipient: str, connection: Any = None) -> EmailMultiAlternatives:
    """The mail, with the headers by which programs let people leave with one click (RFC 8058)."""
    letter = envelope.letter
    leaving = {
        "List-Unsubscribe": f"<{envelope.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=sender,
        to=[recipient],
        connection=connection,
        headers={
            "Message-ID": envelope.message_id,
            **(leaving if envelope.unsubscribe else {}),
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message
