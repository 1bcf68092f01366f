"""Readers: how the text of an input becomes a value, and what is said of a text that does not."""

from __future__ import annotations

import re
import stringprep
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Callable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock

UNKNOWN_ZONE = gettext_lazy("Enter the name of a time zone, for example Europe/Berlin.")


# A comma before three digits may stand for thousands, so it is asked again.
_DECIMAL_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]{1,2}|[0-9]{4,})")

# What a number counts; "" where that needs no word.
DAYS, MONTHS, NUMBER_OF_POINTS, AMOUNT, SHARE = "days", "months", "points", "amount", "share"

_NUMBER = gettext_lazy("Enter a number from %(low)s to %(high)s.")
WHOLE_NUMBER = gettext_lazy("Enter a whole number from %(low)s to %(high)s.")
_OF = {
    DAYS: gettext_lazy("Enter a whole number of days from %(low)s to %(high)s, without the word."),
    MONTHS: gettext_lazy("Enter a whole number of months from %(low)s to %(high)s, without the word."),
    NUMBER_OF_POINTS: gettext_lazy("Enter a whole number of points from %(low)s to %(high)s, without the word."),
    AMOUNT: gettext_lazy("Enter an amount from %(low)s to %(high)s, without the currency."),
    SHARE: gettext_lazy("Enter a share from %(low)s to %(high)s, or a percentage such as 20%%."),
}


@dataclass(frozen=True)
class Reader:
    """How the text of an input becomes a value, and what a form wants to know of it.

    `choices` are the only texts that it takes, if there are any; `type` is a name of the host's ConfigurationTypeField.
    """

    _read: Callable[[str], Any]
    choices: tuple[str, ...] = ()
    unit: str = ""
    type: str = "STRING"

    def __call__(self, text: str) -> Any:
        """The value of a text. Raises ValueError, with what to enter instead."""
        return self._read(text)


def _number(text: str) -> Decimal:
    """A number, with a point or a comma before the decimals; not a number for any other text."""
    try:
        number = Decimal(_DECIMAL_COMMA.sub(r"\1.\2", text) if _DECIMAL_COMMA.fullmatch(text) else text)
    except InvalidOperation:
        return Decimal("NaN")
    return number if number.is_finite() else Decimal("NaN")


def _within(number: Decimal, low: Any, high: Any, message: Any) -> Decimal:
    if number.is_nan() or not Decimal(low) <= number <= Decimal(high):
        raise ValueError(message % {"low": low, "high": high})
    return number


def decimal_between(low: str, high: str, places: int, unit: str = "") -> Reader:
    """A reader of decimals from `low` to `high` with at most `places` decimals."""

    def read(text: str) -> Decimal:
        number = _within(_number(text), low, high, _OF.get(unit, _NUMBER))
        if number != round(number, places):
            raise ValueError(_("Enter at most %(places)s decimals.") % {"places": places})
        return number

    return Reader(read, unit=unit)


def share_up_to(high: str, places: int, low: str = "0") -> Reader:
    """A reader of shares from `low` to `high`: 0.2, or 20%."""
    read_decimal = decimal_between(low, high, places, SHARE)

    def read(text: str) -> Decimal:
        number = _number(text.rstrip("%％").rstrip())
        percent = text.endswith(("%", "％")) and not number.is_nan()
        return Decimal(read_decimal(as_text(number / 100) if percent else text))

    return Reader(read, unit=SHARE)


def whole_between(low: int, high: int, unit: str = "") -> Reader:
    """A reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        number = _number(text)
        whole = number if number == number.to_integral_value() else Decimal("NaN")
        return int(_within(whole, low, high, _OF.get(unit, WHOLE_NUMBER)))

    return Reader(read, unit=unit)


def one_of(*choices: str) -> Reader:
    """A reader of one word out of `choices`, in any case."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(_("Enter one of: %(choices)s.") % {"choices": ", ".join(choices)})
        return text.lower()

    return Reader(read, choices)


def text_up_to(most: int) -> Reader:
    """A reader of any text of at most `most` characters."""

    def read(text: str) -> str:
        if len(text) > most:
            raise ValueError(_("Enter at most %(most)s characters.") % {"most": most})
        return text

    return Reader(read)


def secret_up_to(most: int) -> Reader:
    """A reader of a text of at most `most` characters that nobody is shown again."""
    return replace(text_up_to(most), type="SECRET")


def _switch(text: str) -> bool:
    if text.lower() not in ("true", "on", "yes", "false", "off", "no", ""):
        raise ValueError(_("Enter one of: %(choices)s.") % {"choices": "on, off"})
    return text.lower() in ("true", "on", "yes")


# On or off. "yes" and "no" are from before all such inputs were switches.
switch = Reader(_switch, type="BOOLEAN")


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address: one that the host takes, without a character that nobody sees."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return not any(map(stringprep.in_table_b1, text))


def _email_address(text: str) -> str:
    if text and not is_address(text):
        raise ValueError(_("Enter an e-mail address, for example shop@example.com."))
    return text


# An e-mail address, or none.
email_address = Reader(_email_address)


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if text and (
        parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None or len(text) > 500
    ):
        raise ValueError(_("Enter an address that begins with https://."))
    return text


# A public http or https address without a user name, or none.
web_address = Reader(_web_address)


def _time_zone(text: str) -> str:
    try:
        return clock.zone_name(text)
    except ValueError:
        raise ValueError(UNKNOWN_ZONE) from None


# The name of a time zone in the IANA database, in any letter case.
time_zone = Reader(_time_zone)


_LONGEST_NAMES = 200
_LANGUAGE = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*"
_FORM = r"(?!\s)[^|:;{}<>%&\"\x00-\x1f\u202a-\u202e\u2066-\u2069]{1,30}"
_ENTRY = re.compile(rf"({_LANGUAGE})\s*[:：]\s*({_FORM})(?:\s*\|\s*({_FORM}))?", re.IGNORECASE)


def _points_names(text: str) -> str:
    entries = [entry.strip() for entry in re.split("[;；\n]", text) if entry.strip()]
    read = [found for found in map(_ENTRY.fullmatch, entries) if found]
    forms = {found[1].lower(): " | ".join(form.strip() for form in found.groups()[1:] if form) for found in read}
    if len(text) > _LONGEST_NAMES or len(forms) < len(entries):
        raise ValueError(
            _("Enter for each language once what points are called for 1 and for more: “en: star | stars; zh: 星星”.")
        )
    return "; ".join(f"{language}: {form}" for language, form in forms.items())


# What points are called in each language, as `names` takes it, or nothing: the form for 1 and the one for others.
points_names = Reader(_points_names)


def as_text(value: Any) -> str:
    """A value as it is stored: a number plainly, without exponent and without zeros at its end."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
