"""The endpoint: messages, and whatever else the shop is told, as signed POSTs to an address of the shop's own.

The body is JSON. `Reciprocity-Signature` is `v1=` and the hexadecimal HMAC-SHA-256, keyed with the shop's secret,
over `Reciprocity-Timestamp` (seconds since 1970), a full stop, and the body. `Idempotency-Key` is the same for every
attempt. The host's name is resolved once and the connection made to what was looked at, so that a name can't first
point outside and then inside the shop's network. Redirects are not followed. Nothing of a message or an answer is
logged.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from datetime import datetime
from typing import Any

from saleor_reciprocity import deployment, host, settings, wire

from . import networks
from .answers import Outcome
from .transports import Envelope, NoTransport

SECONDS = 10
ABOUT_THE_MESSAGE = (400, 409, 410, 413, 422)  # any other refusal is about the address, the secret or the server
NOT_TAKEN = 503


class Endpoint:
    """An address of the shop's own that takes POSTs, with its name resolved to one that may be connected to.

    Raises NoTransport where it may not, and without a secret that is long enough.
    """

    def __init__(self, address: str, secret: str) -> None:
        self._secret = secret
        if len(self._secret) < settings.SHORTEST_SECRET:
            raise NoTransport("the endpoint has no secret")
        if not deployment.is_safe(address):
            raise NoTransport("the endpoint is not https")
        try:
            self._target = wire.web(address)
        except ValueError as error:
            raise NoTransport("the endpoint's address can't be used") from error
        self.domain = self._target.hostname or ""
        self._port = self._target.port or (443 if self._target.scheme == "https" else 80)
        self._address = _public_address(self._target.hostname or "", self._port)

    def post(self, body: bytes, key: str, now: datetime) -> tuple[Outcome, str]:
        """What became of a POST under this idempotency key, and what went wrong, in a word."""
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            return Outcome.TROUBLE, f"the endpoint does not answer ({type(error).__name__})"
        try:
            connection.request("POST", self._path(), body, self._headers(body, key, now))
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return Outcome.BROKEN, f"the connection broke ({type(error).__name__})"
        finally:
            connection.close()
        return _outcome(status), "" if 200 <= status < 300 else f"the endpoint answered {status}"

    def _connection(self) -> http.client.HTTPConnection:
        name = self._target.hostname or ""
        if self._target.scheme == "https":
            return _PinnedHTTPS(name, self._port, self._address)
        return _PinnedHTTP(name, self._port, self._address)

    def _path(self) -> str:
        query = f"?{self._target.query}" if self._target.query else ""
        return self._target.path + query

    def _headers(self, body: bytes, key: str, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "saleor-reciprocity",
            "Idempotency-Key": key,
            "Reciprocity-Timestamp": timestamp,
            "Reciprocity-Signature": signature_of(self._secret, timestamp, body),
        }


class EndpointTransport:
    """The endpoint that a channel's messages go to."""

    def __init__(self, programme: settings.Programme, channel_id: str) -> None:
        _, values = host.plugin_configuration(settings.PLUGIN_ID, channel_id)
        self._endpoint = Endpoint(programme.mail_endpoint, str(values.get("mail_endpoint_secret") or ""))
        self.domain = self._endpoint.domain

    def send(self, envelope: Envelope) -> tuple[Outcome, str]:
        body = json.dumps(payload_of(envelope), ensure_ascii=False).encode()
        return self._endpoint.post(body, envelope.message_id, envelope.sent_at)

    def close(self) -> None:
        """Every POST has a connection of its own."""


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """What the header `Reciprocity-Signature` says."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def payload_of(envelope: Envelope) -> dict[str, Any]:
    """What is posted."""
    letter = envelope.letter
    return {
        "id": envelope.message_id,
        "kind": envelope.kind,
        "to": {"email": envelope.to.email, "name": envelope.to.name},
        "language": letter.language,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "unsubscribe": envelope.unsubscribe,
        "preferences": envelope.preferences,
    }


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.ACCEPTED
    if status in ABOUT_THE_MESSAGE:
        return Outcome.REFUSED
    return Outcome.UNCLEAR if status >= 500 and status != NOT_TAKEN else Outcome.TROUBLE


def _public_address(name: str, port: int) -> str:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NoTransport("the endpoint's name is not known") from error
    if not deployment.private_endpoints() and not all(networks.is_public(address) for address in found):
        raise NoTransport("the endpoint is not a public address")
    return found[0]


class _PinnedHTTP(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that it was found by."""

    def __init__(self, name: str, port: int, address: str) -> None:
        super().__init__(name, port, timeout=SECONDS)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), SECONDS)


class _PinnedHTTPS(_PinnedHTTP):
    """The same with TLS, which proves the name."""

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
