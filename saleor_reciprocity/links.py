"""Links: signed tokens that stand for one thing each, and the public address of the page that reads them.

A token is `subject.issued.signature`: what it stands for, the second in which it was made (base 36), and an
HMAC-SHA-256 over both and the purpose, cut to 160 bits, in base 32. The key is the installation's own, so a
link in an old mail outlives a rotated SECRET_KEY. What was signed is the text itself: no
other spelling of a token is accepted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta

from django.utils.http import base36_to_int, int_to_base36

from . import host, identity, settings

_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,100})\.([0-9a-z]{1,10})\.([a-z2-7]{32})")
_SIGNED_BYTES = 20


class BadLink(Exception):
    """The link is forged, altered, too old, or for another purpose. Nobody is told which."""


def token_for(purpose: str, subject: str, now: datetime) -> str:
    """A token that stands for `subject`, for one purpose only. A subject has letters, digits, `_` and `-`."""
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("A link's subject has 1 to 100 letters, digits, _ and -.")
    issued = int_to_base36(int(now.timestamp()))
    return f"{subject}.{issued}.{_signature(purpose, subject, issued)}"


def subject_of(purpose: str, token: str, now: datetime, max_age: timedelta | None) -> str:
    """What a token of this purpose stands for; `max_age` None accepts any age. Raises BadLink, whatever is wrong."""
    parts = _TOKEN.fullmatch(token)
    subject, issued, signature = parts.groups() if parts else ("-", "0", "-")
    genuine = hmac.compare_digest(_signature(purpose, subject, issued), signature)
    age = now.timestamp() - base36_to_int(issued)
    if not genuine or (max_age is not None and age >= max_age.total_seconds()):
        raise BadLink
    return subject


def address_of(page: str, token: str) -> str:
    """The public, absolute address of one of the plugin's pages, the same on every host and in every channel."""
    return str(host.absolute_address(f"/plugins/{settings.PLUGIN_ID}/{page}/{token}/"))


def _signature(purpose: str, subject: str, issued: str) -> str:
    key = hmac.new(identity.installation_key(), b"links", hashlib.sha256).digest()
    digest = hmac.new(key, f"{purpose}:{subject}.{issued}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SIGNED_BYTES]).decode().lower()
