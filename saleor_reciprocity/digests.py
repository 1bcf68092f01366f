"""Digests in SQL: HMAC-SHA-256 as the database computes it, so that keys and secrets stay where they are stored. Pure.

HMAC(key, text) = SHA256(outer || SHA256(inner || text)), where inner and outer are the key with each byte changed
"""

from __future__ import annotations

_INNER, _OUTER = 0x36, 0x5C
_BLOCK = 64  # bytes; a key is not longer


def padded(key: str) -> str:
    """A key in hexadecimal, as SQL, made into the columns `inner_pad` and `outer_pad` that `digest` wants."""
    return f"{_pad(key, _INNER)} AS inner_pad, {_pad(key, _OUTER)} AS outer_pad"


def _pad(key: str, change: int) -> str:
    whole = f"decode(rpad({key}, {2 * _BLOCK}, '0'), 'hex')"
    byte = f"set_byte('\\x00'::bytea, 0, get_byte({whole}, place) # {change})"
    return f"(SELECT string_agg({byte}, ''::bytea ORDER BY place) FROM generate_series(0, {_BLOCK - 1}) AS place)"  # noqa: S608


def digest(pads: str, text: str) -> str:
    """The HMAC of a text, as SQL, in hexadecimal, with the key whose pads are in the row `pads`."""
    inner = f"sha256({pads}.inner_pad || convert_to({text}, 'UTF8'))"
    return f"encode(sha256({pads}.outer_pad || {inner}), 'hex')"


# One row with the pads of the installation's own key; OFFSET keeps them from being made for each digest.
INSTALLATION_KEY = f"(SELECT {padded('k.key')} FROM reciprocity_installationkey k WHERE k.id = 1 OFFSET 0)"  # noqa: S608
