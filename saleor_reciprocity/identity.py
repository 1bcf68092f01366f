"""Identity: the keyed hash that stands for a person's e-mail address wherever the address itself has no business."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from django.db import models


class InstallationKey(models.Model):
    """The installation's own secret. Not Django's SECRET_KEY, which shops rotate: hashes must outlive a rotation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    key = models.CharField(max_length=64, editable=False)

    class Meta:
        app_label = "reciprocity"


def normalised(email: str) -> str:
    """The address as people mean it: trimmed, one Unicode form, letter case ignored."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def email_hash(email: str) -> str:
    """The keyed hash (HMAC-SHA-256, hexadecimal) of a normalised e-mail address."""
    return hmac.new(_key(), normalised(email).encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    row = InstallationKey.objects.filter(pk=1).first()
    if row is None:
        InstallationKey.objects.bulk_create([InstallationKey(key=secrets.token_hex(32))], ignore_conflicts=True)
        row = InstallationKey.objects.get(pk=1)
    return bytes.fromhex(row.key)
