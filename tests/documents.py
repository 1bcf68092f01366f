"""Documents: the guides and pages, and the fenced blocks and tables in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from . import hosts

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "docs" / f"guide-{reader}.md" for reader in ("admin", "storefront", "operator")]
HOST = "saleor-3" if hosts.MULTI_CHANNEL else "saleor-2"

FENCED = re.compile(r"^```(\w*) *(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a document: its language, a host that it is for ("" for all), and its text."""

    language: str
    host: str
    text: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found) for found in FENCED.findall(path.read_text())]


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of a guide, without the backquotes."""
    everything = "".join(guide.read_text() for guide in GUIDES)
    section = everything.split(f"\n{heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert lines is not None
    cells = [[cell.strip().strip("`") for cell in line.strip("|\n").split("|")] for line in lines[0].splitlines()]
    return cells[2:]
