"""SVG: elements in which every text and every attribute is escaped, and the chart that is made of them. Pure.

Elements carry presentation attributes and no style, so a drawing looks the same in a page, in a mail and under a policy
that forbids styles. All is drawn in `currentColor`; a page may colour the classes `series-1`, `series-2` and so on.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO
from typing import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

_NUMBER = re.compile(r"[+-]?[0-9.,]+%?\Z")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Svg(str):
    """Text that is SVG already, and is not escaped again by templates either."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Chart:
    """A drawing, what it says in one sentence, and the figures in it as a table of texts."""

    key: str
    title: str
    description: str
    svg: Svg
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def csv(self, harmless: Callable[[str], str]) -> str:
        """The table for a spreadsheet; `harmless` makes text of what would be a formula. Numbers stay numbers."""
        text = StringIO()
        rows = [[cell if _NUMBER.match(cell) else harmless(cell) for cell in row] for row in self.rows]
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows([self.columns, *rows])
        return text.getvalue()


def element(name: str, *children: str, **attributes: object) -> Svg:
    """An element. `stroke_width` is the attribute stroke-width; attributes that are None are left out."""
    written = [f" {_name(key)}={quoteattr(_value(value))}" for key, value in attributes.items() if value is not None]
    inner = "".join(child if isinstance(child, Svg) else escape(_text(child)) for child in children)
    return Svg(f"<{name}{''.join(written)}>{inner}</{name}>")


def _name(key: str) -> str:
    return key if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return f"{value:.1f}".replace(".0", "") if isinstance(value, float) else _text(str(value))


def _text(text: str) -> str:
    return _NO_XML.sub("", text)


def drawing(key: str, title: str, description: str, width: float, height: float, *parts: Svg) -> Svg:
    """The whole of a drawing, with a name and a description for those who don't see it."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        fill="none",
        stroke="currentColor",
        font_size=13,
        font_family="system-ui, sans-serif",
    )


def label(text: str, x: float, y: float, anchor: str = "start", weight: str | None = None) -> Svg:
    """A text whose first line stands on y."""
    return element("text", text, x=x, y=y, text_anchor=anchor, font_weight=weight, fill="currentColor", stroke="none")


def line(x1: float, y1: float, x2: float, y2: float, width: float = 1, dash: str | None = None) -> Svg:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=width, stroke_dasharray=dash)


def path(points: Sequence[tuple[float, float]], dash: str | None = None, width: float = 1.75) -> Svg:
    """A line through some points."""
    return element("path", d=_through(points), stroke_width=width, stroke_dasharray=dash, stroke_linejoin="round")


def area(points: Sequence[tuple[float, float]]) -> Svg:
    """What some points enclose, lightly filled."""
    return element("path", d=f"{_through(points)} Z", fill="currentColor", fill_opacity=0.14, stroke="none")


def _through(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{_value(float(x))},{_value(float(y))}" for x, y in points)


def marker(number: int, x: float, y: float, size: float = 4) -> Svg:
    """The sign of one series: a disc, a square, a triangle or a diamond."""
    corners = _CORNERS[number % len(_CORNERS)]
    if not corners:
        return element("circle", cx=x, cy=y, r=size, fill="currentColor", stroke="none")
    outline = _through([(x + size * dx, y + size * dy) for dx, dy in corners])
    return element("path", d=f"{outline} Z", fill="currentColor", stroke="none")


_CORNERS: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    ((0, -1.2), (1.2, 1), (-1.2, 1)),
    ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
)


def group(name: str, *parts: Svg) -> Svg:
    """Parts that a page may colour together."""
    return element("g", *parts, class_=name)
