"""SQL keeps the layers, too: a room names its own tables and those of the rooms that it may import, and writes its own.

The order is that of `.importlinter`. What stands above the room that names it is listed here, with the reason.
"""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path
from typing import Iterator

from django.apps import apps

import saleor_reciprocity

PACKAGE = Path(saleor_reciprocity.__file__).parent
ROOT = PACKAGE.parent

# Rooms that read the tables of rooms above them or beside them, and why.
READS_ABOVE = {
    # Whether an order was erased, or settled already, is asked in the statement that works on many orders.
    ("erased", "settledorder"),
    ("points.past", "settledorder"),
    ("recommendations", "settledorder"),
    # What became of the people whom a question follows is frozen from what every domain has written.
    ("experiments", "account"),
    ("experiments", "campaign"),
    ("experiments", "draw"),
    ("experiments", "entry"),
    ("experiments", "invitation"),
    ("experiments", "orderterms"),
    ("experiments", "prize"),
    ("experiments", "redemption"),
    ("experiments", "settledorder"),
    # A digest in SQL is keyed by the installation's own secret.
    ("digests", "installationkey"),
    # Whose codes the trigger in the database guards.
    ("rewards", "draw"),
}
# Rooms that write tables of others, in sets: what the owner does one by one, held to it by a test.
WRITES_OF_OTHERS = {
    ("points.past", "account"),
    ("points.past", "entry"),
    ("points.past", "lot"),
    ("points.past", "lotuse"),
    ("points.past", "orderterms"),
    ("points.past", "settledorder"),
}


def ranks() -> dict[str, tuple[int, ...]]:
    """How high each room stands in the contracts, 0 for the highest; a part of a room after the room."""
    found: dict[str, tuple[int, ...]] = {}
    for contract, prefix in (("layers", ""), ("points", "points.")):
        for rank, line in enumerate(_layers(contract)):
            for name in re.findall(r"\w+", line):
                found[prefix + name] = (*found.get(prefix[:-1], ()), rank)
    return found


def _layers(contract: str) -> list[str]:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    lines = config[f"importlinter:contract:{contract}"]["layers"].splitlines()
    return [line for line in lines if line.strip() and not line.strip().startswith("#")]


# Rooms that know nothing of those beside them.
APART = {name for line in _layers("layers") if "|" in line for name in re.findall(r"\w+", line)}


def room_of(module: str) -> str:
    """The room of a module: "mail", or for points, which has rooms of its own, "points.ledger"."""
    parts = module.split(".")[1:]
    return ".".join(parts[:2]) if parts[0] == "points" and len(parts) > 1 else parts[0]


def owners() -> dict[str, str]:
    """The room of each table, by the table's name without our prefix."""
    tables = apps.get_app_config("reciprocity").get_models()
    return {model._meta.db_table.split("reciprocity_")[1]: room_of(model.__module__) for model in tables}


def named(pattern: str) -> Iterator[tuple[str, str]]:
    """Which room names which table, by a pattern before the table's name."""
    tables = owners()
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for table in re.findall(rf"{pattern}reciprocity_(\w+)", path.read_text()):
            if table in tables:
                yield room, table


def test_a_room_names_no_table_of_a_room_above_it_or_beside_it() -> None:
    places, tables = ranks(), owners()
    above = set()
    for room, table in named(r"\b"):
        owner = tables[table]
        mine, theirs = places[room], places[owner]
        if room.split(".")[0] == owner.split(".")[0] == "points" and len(theirs) > 1 and len(mine) > 1:
            is_below = theirs[1] >= mine[1]
        else:
            is_below = theirs[0] >= mine[0] if owner not in APART else theirs[0] > mine[0] or room == owner
        if not is_below:
            above.add((room, table))
    assert above <= READS_ABOVE | WRITES_OF_OTHERS, sorted(above - READS_ABOVE - WRITES_OF_OTHERS)
    assert above >= READS_ABOVE, f"no longer so: {sorted(READS_ABOVE - above)}"


def test_a_room_writes_its_own_tables_only() -> None:
    tables = owners()
    written = {
        (room, table)
        for room, table in named(r"(?:INSERT INTO|UPDATE|DELETE FROM) ")
        if room.split(".")[0] != tables[table].split(".")[0] or room == "points.past"
    }
    assert written <= WRITES_OF_OTHERS, sorted(written - WRITES_OF_OTHERS)
