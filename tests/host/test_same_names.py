"""The two generations have the same rooms, with the same names and signatures; read from their sources, on any host.

What a room offers is what it defines under a name without underscore. `parts`, `refunds` and `probes` offer nothing:
they are for the rooms of their generation alone, as `shared/rows.py` is for those of both.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Iterator

import pytest

import saleor_reciprocity
from saleor_reciprocity import host

PACKAGE = Path(saleor_reciprocity.__file__).parent
HOST = PACKAGE / "host"
ROOMS = ("catalogue", "channels", "checkouts", "codes", "dashboard", "graphql", "orders", "people", "sold")
INNER = {"__init__", "parts", "probes", "refunds", "rows"}
CONSTANT = "a constant"


def offered(tree: ast.Module) -> dict[str, Any]:
    """What a module defines under a public name: a constant, a class, or a function with its signature."""
    return {name: what for node in tree.body for name, what in _definitions(node) if not name.startswith("_")}


def _definitions(node: ast.stmt) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.FunctionDef):
        yield node.name, _signature(node)
    elif isinstance(node, ast.ClassDef):
        yield node.name, CONSTANT
    elif isinstance(node, ast.Assign):
        yield from ((target.id, CONSTANT) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, CONSTANT
    elif isinstance(node, ast.ImportFrom):  # handed on under its own name
        yield from ((alias.name, CONSTANT) for alias in node.names if alias.asname == alias.name)


def _signature(function: ast.FunctionDef) -> tuple[str, str]:
    """Its arguments and what it returns, the kind of a context manager aside."""
    returns = ast.dump(function.returns) if function.returns else ""
    return ast.dump(function.args), returns.replace("Iterator", "ContextManager")


def room(*path: str) -> dict[str, Any]:
    return offered(ast.parse(HOST.joinpath(*path).with_suffix(".py").read_text()))


def rooms_of(folder: str) -> set[str]:
    return {path.stem for path in (HOST / folder).glob("*.py")} - INNER


def everything() -> dict[str, list[str]]:
    """Each name that the host offers, with the rooms that define it, of a generation by its last part alone."""
    found: dict[str, list[str]] = {}
    for where in [
        ("facts",),
        ("notes",),
        *(("shared", name) for name in rooms_of("shared")),
        *(("saleor2", name) for name in ROOMS),
    ]:
        for name in room(*where):
            found.setdefault(name, []).append("/".join(where))
    return found


def test_the_same_rooms() -> None:
    assert rooms_of("saleor2") == rooms_of("saleor3") == set(ROOMS)


@pytest.mark.parametrize("name", ROOMS)
def test_the_same_names_and_signatures(name: str) -> None:
    assert room("saleor2", name) == room("saleor3", name)


def test_a_name_lives_in_one_room() -> None:
    assert {name: where for name, where in everything().items() if len(where) > 1} == {}


def test_every_room_is_on_offer_whole() -> None:
    names = [*everything(), "make_missing_indexes"]
    assert [name for name in names if not hasattr(host, name)] == []
    homes = {name: getattr(getattr(host, name), "__module__", None) for name in names}
    ours = {name: home for name, home in homes.items() if home and home.startswith("saleor_reciprocity.")}
    generation = "saleor3" if "saleor3" in host.order.__module__ else "saleor2"
    assert ours["order"] == f"saleor_reciprocity.host.{generation}.orders"
    assert {home.split(".")[2] for home in ours.values()} == {"facts", "indexes", "notes", "shared", generation}


def test_nothing_else_is_asked_of_the_host() -> None:
    """What a room merely imports is within reach, and no name of the host."""
    names = {*everything(), "facts", "indexes", "make_missing_indexes"}
    unknown = []
    for path in PACKAGE.rglob("*.py"):
        if HOST in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "host":
                asked = [node.attr]
            elif isinstance(node, ast.ImportFrom) and (node.module or "") in ("host", "saleor_reciprocity.host"):
                asked = [alias.name for alias in node.names]
            else:
                continue
            unknown += [f"{path.relative_to(PACKAGE)}: {name}" for name in asked if name not in names]
    assert unknown == []


def test_a_difference_is_seen() -> None:
    """The same with two small rooms: another argument, a name of one side alone."""
    one, other = "def order(order_id: str) -> int: ...", "def order(order_number: str, extra: int) -> int: ..."
    assert offered(ast.parse(one)) != offered(ast.parse(other))
    assert offered(ast.parse(one)) != offered(ast.parse(one + "\nMORE = 1"))
    assert offered(ast.parse(one)) == offered(ast.parse(one + "\n_MINE = 1\nfrom x import y"))
