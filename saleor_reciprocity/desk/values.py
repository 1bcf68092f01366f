"""Values: how what GraphQL answers is written on the desk: numbers, money, moments, words, drawings, lists."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Mapping
from urllib.parse import quote

from babel.core import UnknownLocaleError
from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, to_locale

from saleor_reciprocity import host

from . import setting_forms, texts

register = template.Library()


@register.filter
def points(value: Any) -> str:
    """A number as people write it."""
    try:
        return str(format_decimal(Decimal(str(value)), locale=to_locale(get_language() or "en")))
    except UnknownLocaleError:
        return str(format_decimal(Decimal(str(value)), locale="en"))


@register.filter
def change(value: Any) -> str:
    """A number with its sign."""
    return f"{'+' if Decimal(str(value)) > 0 else ''}{points(value)}"


@register.filter
def money(value: Mapping[str, Any]) -> str:
    """An amount of GraphQL's type Money."""
    return host.formatted(Decimal(str(value["amount"])), value["currency"])


@register.filter
def amount(value: Any, currency: str) -> str:
    """An amount of money in a currency."""
    return host.formatted(Decimal(str(value)), currency)


@register.filter
def share(value: Any) -> str:
    """A share from 0 to 1 as people write it, in per cent."""
    return f"{points((Decimal(str(value)) * 100).normalize())}%"


@register.filter
def percent(value: Any) -> str:
    """A share from 0 to 1 in whole per cent."""
    return f"{points(round(Decimal(str(value)) * 100))}%"


@register.filter
def day_of(value: str | None) -> str:
    """The day of a moment; the browser turns it into the reader's own."""
    found = parse_datetime(value or "")
    return format_html('<time datetime="{}" data-day>{}</time>', value, date_format(found)) if found else ""


@register.filter
def moment(value: str | None) -> str:
    """A moment; the browser turns it into the reader's own time."""
    found = parse_datetime(value or "")
    return format_html('<time datetime="{}">{}</time>', value, _in_words(found)) if found else ""


@register.filter
def day(value: str) -> str:
    """A date in words."""
    return str(date_format(date.fromisoformat(value), "DATE_FORMAT"))


@register.filter
def drawing(svg: str) -> str:
    """A drawing of the report or a QR code: made by this plugin, with every text in it escaped."""
    return mark_safe(svg)  # noqa: S308 - see above


@register.filter
def table(text: str) -> list[list[str]]:
    """The rows of a CSV text."""
    return list(csv.reader(text.splitlines()))


@register.filter
def file(text: str) -> str:
    """A CSV text as a link by which it is saved; spreadsheets know by the mark at its beginning that it is UTF-8."""
    return "data:text/csv;charset=utf-8," + quote("\ufeff" + text)


@register.filter
def picture(svg: str) -> str:
    """A drawing as a link by which it is saved."""
    return "data:image/svg+xml;charset=utf-8," + quote(svg)


@register.filter
def nodes(connection: Any) -> list[Any]:
    """What a list of GraphQL holds; nothing where there is none."""
    return [edge["node"] for edge in (connection or {}).get("edges", ())]


@register.filter
def is_before(value: str | None, now: datetime) -> bool:
    """Whether a moment lies before another; none never does."""
    found = parse_datetime(value or "")
    return found is not None and found <= now


def _in_words(found: datetime) -> str:
    return str(date_format(found.astimezone(timezone.get_current_timezone()), "DATETIME_FORMAT"))


@register.filter
def words(values: str) -> list[str]:
    """The words of a text, for a loop."""
    return values.split()


@register.filter
def word(value: str | None, of: str = "") -> str:
    """A value of an enum in words."""
    return texts.word(value or "", of)


@register.filter
def setting_groups(fields: Any) -> list[dict[str, Any]]:
    """Settings in their groups, for a form."""
    return setting_forms.groups(fields)


@register.filter
def setting_word(value: str) -> str:
    """A setting's value in words."""
    return setting_forms.word(value)


@register.filter
def health_name(value: str) -> str:
    """What a finding about health is about."""
    return str(texts.HEALTH.get(value, value))
