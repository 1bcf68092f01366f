"""The lists that say which modules are pure are one list, and the documents' map is that of the package."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from pathlib import Path

import saleor_reciprocity

PACKAGE = Path(saleor_reciprocity.__file__).parent
ROOT = PACKAGE.parent
# What everything stands on and is typed as strictly, though it reads Django's settings or its translations.
GROUND = {"saleor_reciprocity.settings", "saleor_reciprocity.readers", "saleor_reciprocity.deployment"}
GROUND |= {"saleor_reciprocity.errors"}
# Typed as numpy is.
ARRAYS = {"saleor_reciprocity.recommendations.algorithms"}


def pure() -> set[str]:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    lines = config["importlinter:contract:pure"]["source_modules"].split()
    return {line for line in lines if line.startswith("saleor_reciprocity")}


def test_a_module_says_that_it_is_pure_if_the_linter_keeps_it_so() -> None:
    says = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bPure\.", (ast.get_docstring(ast.parse(path.read_text())) or ""))
    }
    assert says == pure() - ARRAYS - {"saleor_reciprocity.host.facts"}


def test_the_types_of_pure_modules_are_strict() -> None:
    text = (ROOT / "pyproject.toml").read_text().partition("# Rules about money and time are strict")[2]
    strict = set(re.findall(r'"(saleor_reciprocity[\w.]*)"', text.partition("]\n")[2].partition("]\n")[0]))
    assert strict == (pure() - ARRAYS) | GROUND


def test_every_room_is_on_the_map() -> None:
    drawn = (ROOT / "docs" / "architecture.md").read_text()
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} - {"migrations"}
    rooms |= {f"points/{path.name}" for path in (PACKAGE / "points").iterdir() if (path / "__init__.py").exists()}
    assert {room for room in rooms if f"`{room}/`" not in drawn} == set()
    named = set(re.findall(r"`([a-z_/]+\.py)`", drawn))
    assert {name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()} == set()
