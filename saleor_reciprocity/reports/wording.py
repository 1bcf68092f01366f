"""How a report writes numbers, days, money and intervals, in the active language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable

from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from saleor_reciprocity import host
from saleor_reciprocity.experiments.evidence import GIFT, PROGRAMME, SURVEY

# How those who got nothing are called in a sentence, by the question.
HELD_OUT = {
    PROGRAMME: gettext_noop("those held out"),
    GIFT: gettext_noop("those whose first draw was a blank"),
    SURVEY: gettext_noop("those never asked"),
}


def whole(number: int) -> str:
    """1532 as "1,532"."""
    return f"{number:,}"


def points(share: float) -> str:
    """A difference of shares in points of percent, without its sign: -0.0864 as "8.6"."""
    return f"{abs(share) * 100:.1f}"


def percent(share: float) -> str:
    """0.354 as "35.4%", 0.17 as "17%"."""
    return f"{round(share * 100, 1):g}%"


def money(amount: Decimal, currency: str) -> str:
    """The amount without its sign, and its currency: "1.20 EUR"."""
    return f"{amount_only(amount, currency)} {currency}"


def amount_only(amount: Decimal, currency: str) -> str:
    """The amount without its sign and its currency."""
    return f"{abs(amount):,.{host.decimals(currency)}f}"


def day(value: date, today: date) -> str:
    """A day, with the year where it is not this one."""
    return written(value, _("j F")) if value.year == today.year else day_with_year(value)


def day_with_year(value: date) -> str:
    """A day with its year: "3 May 2026"."""
    return written(value, _("j F Y"))


def between(low: float, high: float) -> str:
    """An interval of a difference in points, as it is read after "more often", or for itself where it holds zero."""
    values = {"low": points(low), "high": points(high)}
    if low >= 0:
        return _("between %(low)s and %(high)s more") % values
    if high <= 0:
        return _("between %(high)s and %(low)s less") % values
    return _("between %(low)s less and %(high)s more") % values


def paragraph(sentences: Iterable[str]) -> str:
    """Sentences one after the other; after the full stop of East Asia there is no space."""
    text = ""
    for sentence in sentences:
        text += ("" if not text or text.endswith("。") else " ") + sentence
    return text


def day_in_chart(value: date) -> str:
    """A day in a few letters: "3 May"."""
    return written(value, _("j M"))


def month_in_chart(value: date) -> str:
    """A month in a few letters: "May 2026"."""
    return written(value, _("M Y"))
