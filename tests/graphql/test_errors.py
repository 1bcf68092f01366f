"""What an error says: each message of numbers once in the code, and a field that the client can send."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterable, Iterator

from saleor_reciprocity import errors, host

from .generate import bare, root_fields

PACKAGE = Path(errors.__file__).parent
# Made of the names of what the client sent.
COMPUTED = {ast.dump(ast.parse(text, mode="eval").body) for text in ("to_camel_case(name)", "name")}
COLUMNS = {"user"}  # of a file of adjustments


def code() -> Iterator[tuple[Path, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield file, file.read_text()


def is_field(name: str) -> bool:
    """Whether a parameter or an attribute is called as what holds the name of a field."""
    return name == "field" or (name.endswith("_field") and name != "output_field")


def functions(trees: list[ast.AST]) -> Iterator[ast.FunctionDef]:
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef) and any(is_field(each.arg) for each in parameters(node)):
            yield node


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


def literals(values: Iterable[ast.AST | None]) -> Iterator[str]:
    """The names among some values. Fails for one that can't be read here, unless it is passed on or None."""
    for value in values:
        if isinstance(value, ast.Constant):
            yield from [value.value] if isinstance(value.value, str) else []
        elif isinstance(value, ast.IfExp):
            yield from literals((value.body, value.orelse))
        elif value is not None:
            name = getattr(value, "attr", getattr(value, "id", ""))
            assert is_field(name) or ast.dump(value) in COMPUTED, ast.dump(value)


def named(trees: list[ast.AST]) -> set[str]:
    """The fields that errors are said to be about: given to them, or to a function that passes the name on."""
    everywhere = {function.name: function for function in functions(trees)}
    return {field for tree in trees for field in named_in(tree, everywhere)}


def named_in(tree: ast.AST, everywhere: dict[str, ast.FunctionDef]) -> set[str]:
    """The fields that a module names; of two functions with one name, a module means its own."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    taking = {function.name: function for function in functions([tree])}
    takers = {**{name: each for name, each in everywhere.items() if name not in own}, **taking}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in takers:
            defaults = [*node.args.defaults, *node.args.kw_defaults]
            with_default = [*node.args.args[len(node.args.args) - len(node.args.defaults) :], *node.args.kwonlyargs]
            found |= set(literals(value for each, value in zip(with_default, defaults) if is_field(each.arg)))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            places = [each.arg for each in parameters(takers[name])] if name in takers else []
            found |= set(literals(value for place, value in zip(places, node.args) if is_field(place)))
            found |= set(literals(each.value for each in node.keywords if each.arg and is_field(each.arg)))
        elif isinstance(node, ast.ClassDef) and any(is_error(base) for base in node.bases):
            attributes = (each for each in node.body if isinstance(each, ast.Assign))
            found |= set(literals(each.value for each in attributes if is_field(each.targets[0].id)))
    return found


def is_error(base: ast.AST) -> bool:
    return getattr(base, "attr", getattr(base, "id", "")) in ("ReciprocityError", "Invalid")


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
    fields = named([ast.parse(text) for _file, text in code()])
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
