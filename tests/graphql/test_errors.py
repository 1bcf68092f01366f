"""What an error says: each message of numbers once in the code, and a field that the client can send."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

from saleor_reciprocity import errors, host

from .generate import bare, root_fields

PACKAGE = Path(errors.__file__).parent
# The functions that are given the name of a field without its keyword, and where it stands.
PLACES = {"not_between": 2, "no_points": 0, "_check_whole": 3, "_check_money": 2, "_check_days": 0}
COLUMNS = {"user"}  # of a file of adjustments


def code() -> Iterator[tuple[Path, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield file, file.read_text()


def named(tree: ast.AST) -> Iterator[str]:
    """The fields that errors are said to be about."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        given = [each.value for each in call.keywords if each.arg == "field"]
        given += call.args[PLACES[name] : PLACES[name] + 1] if name in PLACES else []
        yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def inputs() -> set[str]:
    """The names of all arguments of ours, and of what is in them."""
    found, left = set(), [argument for kind in ("Query", "Mutation") for argument in arguments(kind)]
    while left:
        name, kind = left.pop()
        if name not in found or hasattr(kind, "fields"):
            left += [(inner, bare(field.type)) for inner, field in getattr(kind, "fields", {}).items()]
        found.add(name)
    return found


def arguments(kind: str) -> Iterator[tuple[str, object]]:
    for field in root_fields(kind).values():
        yield from ((name, bare(argument.type)) for name, argument in field.args.items())


def test_an_error_names_a_field_that_the_client_can_send() -> None:
    fields = {name for _file, text in code() for name in named(ast.parse(text))}
    assert {"tiers", "leastPoints", "limitPerCustomer", "graceDays", "priority", "idempotencyKey"} <= fields
    with host.allow_writer():
        assert fields - COLUMNS - inputs() == set()


def test_a_message_about_whole_numbers_and_the_worth_of_a_point_stand_once() -> None:
    for once in (
        r"Enter a whole number from %\(low\)s to %\(high\)s\.",
        r"Enter a whole number of points above 0\.",
        r"reward_value\s*/\s*\S*reward_points",
    ):
        assert [len(re.findall(once, text)) for _file, text in code() if re.search(once, text)] == [1], once


def test_what_is_said_of_a_number_that_does_not_fit() -> None:
    said = errors.not_between(1, 90, "days")
    assert (said.message, said.field, said.code) == ("Enter a whole number from 1 to 90.", "days", "INVALID")
    assert errors.no_points("points").message == "Enter a whole number of points above 0."
