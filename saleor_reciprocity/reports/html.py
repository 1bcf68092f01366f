"""The report as one HTML file that loads nothing and runs nothing, and as the part of a page that shows it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from django.template import loader
from django.utils.translation import get_language, get_language_bidi

from . import layout, sentences
from .charts.svg import Chart
from .values import Report

_FOLDER = "saleor_reciprocity/reports"


def page(report: Report) -> str:
    """A whole HTML document in the active language."""
    style = loader.render_to_string(f"{_FOLDER}/style.css").strip()
    surroundings = {
        "style": style,
        "style_hash": b64encode(sha256(style.encode()).digest()).decode(),
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    return loader.render_to_string(f"{_FOLDER}/page.html", {**context(report), **surroundings})


def context(report: Report) -> dict[str, Any]:
    """What the template of the report's part of a page is given."""
    return {
        "title": layout.title(report),
        "dates": layout.dates(report),
        "sections": [(section, [_Shown(chart) for chart in section.charts]) for section in layout.sections(report)],
        "promise": sentences.footer(),
    }


class _Shown:
    """A chart as a template shows it."""

    def __init__(self, chart: Chart) -> None:
        self.key, self.title, self.description = chart.key, chart.title, chart.description
        self.svg, self.columns, self.rows = chart.svg, chart.columns, chart.rows
        # Spreadsheets know by the mark at the beginning that it is UTF-8.
        self.link = "data:text/csv;charset=utf-8," + quote("\ufeff" + layout.csv(chart))
