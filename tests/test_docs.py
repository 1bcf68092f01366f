"""The documents say what is so: GraphQL blocks are valid, tables and links are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from saleor_reciprocity import errors, host, settings
from saleor_reciprocity.graphql.mutations import LoyaltyErrorCode
from saleor_reciprocity.points.models import Kind

from .documents import HOST, ROOT, blocks, table

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])

LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]+))?\)|\]\(#([^)]+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_graphql_block_is_valid(path: Path) -> None:
    for block in blocks(path):
        if block.language == "graphql" and block.host in ("", HOST):
            assert validate(host.loaded_schema(), parse(block.text)) == [], block.text


def test_a_guide_lists_every_setting_with_its_default() -> None:
    rows = [(label, default) for label, default, _ in table("## Settings")]
    shown = {"True": "on", "False": "off"}
    fields = (*settings.FIELDS, *settings.SECRETS)
    assert rows == [(str(field.label), shown.get(field.default, field.default)) for field in fields]


def test_a_guide_lists_every_error() -> None:
    assert {row[0] for row in table("## When it is refused")} == set(LoyaltyErrorCode._meta.enum.__members__)
    assert {case.code for case in errors.ReciprocityError.__subclasses__()} <= {
        row[0] for row in table("## When it is refused")
    }


def test_a_guide_lists_every_kind_of_entry() -> None:
    assert {row[0] for row in table("## What changed the points")} == set(Kind.names)


def test_a_guide_lists_every_system_check() -> None:
    checks = (ROOT / "saleor_reciprocity" / "checks.py").read_text()
    assert [row[0] for row in table("## System check")] == sorted(set(re.findall(r"reciprocity\.[EW]\d+", checks)))


def test_a_guide_lists_every_command() -> None:
    commands = {path.stem for path in (ROOT / "saleor_reciprocity/management/commands").glob("reciprocity_*.py")}
    assert {row[0].split()[0].strip("`") for row in table("## Commands")} == commands


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, part, here in LINK.findall(path.read_text()):
        document = path if here else (path.parent / target)
        assert document.exists(), f"{target} in {path.name}"
        if part or here:
            assert (part or here) in anchors(document), f"{target}#{part or here} in {path.name}"


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(path: Path) -> None:
    for file, name in TEST.findall(path.read_text()):
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE), f"{file}::{name}"


def test_every_edge_case_has_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*)$", (ROOT / "docs" / "edge-cases.md").read_text(), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 202))
    assert [number for number, text in rows if not TEST.search(text)] == []
