"""The layout: a report as sections of sentences, figures and charts, in the active language.

The text, the HTML page, the JSON and the API all show these sections, so they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from saleor_reciprocity.surveys.exports import harmless

from . import sentences, wording
from .charts import answers, books, effects
from .charts.svg import Chart
from .values import Owed, Question, Report, Spent, State, Voice

FEWEST_LOOKS = 2

# People by how often they had ordered before.
_STRATA = (
    gettext_noop("no or one earlier order"),
    gettext_noop("2 earlier orders"),
    gettext_noop("3 or 4 earlier orders"),
    gettext_noop("5 to 9 earlier orders"),
    gettext_noop("10 earlier orders and more"),
)

MEASURES = {
    "csat": gettext_noop("Satisfaction: satisfied customers in percent"),
    "nps": gettext_noop("Recommendation: promoters less detractors in percent"),
    "ces": gettext_noop("Effort: how easy it was, from 1 to 7"),
    "stars": gettext_noop("Stars for products, from 1 to 5"),
}


@dataclass(frozen=True)
class Figure:
    """A number with its name, both as texts."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """One part of the page."""

    key: str
    heading: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    state: str = ""

    @property
    def paragraph(self) -> str:
        """The sentences as one text."""
        return wording.paragraph(self.sentences)


def title(report: Report) -> str:
    """What the whole is called."""
    return _("Report: %(channel)s") % {"channel": report.channel} if report.channel else _("Report of the shop")


def dates(report: Report) -> str:
    """Up to which day the report reads, and when it was made."""
    values = {"day": wording.day_with_year(report.until), "moment": f"{report.made_at:%Y-%m-%d %H:%M} UTC"}
    said = [_("Up to and with %(day)s. Made at %(moment)s.") % values]
    if report.channel:
        said.append(_("Questions are asked of the whole shop."))
    return wording.paragraph(said)


def sections(report: Report) -> list[Section]:
    """All parts of the page, in the order in which they are read."""
    found = [question_section(question, report) for question in report.questions]
    return [*found, *_money(report), *_voice(report), *_use(report)]


def question_section(question: Question, report: Report) -> Section:
    """One question: its conclusion, its counts, and what can be drawn of it."""
    said = tuple(sentences.of_question(question, report.until))
    heading = _(sentences.QUESTIONS[question.name])
    charts = tuple(_charts(question, wording.paragraph(said), report)) if question.followed else ()
    return Section(question.name, heading, said, _counts(question), charts, question.state.value)


def _counts(question: Question) -> tuple[Figure, ...]:
    if not question.followed:
        return ()
    arms = question.arms
    both = _("%(returned)s of %(people)s came back")
    rows = [
        (sentences.OTHERS[question.name], arms.others_returned, arms.others),
        (wording.HELD_OUT[question.name], arms.held_out_returned, arms.held_out),
    ]
    figures = [
        Figure(_(name), both % {"returned": wording.whole(returned), "people": wording.whole(people)})
        for name, returned, people in rows
    ]
    return (*figures, *_parts(question))


def _parts(question: Question) -> list[Figure]:
    """The counts of each channel, where there is more than one, and by earlier orders: no verdict rests on them."""
    channels = question.by_channel if len(question.by_channel) > 1 else ()
    named = [*channels, *((_(_STRATA[stratum]), arms) for stratum, arms in question.by_stratum)]
    names = (_(sentences.OTHERS_SHORT[question.name]), _(sentences.HELD_OUT_SHORT[question.name]))
    return [
        Figure(
            _("%(part)s (no verdict)") % {"part": name},
            f"{names[0]}: {_rate(arms.others_returned, arms.others)}; "
            f"{names[1]}: {_rate(arms.held_out_returned, arms.held_out)}",
        )
        for name, arms in named
    ]


def _rate(returned: int, people: int) -> str:
    values = {"returned": wording.whole(returned), "people": wording.whole(people)}
    return _("%(returned)s of %(people)s") % values


def _charts(question: Question, description: str, report: Report) -> list[Chart]:
    """The charts of a question; where a check failed none, because each of them would be a conclusion."""
    if question.state is State.WITHHELD:
        return []
    found = [effects.arms(question, description)]
    if len(question.history) >= FEWEST_LOOKS:
        found.append(effects.over_time(question, description, report.until))
    return [*found, *([effects.returning(question, description)] if question.steps else [])]


def _money(report: Report) -> list[Section]:
    said = [sentence for amount in report.amounts for sentence in sentences.of_amount(amount)]
    owed = [sentence for one in report.owed for sentence in sentences.of_owed(one)]
    charts = [books.months(report.months, wording.paragraph(_of_months(report)))] if report.months else []
    charts += [
        books.ages(one, f"ages-{number}", wording.paragraph(sentences.of_owed(one)))
        for number, one in enumerate(report.owed, 1)
        if one.ages
    ]
    if not (said or owed or charts or report.spent):
        return []
    figures = [*(figure for one in report.owed for figure in _owed(one)), *map(_spent, report.spent)]
    return [Section("money", _("What it costs and what is owed"), (*said, *owed), tuple(figures), tuple(charts))]


def _of_months(report: Report) -> list[str]:
    values = {
        "months": len(report.months),
        "issued": wording.whole(sum(each.issued for each in report.months)),
        "redeemed": wording.whole(sum(each.redeemed for each in report.months)),
        "expired": wording.whole(sum(each.expired for each in report.months)),
        "taken_back": wording.whole(sum(each.taken_back for each in report.months)),
    }
    text = ngettext(
        "In %(months)s month %(issued)s points were issued, %(redeemed)s redeemed, %(expired)s expired, "
        "%(taken_back)s taken back.",
        "In %(months)s months %(issued)s points were issued, %(redeemed)s redeemed, %(expired)s expired, "
        "%(taken_back)s taken back.",
        len(report.months),
    )
    return [text % values]


def _owed(one: Owed) -> list[Figure]:
    name = f"{one.channel}, {one.currency}" if one.channel else one.currency
    rows = [
        (_("%(name)s: open points"), one.points),
        (_("%(name)s: expected to be redeemed"), one.expected),
        (_("%(name)s: prudent"), one.prudent),
    ]
    return [
        Figure(
            label % {"name": name},
            _("%(points)s points, %(money)s")
            % {"points": wording.whole(points), "money": wording.money(points * one.point_value, one.currency)},
        )
        for label, points in rows
        if points is not None
    ]


def _spent(one: Spent) -> Figure:
    """What a campaign has cost, and what its budget allows and leaves."""
    limits = (
        (_("%(money)s a day"), one.per_day),
        (_("%(money)s a month"), one.per_month),
        (_("%(money)s in all"), one.total),
    )
    allowed = [text % {"money": wording.money(limit, one.currency)} for text, limit in limits if limit is not None]
    text = _("%(cost)s for %(won)s surprises, %(used)s of them used; budget %(allowed)s; left %(left)s") % {
        "cost": wording.money(one.cost, one.currency),
        "won": wording.whole(one.won),
        "used": wording.whole(one.used),
        "allowed": " / ".join(allowed) or "–",
        "left": wording.money(one.left, one.currency) if one.left is not None else "–",
    }
    refused = _("%(orders)s more would have won without it") % {"orders": wording.whole(one.no_budget)}
    label = _("surprises of “%(campaign)s”, %(channel)s") % {"campaign": one.campaign, "channel": one.channel}
    return Figure(label, f"{text}; {refused}" if one.no_budget else text)


def _voice(report: Report) -> list[Section]:
    said = []
    if report.asked:
        text = ngettext(
            "%(answered)s of %(asked)s invitation was answered (%(share)s).",
            "%(answered)s of %(asked)s invitations were answered (%(share)s).",
            report.asked,
        )
        share = wording.percent(report.answered / report.asked)
        said = [
            text % {"answered": wording.whole(report.answered), "asked": wording.whole(report.asked), "share": share}
        ]
    charts = [
        answers.scores(voice, _(MEASURES[voice.measure]), _of_score(voice)) for voice in report.voices if voice.months
    ]
    if report.rated:
        charts.append(answers.products(report.rated, report.rated_mean, sentences.of_rated(report.rated)))
    figures = [Figure(_(MEASURES[voice.measure]), _of_score(voice)) for voice in report.voices]
    if not (said or figures or charts):
        return []
    return [Section("voice", _("What customers say"), tuple(said), tuple(figures), tuple(charts))]


def _of_score(voice: Voice) -> str:
    total = voice.total
    text = ngettext(
        "%(value)s (between %(low)s and %(high)s) from %(answers)s answer.",
        "%(value)s (between %(low)s and %(high)s) from %(answers)s answers.",
        total.answers,
    )
    ends = {"value": f"{total.value:.1f}", "low": f"{total.low:.1f}", "high": f"{total.high:.1f}"}
    return text % {**ends, "answers": wording.whole(total.answers)}


def _use(report: Report) -> list[Section]:
    use = report.use
    if use is None:
        return []
    rows: list[tuple[str, str | None]] = [
        (_("members"), wording.whole(use.members)),
        (_("active in the last year"), wording.whole(use.active)),
        (
            _("points redeemed of those issued"),
            None if use.redemption_rate is None else wording.percent(use.redemption_rate),
        ),
        (
            _("days to the first redemption, at the median"),
            None if use.days_to_first_redemption is None else f"{use.days_to_first_redemption:.0f}",
        ),
        *((_("tier “%(name)s”") % {"name": name}, wording.whole(people)) for name, people in use.tiers),
        (_("surprises won"), wording.whole(use.surprises_won)),
        (_("surprises used"), wording.whole(use.surprises_used)),
        *((_("cost of surprises"), wording.money(amount, currency)) for currency, amount in use.surprises_cost),
        (_("customers with recommendations in their list"), wording.whole(use.recommendations_shown)),
        (_("lines of orders with a product of their list, in 30 days"), wording.whole(use.recommendations_bought)),
    ]
    figures = tuple(Figure(label, text) for label, text in rows if text is not None)
    said = sentences.of_lists(use.recommendations_compared) if use.recommendations_compared else ()
    return [Section("use", _("How it is used"), tuple(said), figures)]


def csv(chart: Chart) -> str:
    """A chart's table for a spreadsheet, in which no cell is a formula."""
    return chart.csv(harmless)
