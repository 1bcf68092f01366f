"""Money: the decimals of a currency, and how an amount is written."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language, to_locale
from prices import Money as PricesMoney


def decimals(currency: str) -> int:
    """How many decimals an amount of this currency can have in the shop."""
    return min(get_currency_precision(currency), settings.DEFAULT_DECIMAL_PLACES)


def formatted(amount: Decimal, currency: str) -> str:
    """An amount of money as people write it in the active language."""
    try:
        return str(format_currency(amount, currency, locale=to_locale(get_language() or "en")))
    except (UnknownLocaleError, ValueError):
        return str(format_currency(amount, currency, locale="en"))


def rounded_down(amount: Decimal, currency: str) -> Decimal:
    """An amount of money without what the currency has no coins for."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_DOWN)


def money(amount: Decimal, currency: str) -> PricesMoney:
    """An amount of money as the host's GraphQL type `Money` wants it."""
    return PricesMoney(amount, currency)
