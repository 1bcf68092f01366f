"""The two READMEs say the same: as many headings, the same commands, tests and links; their pictures are small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = (ROOT / name for name in ("README.md", "README.zh.md"))
EACH_OTHER = {"README.md", "README.zh.md"}
SIGNATURE = b"\x89PNG"


def levels(text: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def commands(text: str) -> list[str]:
    """The indented lines without their comments, and the fenced blocks."""
    paragraphs = re.findall(r"\n\n((?:    \S.*\n)+)", text)
    indented = [line.split("#")[0].strip() for paragraph in paragraphs for line in paragraph.splitlines()]
    return [*indented, *re.findall(r"^```\w+\n.*?^```$", text, re.MULTILINE | re.DOTALL)]


def links(text: str) -> list[str]:
    """Where links lead to, without those to a heading of the page itself."""
    return [target for target in re.findall(r"\]\(([^)#][^)]*)\)", text) if target not in EACH_OTHER]


def names(text: str) -> list[str]:
    """What stands between backquotes: commands, fields, files and tests."""
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return sorted({" ".join(name.split()) for name in re.findall(r"`([^`]+)`", without_blocks)})


@pytest.mark.parametrize("part", [levels, commands, links, names], ids=lambda part: part.__name__)
def test_both_readmes_say_the_same(part: object) -> None:
    assert callable(part)
    assert part(ENGLISH.read_text()) == part(CHINESE.read_text())


def test_both_tables_name_the_same_saleors() -> None:
    row = re.compile(r"^\| (\d[\d., ]*) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)
    assert row.findall(ENGLISH.read_text()) == row.findall(CHINESE.read_text()) != []


def test_the_first_screen_shows_small_pictures() -> None:
    for path in (ENGLISH, CHINESE):
        first_screen = path.read_text().split("\n## ")[0]
        pictures = re.findall(r"!\[[^\]]+\]\((docs/pictures/\w+\.png)\)", first_screen)
        assert pictures == ["docs/pictures/account.png", "docs/pictures/report.png"]
        for picture in pictures:
            content = (ROOT / picture).read_bytes()
            assert content.startswith(SIGNATURE)
            assert len(content) < 150_000
