"""Readers: how the text of an input becomes a value, and what is said of a text that does not. Pure, but for texts."""

from __future__ import annotations

import re
import stringprep
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

_NUMBER = gettext_lazy("Enter a number from %(low)s to %(high)s.")
_WHOLE = gettext_lazy("Enter a whole number from %(low)s to %(high)s.")
_AMOUNT = gettext_lazy("Enter an amount from %(low)s to %(high)s, without the currency.")
_DAYS = gettext_lazy("Enter a whole number of days from %(low)s to %(high)s, without the word.")
_MONTHS = gettext_lazy("Enter a whole number of months from %(low)s to %(high)s, without the word.")
_POINTS = gettext_lazy("Enter a whole number of points from %(low)s to %(high)s, without the word.")
_SHARE = gettext_lazy("Enter a share from %(low)s to %(high)s, or a percentage such as 20%%.")


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


def decimal_between(low: str, high: str, places: int, message: Any = _NUMBER) -> Callable[[str], Decimal]:
    """A reader of decimals from `low` to `high` with at most `places` decimals."""

    def read(text: str) -> Decimal:
        number = _within(_number(text), low, high, message)
        if number != round(number, places):
            raise ValueError(_("Enter at most %(places)s decimals.") % {"places": places})
        return number

    return read


def share_up_to(high: str, places: int) -> Callable[[str], Decimal]:
    """A reader of shares from 0 to `high`: 0.2, or 20%."""
    read_decimal = decimal_between("0", high, places, _SHARE)

    def read(text: str) -> Decimal:
        number = _number(text.rstrip("%％").rstrip())
        percent = text.endswith(("%", "％")) and not number.is_nan()
        return read_decimal(as_text(number / 100) if percent else text)

    return read


def whole_between(low: int, high: int, message: Any = _WHOLE) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        number = _number(text)
        whole = number if number == number.to_integral_value() else Decimal("NaN")
        return int(_within(whole, low, high, message))

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """A reader of one word out of `choices`, in any case."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(_("Enter one of: %(choices)s.") % {"choices": ", ".join(choices)})
        return text.lower()

    return read


def text_up_to(most: int) -> Callable[[str], str]:
    """A reader of any text of at most `most` characters."""

    def read(text: str) -> str:
        if len(text) > most:
            raise ValueError(_("Enter at most %(most)s characters.") % {"most": most})
        return text

    return read


def switch(text: str) -> bool:
    """A reader of on or off. "yes" and "no" are from before all such inputs were switches."""
    if text.lower() not in ("true", "on", "yes", "false", "off", "no", ""):
        raise ValueError(_("Enter one of: %(choices)s.") % {"choices": "on, off"})
    return text.lower() in ("true", "on", "yes")


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address: one that the host takes, without a character that nobody sees."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return not any(map(stringprep.in_table_b1, text))


def email_address(text: str) -> str:
    """A reader of an e-mail address, or of none."""
    if text and not is_address(text):
        raise ValueError(_("Enter an e-mail address, for example shop@example.com."))
    return text


def web_address(text: str) -> str:
    """A reader of a public http or https address without a user name, or of none."""
    parts = urlsplit(text)
    if text and (
        parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None or len(text) > 500
    ):
        raise ValueError(_("Enter an address that begins with https://."))
    return text


def time_zone(text: str) -> str:
    """A reader of names of time zones in the IANA database, in any letter case."""
    try:
        return clock.zone_name(text)
    except ValueError:
        raise ValueError(UNKNOWN_ZONE) from None


def as_text(value: Any) -> str:
    """A value as it is stored: a number plainly, without exponent and without zeros at its end."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
