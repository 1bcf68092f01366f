"""The report as plain values for JSON: every figure, the sentences and the charts."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Mapping

from . import layout, sentences
from .layout import Section
from .values import Report


def plain(report: Report) -> dict[str, Any]:
    """The figures as they are, money as text and days as ISO dates, and beside them what the page says."""
    return {
        **_values(report),
        "title": layout.title(report),
        "sections": [_section(section) for section in layout.sections(report)],
        "promise": sentences.footer(),
    }


def _section(section: Section) -> dict[str, Any]:
    charts = [{**_values(chart), "csv": layout.csv(chart)} for chart in section.charts]
    return {**_values(section), "charts": charts}


def _values(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _values(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _values(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_values(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
