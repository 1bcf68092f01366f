"""A customer's mailbox and browser: waits for a mail, and reads and sends the form behind its link."""

from __future__ import annotations

import re
import time
import urllib.parse
import urllib.request
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Callable, Iterable, Iterator

PATIENCE = 30  # seconds

Mails = Callable[[], Iterable[EmailMessage]]  # all that have arrived so far, whoever they are for


def in_folder(folder: Path) -> Mails:
    """The mails that Django's backend for files has written to a folder."""

    def arrived() -> Iterable[EmailMessage]:
        for file in sorted(folder.glob("*")):
            for text in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                if text.strip():
                    yield message_from_bytes(text, policy=policy.default)

    return arrived


def links_that_ask(mails: Mails) -> Iterator[tuple[EmailMessage, dict[int, str]]]:
    """The mails that ask, each with the link for each answer."""
    for mail in mails():
        text = mail.get_body(("plain",))
        found = re.findall(r"^(\d+): (\S+)", text.get_content(), re.M) if text else []
        if found:
            yield mail, {int(score): link for score, link in found}


def links_of_question(mails: Mails, address: str) -> dict[int, str]:
    """The link for each answer in the mail that asks this customer, once it has come; empty if it does not come."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for mail, links in links_that_ask(mails):
            if mail["To"] == address:
                return links
        time.sleep(0.2)
    return {}


class Page:
    """A page of the shop behind a link, read without a browser."""

    def __init__(self, shop_url: str, link: str) -> None:
        path = urllib.parse.urlsplit(link)
        self.url = f"{shop_url}{path.path}?{path.query}"
        self.text = _read(urllib.request.Request(self.url))

    def chosen(self) -> list[str]:
        """The values that are chosen on it."""
        return re.findall(r'<input [^>]*value="(\d+)"[^>]* checked', self.text)

    def send(self, **values: str) -> str:
        """What the page says after its form was sent with these values."""
        body = urllib.parse.urlencode({**values, "action": "send"}).encode()
        return _read(urllib.request.Request(self.url.split("?")[0], body))


def _read(request: urllib.request.Request) -> str:
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(response.read().decode())
