"""Codes: random, in an alphabet that can be read aloud. Pure."""

from __future__ import annotations

import secrets

# Crockford's base 32: five bits a character, without I, L, O and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# What stands, before the row's number, in place of a code that led to an erased person.
FORGOTTEN = "~"


def new_code(length: int) -> str:
    """A random code of `length` characters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
