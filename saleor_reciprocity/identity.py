"""Identity: the keyed hash that stands for a person's e-mail address wherever the address itself has no business."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Iterable

from django.db import connection, models
from django.utils.translation import gettext as _

from . import addresses, errors, readers


class InstallationKey(models.Model):
    """The installation's own secret. Not Django's SECRET_KEY, which shops rotate: hashes must outlive a rotation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    key = models.CharField(max_length=64, editable=False)

    class Meta:
        app_label = "reciprocity"


@dataclass(frozen=True)
class Subject:
    """A person as all tables know the person: for an export or an erasure. "" and None stand for what is not known."""

    user_id: int | None
    persons: tuple[str, ...]  # the keyed hashes of the addresses that nobody else has
    account_ids: tuple[int, ...]
    order_ids: tuple[str, ...]


def address(text: str) -> str:
    """The e-mail address that somebody entered, trimmed. Raises Invalid for what can't be one."""
    entered = text.strip()
    if not readers.is_address(entered):
        raise errors.Invalid(_("Enter an e-mail address, for example shop@example.com."), field="email")
    return entered


# The installation's key in a statement that reads more; NULL before it is first asked for.
KEY = "(SELECT k.key FROM reciprocity_installationkey k WHERE k.id = 1)"


def email_hash(email: str, key: str | None = None) -> str:
    """The keyed hash (HMAC-SHA-256, hexadecimal) of an e-mail address, the same for every spelling of it.

    `key` is what `KEY` was read as, if it was.
    """
    return _hash(addresses.normalised(email), key)


def email_hashes(emails: Iterable[str]) -> list[str]:
    """The keyed hashes of many addresses, in their order, with the key read once."""
    key = installation_key()
    return [hmac.new(key, addresses.normalised(email).encode(), hashlib.sha256).hexdigest() for email in emails]


def let_one_in(digest: str) -> None:
    """Let nobody else with this hash get further until the end of the transaction. Accounts are locked before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])


def address_hash(lines: str, key: str | None = None) -> str:
    """The keyed hash of a postal address, whatever its letter case and spacing; "" of none. `key` as above."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", lines).casefold()))
    return _hash(f"address:{plain}", key) if plain else ""


def hash_of(text: str, key: str | None = None) -> str:
    """The keyed hash of any other text. `key` as above."""
    return _hash(text, key)


def _hash(text: str, key: str | None) -> str:
    return hmac.new(bytes.fromhex(key) if key else installation_key(), text.encode(), hashlib.sha256).hexdigest()


def installation_key() -> bytes:
    """The installation's own secret, made when it is first asked for."""
    row = InstallationKey.objects.filter(pk=1).first()
    if row is None:
        InstallationKey.objects.bulk_create([InstallationKey(key=secrets.token_hex(32))], ignore_conflicts=True)
        row = InstallationKey.objects.get(pk=1)
    return bytes.fromhex(row.key)
