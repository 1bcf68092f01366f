"""The charts of the books: the points of each month, and the open points by their age."""

from __future__ import annotations

from typing import Sequence

from django.utils.translation import gettext as _

from .. import wording
from ..values import Age, Month, Owed
from . import kinds
from .svg import Chart


def months(found: Sequence[Month], description: str) -> Chart:
    """Points issued, redeemed, expired and taken back, month by month."""
    title = _("Points of each month")
    names = (_("issued"), _("redeemed"), _("expired"), _("taken back"))
    columns = [(each.issued, each.redeemed, each.expired, each.taken_back) for each in found]
    series = [
        kinds.Series(name, number, [(float(x), float(column[number])) for x, column in enumerate(columns)])
        for number, name in enumerate(names)
    ]
    marks = kinds.spaced([(float(x), wording.month_in_chart(each.month)) for x, each in enumerate(found)], most=3)
    named = kinds.Named("points-months", title, description)
    svg = kinds.lines(named, series, short, marks)
    rows = [(f"{each.month:%Y-%m}", *map(wording.whole, column)) for each, column in zip(found, columns)]
    return Chart(named.key, title, description, svg, (_("month"), *names), tuple(rows))


def ages(owed: Owed, key: str, description: str) -> Chart:
    """Open points by the months since they were given, and all together; what is expected to be redeemed is filled."""
    title = _("Open points by age")
    parts = [(span(age), age.points, age.expected) for age in owed.ages]
    parts.append((_("all open points"), owed.points, owed.expected))
    bars = [kinds.Bar(name, float(whole), float(part or 0), wording.whole(whole)) for name, whole, part in parts]
    ends = [(_("expected"), owed.expected), (_("prudent"), owed.prudent)]
    marks = [(float(end), f"{name}: {wording.whole(end)}") for name, end in ends if end is not None]
    svg = kinds.bars(kinds.Named(key, title, description), bars, short, marks)
    rows = [(name, wording.whole(whole), _known(part)) for name, whole, part in parts]
    rows.append((_("prudent"), wording.whole(owed.points), _known(owed.prudent)))
    return Chart(
        key, title, description, svg, (_("age of points"), _("open points"), _("expected to be redeemed")), tuple(rows)
    )


def _known(points: int | None) -> str:
    return "–" if points is None else wording.whole(points)


def span(age: Age) -> str:
    """The months of an age: "4 to 6 months"."""
    if age.last is None:
        return _("%(first)s months and more") % {"first": age.first}
    if age.first == age.last:
        return _("month %(first)s") % {"first": age.first}
    return _("months %(first)s to %(last)s") % {"first": age.first, "last": age.last}


def short(number: float) -> str:
    """A number in a few letters: 12000 as "12k", 1500000 as "1.5M"."""
    for unit, sign in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if abs(number) >= unit:
            return f"{number / unit:g}{sign}"
    return f"{number:g}"
