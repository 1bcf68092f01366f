"""Questions: their standard wording, in the active language, and the words of the shop where it prefers its own.

CSAT and CES follow the scales of their inventors; NPS is Reichheld's one question. Every text can be translated and
changed like any other of Django: by a catalogue in the shop's LOCALE_PATHS. That also translates a wording of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .scores import CSAT, NPS, STARS, answers_of


@dataclass(frozen=True)
class Choice:
    """One possible answer: its number, and what a screen reader says."""

    value: int
    spoken: str


@dataclass(frozen=True)
class Wording:
    """A question as a customer reads it, with what the two ends of its scale mean."""

    text: str
    lowest: str
    highest: str
    choices: tuple[Choice, ...]


def wording_of(question: str, own: str, shop: str, *, is_open: bool = False) -> Wording:
    """A question in the active language; `own` is the shop's wording, or "". An open one is not about an order."""
    if question == CSAT:
        of_shop = _("How satisfied are you with %(shop)s?") % {"shop": shop}
        text = of_shop if is_open else _("How satisfied are you with your order?")
        lowest, highest = _("Very dissatisfied"), _("Very satisfied")
    elif question == NPS:
        text = _("How likely are you to recommend %(shop)s to a friend or colleague?") % {"shop": shop}
        lowest, highest = _("Not at all likely"), _("Extremely likely")
    else:
        text = _("%(shop)s made it easy for me to get what I wanted.") % {"shop": shop}
        lowest, highest = _("Strongly disagree"), _("Strongly agree")
    values = answers_of(question)
    choices = tuple(Choice(value, _spoken(value, values, lowest, highest)) for value in values)
    return Wording(_(own) if own else text, lowest, highest, choices)


def star_choices() -> tuple[Choice, ...]:
    """The ratings of a product."""
    values = range(STARS[0], STARS[1] + 1)
    return tuple(Choice(value, _spoken(value, values, _("Poor"), _("Excellent"))) for value in values)


def _spoken(value: int, values: range, lowest: str, highest: str) -> str:
    """The meaning of a number; only the ends of a scale have one."""
    return {values[0]: lowest, values[-1]: highest}.get(value, "")
