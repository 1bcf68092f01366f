"""The documents that storefronts load, as they are shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphql import parse, print_ast

from saleor_reciprocity import storefront

from . import hosts

FOLDER = Path(storefront.__file__).parent / "documents"
OTHER_HOST = "saleor-2" if hosts.MULTI_CHANNEL else "saleor-3"


def definitions() -> dict[str, Any]:
    """All fragments and operations for this host, by name; a name is used once."""
    found = [
        definition
        for path in sorted(FOLDER.rglob("*.graphql"))
        if path.parent.name != OTHER_HOST
        for definition in parse(path.read_text()).definitions
    ]
    names = {definition.name.value: definition for definition in found}
    assert len(names) == len(found)
    return names


def whole(name: str) -> str:
    """An operation with the fragments that it uses, and no other."""
    known, wanted, used = definitions(), [name], []
    while wanted:
        text = print_ast(known[wanted.pop()])
        used.append(text)
        wanted += [each for each in known if f"...{each}\n" in text and print_ast(known[each]) not in used]
    return "\n".join(dict.fromkeys(used))


OPERATIONS = sorted(name for name, found in definitions().items() if not hasattr(found, "type_condition"))
