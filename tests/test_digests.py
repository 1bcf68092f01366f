"""Digests in SQL are the ones that Python computes."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from django.db import connection

from saleor_reciprocity import digests, identity


def asked(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("key", ["0b" * 20, "4a656665", "aa" * 32, "00" * 32, "ff" * 64])
@pytest.mark.parametrize("text", ["", "Hi There", "what do ya want for nothing?", "straße@例え.jp"])
def test_the_database_computes_the_same_hmac(key: str, text: str, db: Any) -> None:
    sql = f"SELECT {digests.digest('k', '%s')} FROM (SELECT {digests.padded('%s')}) k"  # noqa: S608 - made here
    assert asked(sql, text, key, key) == hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def test_a_known_hmac(db: Any) -> None:
    """Test case 2 of RFC 4231."""
    sql = f"SELECT {digests.digest('k', '%s')} FROM (SELECT {digests.padded('%s')}) k"  # noqa: S608 - made here
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert asked(sql, "what do ya want for nothing?", "4a656665", "4a656665") == expected


def test_a_person_has_the_same_hash_in_the_database(db: Any) -> None:
    expected = identity.email_hash(" Ada@Example.com")
    sql = f"SELECT {digests.digest('k', 'reciprocity_address(%s)')} FROM {digests.INSTALLATION_KEY} k"  # noqa: S608
    assert asked(sql, " Ada@Example.com") == expected
