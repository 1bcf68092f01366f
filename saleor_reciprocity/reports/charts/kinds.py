"""The kinds of charts: lines over time, rows with a dot and an interval, and bars. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence, Tuple, TypeVar

from .frame import LINE, WIDTH, Frame, Scale, across, below, breadth, fitting, spread, ticks, upright
from .svg import Svg, area, drawing, element, group, label, line, marker, path

Tick = TypeVar("Tick")
Writer = Callable[[float], str]
Marks = Sequence[Tuple[float, str]]

DASHES = (None, "7 4", "2 3", "9 3 2 3")
MOST_MARKERS = 40


@dataclass(frozen=True)
class Series:
    """One line: its points, and where there is one the interval of each. `number` says how it looks."""

    label: str
    number: int
    points: Sequence[tuple[float, float]]
    intervals: Sequence[tuple[float, float]] = ()
    is_stepped: bool = False
    is_band: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table with a dot in it: a value and its interval."""

    label: str
    number: int
    value: float
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """An amount, and the part of it that is filled."""

    label: str
    whole: float
    part: float
    note: str = ""


@dataclass(frozen=True)
class Note:
    """A row of texts below the axis, at values of x; `number` is the series that it is about, if it is about one."""

    texts: Marks
    number: int | None = None


@dataclass(frozen=True)
class Named:
    """What every chart has: the key of its ids, a title, a description."""

    key: str
    title: str
    description: str


def lines(
    named: Named, series: Sequence[Series], write: Writer, x_marks: Marks, notes: Sequence[Note] = (), at: Marks = ()
) -> Svg:
    """Lines over a common x, always with zero. `notes` are more rows under the axis; `at` are days with a name."""
    height = 190.0
    top = 14.0 + LINE * len(at)
    x_values = [x for one in series for x, _ in one.points] + [x for x, _ in at]
    y_marks = ticks(*_range(series))
    room = 92.0 if any(one.label for one in series) else 12.0
    frame = Frame(
        Scale(min(x_values), max(x_values), 50, WIDTH - room), Scale(y_marks[0], y_marks[-1], top + height, top)
    )
    rows = [below(frame, x_marks), *(_note(frame, note, row) for row, note in enumerate(notes, 2))]
    flags = [_flag(frame, x, text, row) for row, (x, text) in enumerate(_apart(frame, at))]
    parts = [across(frame, y_marks, write), *rows, *flags, *(_series(frame, one) for one in series)]
    total = top + height + 10 + LINE * len(rows)
    return drawing(named.key, named.title, named.description, WIDTH, total, *parts, *_names(frame, series))


def _range(series: Sequence[Series]) -> tuple[float, float]:
    values = [y for one in series for _, y in one.points] + [
        y for one in series for each in one.intervals for y in each
    ]
    return min(0.0, *values), max(0.0, *values)


def _note(frame: Frame, note: Note, row: int) -> Svg:
    texts = below(frame, note.texts, row)
    if note.number is None:
        return texts
    sign = marker(note.number, 36, frame.bottom + row * LINE - 2, 3)
    return group(f"series-{note.number + 1}", sign, texts)


def _apart(frame: Frame, flags: Marks) -> list[tuple[float, str]]:
    """Flags in the order of their rows: the last has its name at its own side, clear of the lines of the others."""
    order = sorted(flags)
    if len(order) > 1 and _room(frame, *order[0], left=True):
        return [*order[1:], order[0]]
    return order


def _room(frame: Frame, x: float, text: str, left: bool) -> bool:
    return (frame.x(x) - 4 if left else WIDTH - frame.x(x)) > breadth(text)


def _flag(frame: Frame, x: float, text: str, row: int) -> Svg:
    place, y = frame.x(x), 12 + LINE * row
    left = not _room(frame, x, text, left=False) or (row > 0 and _room(frame, x, text, left=True))
    return element(
        "g",
        line(place, y - 9, place, frame.bottom, 1.25, "3 3"),
        label(text, place - 5 if left else place + 5, y, "end" if left else "start"),
    )


def _series(frame: Frame, one: Series) -> Svg:
    points = frame.at(_stepped(one.points) if one.is_stepped else one.points)
    parts = [path(points, DASHES[one.number % 4])] if len(points) > 1 else []
    lows = frame.at([(x, low) for (x, _), (low, _high) in zip(one.points, one.intervals)])
    highs = frame.at([(x, high) for (x, _), (_low, high) in zip(one.points, one.intervals)])
    if one.is_band and lows:
        parts += [area([*lows, *reversed(highs)]), path(lows, "2 2", 1), path(highs, "2 2", 1)]
    else:
        parts += [_whisker(low[0], low[1], high[1]) for low, high in zip(lows, highs)]
    return group(f"series-{one.number + 1}", *parts, *(marker(one.number, x, y, 3) for x, y in _marked(frame, one)))


def _marked(frame: Frame, one: Series) -> list[tuple[float, float]]:
    """Where a line has markers: everywhere if they are few; at its end the name has one."""
    places = frame.at(one.points)
    if one.is_stepped or one.is_band or len(places) > MOST_MARKERS:
        places = places[-1:]
    return places[:-1] if one.label else places


def _stepped(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    corners = [corner for before, (x, y) in zip(points, points[1:]) for corner in ((x, before[1]), (x, y))]
    return [*points[:1], *corners]


def _whisker(x: float, low: float, high: float) -> Svg:
    return element(
        "path",
        d=f"M{x:.1f},{low:.1f} L{x:.1f},{high:.1f} M{x - 3:.1f},{low:.1f} h6 M{x - 3:.1f},{high:.1f} h6",
        stroke_width=1,
    )


def _names(frame: Frame, series: Sequence[Series]) -> list[Svg]:
    """Each line's name at its end, moved apart where two lines end together."""
    named = [one for one in series if one.label and one.points]
    places = spread([frame.y(one.points[-1][1]) for one in named])
    x = frame.x.end
    return [
        group(
            f"series-{one.number + 1}",
            marker(one.number, x, y, 3),
            label(fitting(one.label, WIDTH - x - 10), x + 8, y + 4),
        )
        for one, y in zip(named, places)
    ]


def dots(named: Named, rows: Sequence[Row], write: Writer, reference: float | None = None) -> Svg:
    """Rows with a dot and an interval over a common scale from zero; `reference` is a line across them all."""
    marks = ticks(min([0.0, *(row.low for row in rows)]), max([0.0, *(row.high for row in rows)]), 4)
    step = 2.6 * LINE
    height = step * len(rows)
    frame = Frame(Scale(marks[0], marks[-1], 16, WIDTH - 24), Scale(0, 1, height + 4, 4))
    parts = [upright(frame, marks, write)]
    if reference is not None:
        parts.append(line(frame.x(reference), 4, frame.x(reference), frame.bottom, 1.25, "3 3"))
    parts += [_row(frame, row, 4 + step * index) for index, row in enumerate(rows)]
    return drawing(named.key, named.title, named.description, WIDTH, height + 4 + 1.6 * LINE, *parts)


def _row(frame: Frame, row: Row, top: float) -> Svg:
    y = top + 1.9 * LINE
    low, high = frame.x(row.low), frame.x(row.high)
    name = fitting(row.label, frame.x.end - frame.x.begin - breadth(row.note) - 16)
    return group(
        f"series-{row.number + 1}",
        label(name, frame.x.begin + 5, top + LINE),
        label(row.note, frame.x.end, top + LINE, "end"),
        line(low, y, high, y, 2, DASHES[row.number % 4]),
        element("path", d=f"M{low:.1f},{y - 4:.1f} v8 M{high:.1f},{y - 4:.1f} v8", stroke_width=1.5),
        marker(row.number, frame.x(row.value), y, 4.5),
    )


def bars(named: Named, rows: Sequence[Bar], write: Writer, ends: Marks = ()) -> Svg:
    """Bars from zero: the outline is the whole, what is filled the part. `ends` are named places in the last one."""
    most = max([row.whole for row in rows] + [value for value, _ in ends] + [0.0])
    marks = ticks(0, most, 4)
    step = 2.5 * LINE
    height = step * len(rows)
    frame = Frame(Scale(0, marks[-1], 16, WIDTH - 24), Scale(0, 1, height + 4, 4))
    parts = [upright(frame, marks, write), *(_bar(frame, row, 4 + step * index) for index, row in enumerate(rows))]
    under = [_end(frame, value, text, row) for row, (value, text) in enumerate(ends)]
    total = height + 4 + (1.6 + len(ends)) * LINE
    return drawing(named.key, named.title, named.description, WIDTH, total, *parts, *under)


def _bar(frame: Frame, row: Bar, top: float) -> Svg:
    y, left = top + 1.25 * LINE, frame.x.begin
    whole, part = frame.x(row.whole) - left, frame.x(row.part) - left
    return group(
        "series-1",
        label(fitting(row.label, 170), left + 5, top + LINE - 1),
        label(row.note, frame.x.end, top + LINE - 1, "end"),
        element("rect", x=left, y=y, width=max(whole, 0.0), height=LINE - 2, stroke_width=1.25),
        element("rect", x=left, y=y, width=max(part, 0.0), height=LINE - 2, fill="currentColor", stroke="none"),
    )


def _end(frame: Frame, value: float, text: str, row: int) -> Svg:
    x, y = frame.x(value), frame.bottom + (2.4 + row) * LINE
    right = x > (frame.x.begin + frame.x.end) / 2
    return group(
        f"series-{row + 2}",
        line(x, frame.bottom - 2 * LINE, x, frame.bottom + 4, 2, DASHES[row + 1]),
        marker(row + 1, x, y - 4, 4),
        label(text, x - 9 if right else x + 9, y, "end" if right else "start"),
    )


def spaced(values: Sequence[Tick], most: int = 4) -> list[Tick]:
    """At most so many of some values, evenly, with the first and the last."""
    if len(values) <= most:
        return list(values)
    return [values[round(number * (len(values) - 1) / (most - 1))] for number in range(most)]
