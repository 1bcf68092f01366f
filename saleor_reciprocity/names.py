"""Names: what a shop calls its points, by language, with the forms that a language has.

Written as “en: star | stars; zh: 星星”: for 1 and for every other number, or one form for all. Where a shop has no name
of its own for a language, points are called points.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import localize
from django.utils.translation import get_language, ngettext


@dataclass(frozen=True)
class Name:
    """What points are called in one language: for the number 1, and for others or without a number."""

    one: str
    other: str

    def of(self, number: Decimal | int) -> str:
        """The form for a number."""
        return self.one if number == 1 else self.other


@lru_cache(maxsize=256)
def _by_language(names: str) -> dict[str, Name]:
    entries = [entry.split(": ", 1) for entry in names.split("; ") if entry]
    forms = {language: form.split(" | ") for language, form in entries}
    return {language: Name(form[0], form[-1]) for language, form in forms.items()}


def _own(names: str) -> Name | None:
    """The shop's own name in the active language, or in another way to write it."""
    own, language = _by_language(names), get_language() or "en"
    alike = (name for code, name in own.items() if code.split("-")[0] == language.split("-")[0])
    return own.get(language) or next(alike, None)


def called(names: str) -> Name:
    """What points are called in the active language."""
    return _own(names) or Name(ngettext("point", "points", 1), ngettext("point", "points", 2))


def amount(names: str, number: Decimal | int) -> str:
    """So many points, in the active language: “5 stars”."""
    shown = f"{number.normalize():f}" if isinstance(number, Decimal) else localize(number)
    own = _own(names)
    if own is not None:
        return f"{shown} {own.of(number)}"
    whole = int(number) if number == int(number) else 2
    return ngettext("%(number)s point", "%(number)s points", whole) % {"number": shown}


def words(names: str, number: int | None = None) -> dict[str, str]:
    """What a text about points is given: `points_name`, and `amount` of the points that it is about."""
    about = {} if number is None else {"amount": amount(names, number)}
    return {"points_name": called(names).other, **about}
