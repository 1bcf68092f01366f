"""The frame of a chart: scales, ticks and the two axes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Callable, Iterable, Sequence

from .svg import Svg, element, label, line

WIDTH = 400.0
LINE = 16.0  # between two lines of text
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Scale:
    """Where a value stands between two ends of the paper."""

    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return self.begin + (value - self.low) / span * (self.end - self.begin)


@dataclass(frozen=True)
class Frame:
    """The area within the axes, and where values stand in it."""

    x: Scale
    y: Scale

    @property
    def bottom(self) -> float:
        return self.y.begin

    def at(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        """Where points stand on the paper."""
        return [(self.x(x), self.y(y)) for x, y in points]


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that reach from a low to a high one, at most about so many; they always hold zero's side of it."""
    if high <= low:
        high = low + 1
    raw = (high - low) / most
    unit = 10.0 ** floor(log10(raw))
    step = next(unit * each for each in _STEPS if unit * each >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def across(frame: Frame, marks: Sequence[float], write: Callable[[float], str]) -> Svg:
    """The horizontal lines of a frame with their numbers at the left; zero is a stronger one."""
    left, right = frame.x.begin, frame.x.end
    parts = []
    for mark in marks:
        y = frame.y(mark)
        parts.append(line(left, y, right, y, 1.5) if mark == 0 else _faint(left, y, right, y))
        parts.append(label(write(mark), left - 6, y + 4, "end"))
    return element("g", *parts, class_="axis")


def upright(frame: Frame, marks: Sequence[float], write: Callable[[float], str]) -> Svg:
    """The vertical lines of a frame with their numbers below; zero is a stronger one."""
    parts = []
    for mark in marks:
        x = frame.x(mark)
        strong = mark == 0
        parts.append(line(x, frame.y.end, x, frame.bottom, 1.5) if strong else _faint(x, frame.y.end, x, frame.bottom))
        parts.append(label(write(mark), x, frame.bottom + LINE, "middle"))
    return element("g", *parts, class_="axis")


def below(frame: Frame, marks: Sequence[tuple[float, str]], row: int = 1) -> Svg:
    """Texts under the frame, at values of x."""
    width = frame.x.end - frame.x.begin
    parts = []
    for value, text in marks:
        place = (frame.x(value) - frame.x.begin) / width if width else 0
        anchor = "start" if place < 0.08 else "end" if place > 0.92 else "middle"
        parts.append(label(text, frame.x(value), frame.bottom + 2 + row * LINE, anchor))
    return element("g", *parts, class_="axis")


def _faint(x1: float, y1: float, x2: float, y2: float) -> Svg:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=1, stroke_opacity=0.2)


def spread(places: Sequence[float], least: float = LINE - 2) -> list[float]:
    """The same places in the same order, moved apart where two are nearer than a line of text."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in zip(order, order[1:]):
        moved[index] = max(moved[index], moved[before] + least)
    if order:
        excess = sum(moved[index] - places[index] for index in order) / len(order)
        moved = [place - excess for place in moved]
    return moved


def fitting(text: str, width: float) -> str:
    """A text, cut where it would be wider than so many units."""
    if breadth(text) <= width:
        return text
    while text and breadth(text) + 7 > width:
        text = text[:-1]
    return text.rstrip() + "…"


def breadth(text: str) -> float:
    """About how wide a text is; letters of East Asia are twice as wide as others."""
    return sum(13 if ord(character) >= 0x2E80 else 7 for character in text)
