"""Sentences: what can be said about a question, in the active language. Where nothing can be said they say why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from saleor_reciprocity.experiments.evidence import GIFT, HARMS, PROGRAMME, SURVEY, WITHHELD, WORKS, Interval

from . import withheld
from .values import Amount, Lists, Mark, Owed, Question, Rated, State
from .wording import HELD_OUT, amount_only, between, day, money, percent, points, whole

QUESTIONS = {
    PROGRAMME: gettext_noop("Does the programme bring customers back?"),
    GIFT: gettext_noop("Does a gift bring customers back?"),
    SURVEY: gettext_noop("Does being asked after an order bring customers back, or drive them away?"),
}

# How the two groups of each question are called in a sentence, and in one or two words.
OTHERS = {
    PROGRAMME: gettext_noop("those who could be surprised"),
    GIFT: gettext_noop("those whose first draw won"),
    SURVEY: gettext_noop("those who could be asked"),
}
OTHERS_SHORT = {
    PROGRAMME: gettext_noop("could win"),
    GIFT: gettext_noop("won"),
    SURVEY: gettext_noop("could be asked"),
}
HELD_OUT_SHORT = {
    PROGRAMME: gettext_noop("held out"),
    GIFT: gettext_noop("blank"),
    SURVEY: gettext_noop("never asked"),
}


def footer() -> str:
    """What the whole page promises."""
    return _(
        "Of 100 shops in which nothing has an effect, at most 5 would ever read “it works” on this page, "
        "however often they look."
    )


def of_question(question: Question, today: date) -> list[str]:
    """What is concluded, one sentence after the other; `today` is the day up to which the report reads."""
    said = _STATES[question.state](question, today)
    return [*said, *_dilution(question), *_notes(question, today)]


def _nothing(question: Question, today: date) -> list[str]:
    return [_("Nobody takes part in this question yet.")]


def _immature(question: Question, today: date) -> list[str]:
    failed = [check for check in question.checks if check.outcome == WITHHELD]
    if question.first_complete is not None and question.first_complete > today:
        return [
            _("The first customers complete their 90 days on %(day)s.") % {"day": day(question.first_complete, today)}
        ]
    return withheld.sentences(failed, question, today) or [_("It is too early to say anything.")]


def _withheld(question: Question, today: date) -> list[str]:
    return withheld.sentences([check for check in question.checks if check.outcome == WITHHELD], question, today)


def _works(question: Question, today: date) -> list[str]:
    return [*_planned(question, today, WORKS), *_watched(question, today, WORKS)]


def _harms(question: Question, today: date) -> list[str]:
    said = [*_planned(question, today, HARMS), *_watched(question, today, HARMS)]
    return [*said, _("Consider switching it off.")]


def _planned(question: Question, today: date, effect: str) -> list[str]:
    """What the evaluation found that was fixed beforehand, where that is the conclusion."""
    found = question.evaluation
    if found is None or question.plan is None or found.verdict != effect:
        return []
    values = {
        "day": day(question.plan.evaluation, today),
        "people": whole(found.people),
        "points": points(found.effect),
        "low": points(min(found.interval.low, found.interval.high, key=abs)),
        "high": points(max(found.interval.low, found.interval.high, key=abs)),
    }
    if effect == WORKS:
        text = _(
            "It works. In the evaluation fixed beforehand for %(day)s (%(people)s customers): "
            "%(points)s points more often (%(low)s to %(high)s). This figure no longer changes."
        )
    else:
        text = _(
            "It drives customers away. In the evaluation fixed beforehand for %(day)s (%(people)s customers): "
            "%(points)s points less often (%(low)s to %(high)s less). This figure no longer changes."
        )
    return [text % values]


def _watched(question: Question, today: date, effect: str) -> list[str]:
    """What the watch has been certain of since a day, and what has become of it."""
    since = next((verdict.day for verdict in question.verdicts if verdict.effect == effect), None)
    if since is None or question.today is None or question.effect is None:
        return []
    certain = {"day": day(since, today)}
    if 0 in question.today:
        text = _("First certain on %(day)s; since then the difference has narrowed and today’s interval includes zero.")
        return [text % certain, _so_far(question.today)]
    said = (
        _works_today(question, question.effect, question.today)
        if effect == WORKS
        else _harms_today(question.effect, question.today)
    )
    return [said, _("First certain on %(day)s.") % certain]


def _works_today(question: Question, effect: float, interval: Interval) -> str:
    text = ngettext(
        "It works. Of %(people)s customer followed for 90 days, %(others)s came back %(points)s points more often than "
        "%(held_out)s (between %(low)s and %(high)s).",
        "It works. Of %(people)s customers followed for 90 days, %(others)s came back %(points)s points more often "
        "than %(held_out)s (between %(low)s and %(high)s).",
        question.followed,
    )
    return text % {
        "people": whole(question.followed),
        "others": _(OTHERS[question.name]),
        "held_out": _(HELD_OUT[question.name]),
        "points": points(effect),
        "low": points(interval.low),
        "high": points(interval.high),
    }


def _harms_today(effect: float, interval: Interval) -> str:
    text = _("It drives customers away: %(points)s points less often (%(low)s to %(high)s less).")
    return text % {"points": points(effect), "low": points(interval.high), "high": points(interval.low)}


def _so_far(interval: Interval) -> str:
    values = {"low": points(interval.low), "high": points(interval.high)}
    if interval.low >= 0:
        return _("So far between %(low)s and %(high)s points more.") % values
    if interval.high <= 0:
        return _("So far between %(high)s and %(low)s points less.") % values
    return _("So far between %(low)s points less and %(high)s more.") % values


def _none_yet(question: Question, today: date) -> list[str]:
    said = [_("No conclusion yet.")]
    if question.today is not None:
        said.append(_so_far(question.today))
    return [*said, *_what_would_show(question, today)]


def _what_would_show(question: Question, today: date) -> list[str]:
    plan = question.plan
    if plan is None:
        return []
    return [would_show(plan.planned_people, day(plan.evaluation, today), question.smallest)]


def would_show(people: int, by_day: str, smallest: float | None) -> str:
    """Which effect will show on the day of an evaluation with so many people, and which will not."""
    values = {"people": whole(people), "day": by_day}
    if smallest is None:
        text = _("With the %(people)s customers expected by %(day)s, no effect would show in 8 of 10 cases.")
        return text % values
    text = _(
        "With the %(people)s customers expected by %(day)s, an effect of %(points)s points or more will show in 8 of "
        "10 cases; a smaller one may exist and stay unseen."
    )
    return text % {**values, "points": points(smallest)}


def _none_found(question: Question, today: date) -> list[str]:
    if question.evaluation is None:
        return []
    interval = question.evaluation.interval
    said = _("No effect was found.")
    if question.smallest is not None:
        said = _("No effect of %(points)s points or more was found.") % {"points": points(question.smallest)}
    proof = _("That does not prove that there is none: %(interval)s.")
    return [said, proof % {"interval": between(interval.low, interval.high)}]


_STATES: dict[State, Callable[[Question, date], list[str]]] = {
    State.NOT_STARTED: _nothing,
    State.IMMATURE: _immature,
    State.WITHHELD: _withheld,
    State.NONE_YET: _none_yet,
    State.NONE_FOUND: _none_found,
    State.WORKS: _works,
    State.HARMS: _harms,
}


def _dilution(question: Question) -> list[str]:
    """How little of a gift's effect the programme as a whole can show, where most orders win nothing."""
    return dilution(question.win_probability) if question.name == PROGRAMME else []


def dilution(probability: float | None) -> list[str]:
    """The same of a probability to win; nothing is said where more than half of the orders win."""
    if probability is None or not 0 < probability <= 0.5:
        return []
    if round(probability, 6) == 0.1:
        said = _("One order in ten wins, so the whole programme can move at most a tenth of what a gift does.")
    else:
        said = _("%(share)s of orders win, so the whole programme can move at most %(share)s of what a gift does.")
    return [said % {"share": percent(probability)}, _("Look at the gift question first.")]


def _notes(question: Question, today: date) -> list[str]:
    """What is worth knowing beside a conclusion, and what could not withhold it."""
    is_open = question.state in (State.WITHHELD, State.IMMATURE)
    noted = [each for each in question.checks if not (is_open and each.outcome == WITHHELD)]
    said = withheld.sentences(noted, question, today)
    if question.erased:
        text = ngettext(
            "%(people)s customer was erased meanwhile and stays in the counts.",
            "%(people)s customers were erased meanwhile and stay in the counts.",
            question.erased,
        )
        said.append(text % {"people": whole(question.erased)})
    return said


def of_amount(amount: Amount) -> list[str]:
    """What a person brought more or less, which is no verdict."""
    values = {"value": money(amount.value, amount.currency), "interval": _money_between(amount)}
    if amount.value >= 0:
        said = _("On average %(value)s more per person after gifts and points (%(interval)s).")
    else:
        said = _("On average %(value)s less per person after gifts and points (%(interval)s).")
    capped = ngettext(
        "%(people)s customer counted at the cap of %(cap)s.",
        "%(people)s customers counted at the cap of %(cap)s.",
        amount.at_cap,
    )
    at_cap = {"people": whole(amount.at_cap), "cap": money(amount.cap, amount.currency)}
    return [said % values, _("Not a verdict."), *([capped % at_cap] if amount.at_cap else []), of_margin(amount.margin)]


def of_margin(margin: Decimal) -> str:
    """How much of what customers paid was counted as brought."""
    if margin == 1:
        return _("No margin was set when this began, so all that was paid is counted.")
    text = _(
        "Of what was paid %(margin)s is counted, the margin that was set when this began; gifts and points in full."
    )
    return text % {"margin": percent(float(margin))}


def _money_between(amount: Amount) -> str:
    low, high = (amount_only(end, amount.currency) for end in (amount.low, amount.high))
    if amount.low >= 0:
        return _("between %(low)s and %(high)s more") % {"low": low, "high": high}
    if amount.high <= 0:
        return _("between %(high)s and %(low)s less") % {"low": low, "high": high}
    return _("between %(low)s less and %(high)s more") % {"low": low, "high": high}


def of_lists(lists: Lists) -> list[str]:
    """How many bought of their list, of those whom it was shown and of those held out. No verdict."""
    arms = lists.arms
    text = _(
        "Of %(others)s customers whose list was shown to them %(others_bought)s bought of it within 30 days; of "
        "%(held_out)s held out, who were shown best sellers, %(held_out_bought)s bought of the list that was not "
        "shown: in points of percent %(interval)s."
    )
    values = {
        "others": whole(arms.others),
        "others_bought": percent(arms.others_returned / arms.others),
        "held_out": whole(arms.held_out),
        "held_out_bought": percent(arms.held_out_returned / arms.held_out),
        "interval": between(lists.interval.low, lists.interval.high),
    }
    return [text % values, _("Not a verdict.")]


def of_owed(one: Owed) -> list[str]:
    """What is owed in points, what of it is expected to be redeemed, and how such an expectation has turned out."""
    values = {
        "points": whole(one.points),
        "money": money(one.points * one.point_value, one.currency),
        "expected": whole(one.expected or 0),
        "prudent": whole(one.prudent or 0),
    }
    text = ngettext("%(points)s point is open (%(money)s).", "%(points)s points are open (%(money)s).", one.points)
    said = [text % values]
    if one.prudent is None:
        return [*said, _("There is not a year of history yet, so nothing is taken off for points that may expire.")]
    if one.expected is not None:
        said.append(_("%(expected)s of them are expected to be redeemed.") % values)
    said.append(_("At most %(prudent)s, said prudently.") % values)
    if one.expected_a_year_ago is not None and one.redeemed_since is not None:
        text = _("A year ago we expected %(expected)s; %(redeemed)s was redeemed.")
        said.append(text % {"expected": percent(one.expected_a_year_ago), "redeemed": percent(one.redeemed_since)})
    return said


def of_rated(rated: Sequence[Rated]) -> str:
    """How many products differ from the others by more than chance."""
    marked = sum(1 for one in rated if one.mark is not Mark.NONE)
    if not marked:
        return _("No product differs from the others by more than chance.")
    text = ngettext(
        "%(marked)s of %(products)s products differs from the others by more than chance.",
        "%(marked)s of %(products)s products differ from the others by more than chance.",
        marked,
    )
    return text % {"marked": whole(marked), "products": whole(len(rated))}
