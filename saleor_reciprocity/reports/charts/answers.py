"""The charts of answers: the score of each month, and products."""

from __future__ import annotations

from typing import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .. import wording
from ..values import Mark, Rated, Voice
from . import kinds
from .svg import Chart

MOST_PRODUCTS = 20

MARKS = {
    Mark.BETTER: gettext_noop("better than the others"),
    Mark.NONE: "",
    Mark.WORSE: gettext_noop("worse than the others"),
}


def scores(voice: Voice, name: str, description: str) -> Chart:
    """The score of each month with its interval, and the number of answers below."""
    months = [(float(x), month, scored) for x, (month, scored) in enumerate(voice.months)]
    series = kinds.Series("", 0, [(x, s.value) for x, _m, s in months], [(s.low, s.high) for _x, _m, s in months])
    shown = kinds.spaced(months)
    marks = [(x, wording.month_in_chart(month)) for x, month, _s in shown]
    counts = [(x, _("n=%(answers)s") % {"answers": wording.whole(scored.answers)}) for x, _m, scored in shown]
    named = kinds.Named(f"scores-{voice.measure}", name, description)
    svg = kinds.lines(named, [series], lambda value: f"{value:g}", marks, [kinds.Note(counts)])
    columns = (_("month"), _("answers"), _("score"), _("low end"), _("high end"))
    rows = [
        (
            f"{month:%Y-%m}",
            wording.whole(scored.answers),
            *(f"{v:.1f}" for v in (scored.value, scored.low, scored.high)),
        )
        for month, scored in voice.months
    ]
    return Chart(named.key, name, description, svg, columns, tuple(rows))


def products(rated: Sequence[Rated], mean: float | None, description: str) -> Chart:
    """The share of satisfied buyers of each product; at most the first and the last ten are drawn, all are listed."""
    title = _("Satisfied buyers of each product")
    half = MOST_PRODUCTS // 2
    drawn = rated if len(rated) <= MOST_PRODUCTS else [*rated[:half], *rated[-half:]]
    named = kinds.Named("products", title, description)
    svg = kinds.dots(named, [_row(one) for one in drawn], lambda share: f"{100 * share:g}%", mean)
    columns = (_("product"), _("answers"), _("satisfied"), _("low end"), _("high end"), _("compared"))
    rows = [(one.product, wording.whole(one.score.answers), *_shares(one), _marked(one)) for one in rated]
    return Chart(named.key, title, description, svg, columns, tuple(rows))


_SIGNS = {Mark.BETTER: (2, "▲"), Mark.NONE: (0, ""), Mark.WORSE: (3, "▼")}


def _row(one: Rated) -> kinds.Row:
    number, sign = _SIGNS[one.mark]
    note = _("n=%(answers)s") % {"answers": wording.whole(one.score.answers)}
    score = one.score
    return kinds.Row(one.product, number, score.value, score.low, score.high, f"{sign} {note}".strip())


def _shares(one: Rated) -> tuple[str, ...]:
    return tuple(wording.percent(share) for share in (one.score.value, one.score.low, one.score.high))


def _marked(one: Rated) -> str:
    return _(MARKS[one.mark]) if MARKS[one.mark] else ""
