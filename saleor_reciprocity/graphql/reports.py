"""GraphQL of the report: typed figures, and the sentences and charts that the page shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import get_language, override
from graphql import GraphQLError

from saleor_reciprocity import host, languages
from saleor_reciprocity.experiments.evidence import WITHHELD
from saleor_reciprocity.experiments.models import Question as Name
from saleor_reciprocity.reports import kept, layout, report, sentences
from saleor_reciprocity.reports.values import Lists, Mark, Question, Report, State

from . import reach
from .scalars import FIRST_YEAR, Date, Number, enum, words

LoyaltyReportQuestionName = enum("LoyaltyReportQuestionName", Name, "What the report gives an answer to.")
LoyaltyReportState = words("LoyaltyReportState", State, "What can be said about a question.")
LoyaltyReportMark = words("LoyaltyReportMark", Mark, "Whether a product differs from the others by more than chance.")


def _many(kind: Any, description: str) -> Any:
    return graphene.List(graphene.NonNull(kind), required=True, description=description)


class LoyaltyReportCheck(graphene.ObjectType):
    """A check that failed, or that is worth a note."""

    name = graphene.String(required=True, description="Which check it is.")
    withholds = graphene.Boolean(required=True, description="Whether nothing is concluded because of it.")
    count = graphene.Float(required=True, description="What was counted.")
    of = graphene.Float(required=True, description="Among how many.")
    expected = graphene.Float(required=True, description="How many should be there.")

    @staticmethod
    def resolve_withholds(root: Any, info: Any) -> bool:
        return bool(root.outcome == WITHHELD)


class LoyaltyReportQuestion(graphene.ObjectType):
    """A question and its answer. Effects are differences of shares, 0.05 is five points more often."""

    name = LoyaltyReportQuestionName(required=True, description="The question.")
    state = LoyaltyReportState(required=True, description="What can be said.")
    held_out = graphene.Int(required=True, description="Customers held out who were followed for 90 days.")
    held_out_returned = graphene.Int(required=True, description="How many of them came back.")
    others = graphene.Int(required=True, description="The other customers who were followed for 90 days.")
    others_returned = graphene.Int(required=True, description="How many of them came back.")
    effect = graphene.Float(description="How much more often the others came back; null where it is withheld.")
    low = graphene.Float(description="The lower end of today's interval.")
    high = graphene.Float(description="The upper end of today's interval.")
    certain_since = Date(description="The day on which the newest conclusion was certain at first.")
    evaluation_on = Date(description="The day of the evaluation that was fixed beforehand.")
    evaluation_effect = graphene.Float(description="What it found; it no longer changes.")
    evaluation_low = graphene.Float(description="The lower end of its interval.")
    evaluation_high = graphene.Float(description="The upper end of its interval.")
    smallest_difference = graphene.Float(description="The smallest effect that it shows in 8 of 10 cases.")
    first_complete_on = Date(description="When the first customers complete their 90 days.")
    erased = graphene.Int(required=True, description="Customers who were erased meanwhile; they are counted.")
    checks = _many(LoyaltyReportCheck, "Checks that failed, or that are worth a note.")

    @staticmethod
    def of(question: Question) -> LoyaltyReportQuestion:
        """The type's values."""
        found, today, newest = question.evaluation, question.today, question.verdicts[-1:]
        return LoyaltyReportQuestion(
            name=question.name,
            state=question.state.value,
            held_out=question.arms.held_out,
            held_out_returned=question.arms.held_out_returned,
            others=question.arms.others,
            others_returned=question.arms.others_returned,
            effect=question.effect,
            low=today.low if today else None,
            high=today.high if today else None,
            certain_since=newest[0].day if newest else None,
            evaluation_on=question.plan.evaluation if question.plan else None,
            evaluation_effect=found.effect if found else None,
            evaluation_low=found.interval.low if found else None,
            evaluation_high=found.interval.high if found else None,
            smallest_difference=question.smallest,
            first_complete_on=question.first_complete,
            erased=question.erased,
            checks=question.checks,
        )


class LoyaltyReportAmount(graphene.ObjectType):
    """How much more a person brought after gifts and points, in one currency. Not a verdict."""

    currency = graphene.String(required=True, description="The currency.")
    value = Number(required=True, description="More per person than of those held out.")
    low = Number(required=True, description="The lower end of the interval.")
    high = Number(required=True, description="The upper end of the interval.")
    people = graphene.Int(required=True, description="How many people were counted.")
    at_cap = graphene.Int(required=True, description="How many of them were counted at the cap.")
    cap = Number(required=True, description="The most that is counted of a person.")
    margin = Number(required=True, description="So much of what was paid is counted; gifts and points in full.")


class LoyaltyReportMonth(graphene.ObjectType):
    """The points of a month."""

    month = Date(required=True, description="The first day of the month.")
    issued = Number(required=True, description="Points that were given.")
    redeemed = Number(required=True, description="Points that were redeemed.")
    expired = Number(required=True, description="Points that expired.")
    taken_back = Number(required=True, description="Points that were taken back.")


class LoyaltyReportAge(graphene.ObjectType):
    """Open points by their age."""

    first = graphene.Int(required=True, description="The youngest age, in months: 1 is the first month.")
    last = graphene.Int(description="The oldest age; null where there is no end.")
    points = Number(required=True, description="Open points.")
    expected = Number(description="How many of them are expected to be redeemed.")


class LoyaltyReportOwed(graphene.ObjectType):
    """What a channel owes in points."""

    channel = graphene.String(required=True, description="The channel's slug.")
    currency = graphene.String(required=True, description="Its currency.")
    points = Number(required=True, description="Open points.")
    point_value = Number(required=True, description="What a point is worth there.")
    expected = Number(description="How many are expected to be redeemed; null with too little history.")
    prudent = Number(description="How many at most, said prudently; null with too little history.")
    months_of_history = graphene.Int(required=True, description="The months that this rests on.")
    ages = _many(LoyaltyReportAge, "Open points by age.")


class LoyaltyReportSpent(graphene.ObjectType):
    """What a campaign's surprises have cost, and what its budget allows."""

    campaign = graphene.String(required=True, description="The campaign's name.")
    channel = graphene.String(required=True, description="The channel's slug.")
    currency = graphene.String(required=True, description="Its currency.")
    won = graphene.Int(required=True, description="Surprises that were won.")
    used = graphene.Int(required=True, description="How many of them were used.")
    cost = Number(required=True, description="What those cost that were used or can still be.")
    per_day = Number(description="The most that may be given on a day; null is no limit.")
    per_month = Number(description="The most in a month.")
    total = Number(description="The most in all.")
    left = Number(description="What the limits leave on the report's last day; campaigns may share a budget.")
    no_budget = graphene.Int(required=True, description="Orders that would have won if there had been money.")


class LoyaltyReportScore(graphene.ObjectType):
    """The score of one kind of question, in all or in one month."""

    measure = graphene.String(required=True, description="csat, nps, ces or stars.")
    month = Date(description="The first day of the month; null for all together.")
    answers = graphene.Int(required=True, description="How many answers there are.")
    value = graphene.Float(required=True, description="The score.")
    low = graphene.Float(required=True, description="The lower end of its interval.")
    high = graphene.Float(required=True, description="The upper end of its interval.")


class LoyaltyReportProduct(graphene.ObjectType):
    """How many of a product's buyers are satisfied."""

    product = graphene.String(required=True, description="The product's name.")
    answers = graphene.Int(required=True, description="How many answers there are.")
    satisfied = graphene.Float(required=True, description="The share of the satisfied, 0 to 1.")
    low = graphene.Float(required=True, description="The lower end of its interval.")
    high = graphene.Float(required=True, description="The upper end of its interval.")
    mark = LoyaltyReportMark(required=True, description="Whether it differs from the others by more than chance.")


class LoyaltyReportTier(graphene.ObjectType):
    """How many members have reached a tier."""

    name = graphene.String(required=True, description="The tier's name.")
    members = graphene.Int(required=True, description="How many members are in it.")


class LoyaltyReportCost(graphene.ObjectType):
    """What surprises have cost in one currency."""

    currency = graphene.String(required=True, description="The currency.")
    amount = Number(required=True, description="The amount.")


class LoyaltyReportLists(graphene.ObjectType):
    """Who bought of their list of recommendations within 30 days. An effect is a difference of shares. No verdict."""

    held_out = graphene.Int(required=True, description="Customers held out, whose list was not shown to them.")
    held_out_bought = graphene.Int(required=True, description="How many of them bought of it all the same.")
    others = graphene.Int(required=True, description="The customers whose list was shown to them.")
    others_bought = graphene.Int(required=True, description="How many of them bought of it.")
    low = graphene.Float(required=True, description="The lower end of how much more often the others did.")
    high = graphene.Float(required=True, description="The upper end.")

    @staticmethod
    def of(lists: Lists) -> LoyaltyReportLists:
        """The type's values."""
        return LoyaltyReportLists(
            held_out=lists.arms.held_out,
            held_out_bought=lists.arms.held_out_returned,
            others=lists.arms.others,
            others_bought=lists.arms.others_returned,
            low=lists.interval.low,
            high=lists.interval.high,
        )


class LoyaltyReportUse(graphene.ObjectType):
    """How the programme is used."""

    members = graphene.Int(required=True, description="Customers with points, now or before.")
    active = graphene.Int(required=True, description="Those who earned or redeemed in the last year.")
    redemption_rate = graphene.Float(description="The share of issued points that was redeemed.")
    days_to_first_redemption = graphene.Float(description="Days from the first points to it, at the median.")
    tiers = _many(LoyaltyReportTier, "Members by tier.")
    surprises_won = graphene.Int(required=True, description="Surprises that were won.")
    surprises_used = graphene.Int(required=True, description="Surprises that were used.")
    surprises_cost = _many(LoyaltyReportCost, "What they have cost.")
    recommendations_listed = graphene.Int(
        required=True, source="recommendations_shown", description="Customers with a list in the last 30 days."
    )
    recommendations_bought = graphene.Int(
        required=True, description="Lines of orders of the last 30 days with a product of the customer's list."
    )
    recommendations_compared = graphene.Field(
        LoyaltyReportLists, description="Beside those held out; null where fewer than 30 are in either group."
    )

    @staticmethod
    def resolve_recommendations_compared(root: Any, info: Any) -> LoyaltyReportLists | None:
        compared = root.recommendations_compared
        return LoyaltyReportLists.of(compared) if compared is not None else None

    @staticmethod
    def resolve_tiers(root: Any, info: Any) -> list[LoyaltyReportTier]:
        return [LoyaltyReportTier(name=name, members=members) for name, members in root.tiers]

    @staticmethod
    def resolve_surprises_cost(root: Any, info: Any) -> list[LoyaltyReportCost]:
        return [LoyaltyReportCost(currency=currency, amount=amount) for currency, amount in root.surprises_cost]


class LoyaltyReportFigure(graphene.ObjectType):
    """A number with its name, as texts."""

    label = graphene.String(required=True, description="What it is.")
    text = graphene.String(required=True, description="The number.")


class LoyaltyReportChart(graphene.ObjectType):
    """A drawing with its figures."""

    name = graphene.String(required=True, source="key", description="The beginning of every id in the drawing.")
    title = graphene.String(required=True, description="What it shows.")
    description = graphene.String(required=True, description="What it says, in a sentence.")
    svg = graphene.String(required=True, description="The drawing, an SVG element without style and script.")
    csv = graphene.String(required=True, description="Its figures as CSV, in which no cell is a formula.")

    @staticmethod
    def resolve_csv(root: Any, info: Any) -> str:
        return layout.csv(root)


class LoyaltyReportSection(graphene.ObjectType):
    """One part of the page."""

    name = graphene.String(required=True, source="key", description="Which part it is; of a question, its name.")
    heading = graphene.String(required=True, description="The heading.")
    sentences = _many(graphene.String, "What is said, sentence by sentence.")
    figures = _many(LoyaltyReportFigure, "Numbers with their names.")
    charts = _many(LoyaltyReportChart, "The drawings.")


class LoyaltyReport(graphene.ObjectType):
    """Whether customers come back, what it costs and owes, what they say, how it is used. Sums only."""

    channel = graphene.String(description="Slug of the channel; null for the shop.")
    until = Date(required=True, description="The last day that counts.")
    made_at = host.date_time_type()(required=True, description="When it was made: at most an hour ago.")
    title = graphene.String(required=True, description="The page's title.")
    promise = graphene.String(required=True, description="What the page promises about false conclusions.")
    sections = _many(LoyaltyReportSection, "The page, part by part.")
    questions = _many(LoyaltyReportQuestion, "The questions.")
    amounts = _many(LoyaltyReportAmount, "What a person brought more, by currency.")
    months = _many(LoyaltyReportMonth, "Points by month.")
    owed = _many(LoyaltyReportOwed, "What is owed in points, by channel.")
    spent = _many(LoyaltyReportSpent, "What surprises have cost, by campaign, the dearest first.")
    asked = graphene.Int(required=True, description="How many people were asked.")
    answered = graphene.Int(required=True, description="How many of them have answered.")
    scores = _many(LoyaltyReportScore, "Scores, in all and by month.")
    products = _many(LoyaltyReportProduct, "Products with at least five answers.")
    use = graphene.Field(LoyaltyReportUse, description="How the programme is used.")

    @staticmethod
    def of(found: Report) -> LoyaltyReport:
        """The type's values, its texts in the active language."""
        return LoyaltyReport(
            channel=found.channel,
            until=found.until,
            made_at=found.made_at,
            title=layout.title(found),
            promise=sentences.footer(),
            sections=layout.sections(found),
            questions=[LoyaltyReportQuestion.of(question) for question in found.questions],
            amounts=found.amounts,
            months=found.months,
            owed=found.owed,
            spent=found.spent,
            asked=found.asked,
            answered=found.answered,
            scores=_scores(found),
            products=_products(found),
            use=found.use,
        )


def _scores(found: Report) -> list[LoyaltyReportScore]:
    rows = [
        (voice.measure, month, scored)
        for voice in found.voices
        for month, scored in ((None, voice.total), *voice.months)
    ]
    return [LoyaltyReportScore(measure=measure, month=month, **vars(scored)) for measure, month, scored in rows]


def _products(found: Report) -> list[LoyaltyReportProduct]:
    return [
        LoyaltyReportProduct(
            product=one.product,
            answers=one.score.answers,
            satisfied=one.score.value,
            low=one.score.low,
            high=one.score.high,
            mark=one.mark.value,
        )
        for one in found.rated
    ]


class ReportQueries(graphene.ObjectType):
    loyalty_report = graphene.Field(
        LoyaltyReport,
        channel=graphene.String(description="Slug of a channel; the shop when nothing is said."),
        until=Date(description="The last day that counts, in UTC. One that is not over yet, or none, is yesterday."),
        language=graphene.String(description="The language of its texts, such as en or zh-hans."),
        description="The report, made within the last hour; null for an unknown channel. Requires MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_loyalty_report(
        root: Any, info: Any, channel: str | None = None, until: date | None = None, language: str | None = None
    ) -> LoyaltyReport | None:
        now = timezone.now()
        last = min(until or date.max, report.last_day(now))
        if last.year < FIRST_YEAR:
            raise GraphQLError(f"Argument `until` has to be a day of {FIRST_YEAR} or later.")
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel) if channel is not None else None
            if channel is not None and found is None:
                return None
            reach.require(info.context, found.id if found else None)
            made = kept.report_of(report.Scope(found, last, now))
        with override(languages.nearest(language or get_language() or "en")):
            return LoyaltyReport.of(made)
