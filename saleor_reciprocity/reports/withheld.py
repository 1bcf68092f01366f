"""Why nothing is concluded: what each check that failed found, in the active language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saleor_reciprocity.experiments import validity
from saleor_reciprocity.experiments.evidence import SURVEY, WITHHELD, Check

from .values import Question, State
from .wording import HELD_OUT, day, paragraph, percent, whole


def sentences(checks: Iterable[Check], question: Question, today: date) -> list[str]:
    """What these checks found, one sentence after the other; the end once, where something is withheld."""
    found = [_CHECKS[check.name](check, question, today) for check in checks]
    explained = any(check.outcome == WITHHELD and check.name not in _EXPLAINED for check in checks)
    return [*found, _("Nothing is concluded until this is explained.")] if explained else found


def _reproducible(check: Check, question: Question, today: date) -> str:
    text = ngettext(
        "Withheld: %(count)s decision does not follow from the key that made it. It was changed.",
        "Withheld: %(count)s decisions do not follow from the key that made them. They were changed.",
        int(check.count),
    )
    return text % _counts(check)


def _complete(check: Check, question: Question, today: date) -> str:
    if check.of:
        text = ngettext(
            "Withheld: %(count)s of %(of)s orders leads to no customer.",
            "Withheld: %(count)s of %(of)s orders lead to no customer.",
            int(check.count),
        )
    else:
        text = ngettext(
            "Withheld: %(count)s row that has to be there is missing.",
            "Withheld: %(count)s rows that have to be there are missing.",
            int(check.count),
        )
    return text % _counts(check)


def _ratio(check: Check, question: Question, today: date) -> str:
    text = ngettext(
        "Withheld: %(count)s of %(of)s customers is among %(held_out)s where about %(expected)s should be. "
        "Rows are missing or were changed.",
        "Withheld: %(count)s of %(of)s customers are among %(held_out)s where about %(expected)s should be. "
        "Rows are missing or were changed.",
        int(check.count),
    )
    return text % {**_counts(check), "held_out": _(HELD_OUT[question.name])}


def _mature_ratio(check: Check, question: Question, today: date) -> str:
    text = ngettext(
        "Withheld: of %(of)s customers followed for 90 days %(count)s is among %(held_out)s where about %(expected)s "
        "should be. Outcomes are missing or were changed.",
        "Withheld: of %(of)s customers followed for 90 days %(count)s are among %(held_out)s where about %(expected)s "
        "should be. Outcomes are missing or were changed.",
        int(check.count),
    )
    return text % {**_counts(check), "held_out": _(HELD_OUT[question.name])}


def _placebo(check: Check, question: Question, today: date) -> str:
    return _(
        "Withheld: the two groups differed before anything was given. Customers of one of them are missing or were "
        "moved."
    )


def _slice(check: Check, question: Question, today: date) -> str:
    first = check.day or today
    days = {"first": day(first, today), "last": day(first + timedelta(days=check.days - 1), today)}
    text = _("Withheld: from %(first)s to %(last)s one group has far fewer orders than the other. Orders are missing.")
    return text % days


def _immature(check: Check, question: Question, today: date) -> str:
    return _("It is too early to say anything: the interval is still wider than 60 points.")


def _too_few(check: Check, question: Question, today: date) -> str:
    arms = question.arms
    text = _(
        "Too few customers yet: %(people)s of %(held_out)s and %(others)s others were followed for 90 days, and "
        "%(returned)s came back. At least 30 in each group and 10 who came back are needed."
    )
    returned = arms.held_out_returned + arms.others_returned
    return text % {
        "people": whole(arms.held_out),
        "held_out": _(HELD_OUT[question.name]),
        "others": whole(arms.others),
        "returned": whole(returned),
    }


def _contaminated(check: Check, question: Question, today: date) -> str:
    values = {"share": percent(check.count / check.of if check.of else 0), "held_out": _(HELD_OUT[question.name])}
    if question.name == SURVEY:
        happened = _("%(share)s of those held out were asked all the same.")
    else:
        happened = _("%(share)s of %(held_out)s had a gift all the same.")
    if check.outcome == WITHHELD and question.state is State.WITHHELD:
        end = _("No conclusion: the groups are too much alike.")
    else:
        end = _("The difference is rather larger than it looks here.")
    return paragraph([happened % values, end])


def _stale(check: Check, question: Question, today: date) -> str:
    if check.day is None:
        return _("Withheld: there is no order at all. Orders are missing.")
    return _("Withheld: the newest order is of %(day)s. Orders are missing.") % {"day": day(check.day, today)}


def _counts(check: Check) -> dict[str, str]:
    numbers = {"count": check.count, "of": check.of, "expected": check.expected}
    return {name: whole(round(number)) for name, number in numbers.items()}


_CHECKS: dict[str, Callable[[Check, Question, date], str]] = {
    validity.REPRODUCIBLE: _reproducible,
    validity.COMPLETE: _complete,
    validity.RATIO: _ratio,
    validity.MATURE_RATIO: _mature_ratio,
    validity.PLACEBO: _placebo,
    validity.SLICE: _slice,
    validity.IMMATURE: _immature,
    validity.TOO_FEW: _too_few,
    validity.CONTAMINATED: _contaminated,
    validity.STALE: _stale,
}

# These explain themselves: nothing is missing or wrong.
_EXPLAINED = (validity.IMMATURE, validity.TOO_FEW, validity.CONTAMINATED)
