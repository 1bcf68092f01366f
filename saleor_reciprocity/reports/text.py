"""The report as plain text for a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Iterator

from django.utils.translation import gettext as _

from . import layout, sentences
from .charts.svg import Chart
from .layout import Section
from .values import Report

WIDTH = 100
LONGEST_TABLE = 30


def text(report: Report) -> str:
    """The whole report, in the active language."""
    head = [layout.title(report), "=" * width(layout.title(report)), layout.dates(report)]
    lines = [*head, *(line for section in layout.sections(report) for line in _section(section))]
    return "\n".join([*lines, "", *_wrapped(sentences.footer())]) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield from ("", section.heading, "-" * width(section.heading))
    yield from _wrapped(section.paragraph)
    if section.figures:
        longest = max(width(figure.label) for figure in section.figures)
        yield from (f"  {_padded(figure.label, longest)}  {figure.text}" for figure in section.figures)
    for chart in section.charts:
        yield from _table(chart)


def _table(chart: Chart) -> Iterator[str]:
    yield from ("", f"  {chart.title}")
    if len(chart.rows) > LONGEST_TABLE:
        yield "  " + _("%(rows)s rows, in the formats json and html.") % {"rows": len(chart.rows)}
        return
    widths = [max(map(width, column)) for column in zip(chart.columns, *chart.rows)]
    for row in (chart.columns, *chart.rows):
        yield (
            "  " + "  ".join(_cell(cell, size, place) for place, (cell, size) in enumerate(zip(row, widths)))
        ).rstrip()


def _cell(cell: str, size: int, place: int) -> str:
    return _padded(cell, size) if place == 0 else " " * (size - width(cell)) + cell


def _padded(cell: str, size: int) -> str:
    return cell + " " * (size - width(cell))


def width(cell: str) -> int:
    """How many columns of a terminal a text takes; most letters of East Asia take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)


def _wrapped(paragraph: str) -> list[str]:
    """Lines that fit; a line ends at a space, or after a wide letter, where none begins with a mark."""
    lines = [""]
    for piece in _PIECES.findall(paragraph):
        if width(lines[-1] + piece.rstrip()) > WIDTH:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


# Words with the space behind them; each wide letter is one, with the marks that may not begin a line.
_PIECES = re.compile(r"[\u2e80-\u2fff\u3003-\uff00][，。；：）”？]*\s*|[^\s\u2e80-\u2fff\u3003-\uff00]+\s*|\s+")
