"""The wire: how e-mail and web addresses are written for servers, which understand ASCII only. Pure.

Domains follow IDNA 2008 as browsers do (UTS 46), under which `straße` is not `strasse`: what is meant for one never
goes to the other.
"""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit

import idna

_KEPT = "".join(chr(code) for code in range(0x21, 0x7F))  # what stands for itself in an address that is encoded already


def mailbox(address: str) -> str:
    """An e-mail address with its domain in ASCII. Raises ValueError where that can't be, or the local part isn't."""
    local, at, name = address.rpartition("@")
    if not (local and at and name and local.isascii()):
        raise ValueError("only a domain can be written in ASCII")
    return f"{local}@{domain(name)}"


def domain(name: str) -> str:
    """A domain in ASCII. Raises ValueError for one that can't be."""
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def web(address: str) -> SplitResult:
    """A web address as a request names it: domain in ASCII, path and query encoded. Raises ValueError for no address.

    What is encoded already stays as it is; a fragment goes, because no request has one.
    """
    if any(character < " " or character == "\x7f" for character in address):
        raise ValueError("a control character")
    parts = urlsplit(address)
    name, port = domain(parts.hostname or ""), parts.port
    if not name or any(character.isspace() for character in name):
        raise ValueError("no host")
    place = f"[{name}]" if ":" in name else name
    netloc = place if port is None else f"{place}:{port}"
    return SplitResult(parts.scheme, netloc, quote(parts.path or "/", _KEPT), quote(parts.query, _KEPT), "")
