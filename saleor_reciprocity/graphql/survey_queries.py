"""GraphQL of surveys for staff: lists, scores and exports."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLError

from saleor_reciprocity import errors, host
from saleor_reciprocity.surveys import exports, open_answers, queries
from saleor_reciprocity.surveys.models import Way

from . import reach
from .connections import ConnectionField, page
from .scalars import DateTime, moment, row_id
from .surveys import (
    SurveyAnswerCountableConnection,
    SurveyCount,
    SurveyGrouping,
    SurveyInvitationCount,
    SurveyMeasure,
    SurveyQuestion,
    SurveyScore,
    SurveyWay,
)

MOST_EXPORTED = 10_000


class SurveyAnswerFilterInput(graphene.InputObjectType):
    channel = graphene.String(description="Slug of a channel.")
    question = SurveyQuestion(description="The question that was asked.")
    answered_from = DateTime(description="Answered then or later.")
    answered_before = DateTime(description="Answered before then.")
    score_from = graphene.Int(description="This score or a higher one.")
    score_to = graphene.Int(description="This score or a lower one.")
    product_id = graphene.ID(description="Orders with this product.")
    category_id = graphene.ID(description="Orders with a product of this category or one below it.")
    comment = graphene.String(description="Comments with this text, in any case.")
    is_unhappy = graphene.Boolean(description="Answers below the alert of their time, or the others.")
    is_replied = graphene.Boolean(description="Answers that the shop has replied to, or those that wait for it.")
    is_dealt_with = graphene.Boolean(description="Answers that are marked as dealt with, or the others.")
    way = SurveyWay(description="Answers that came by this way. Open ones are meant only where this says OPEN.")


def _plain(_context: Any, value: Any) -> Any:
    return value


# An input field: the field of queries.Filter, and how its value is read; all others are taken as they are.
_READ = {
    "channel": ("channel_id", lambda context, slug: reach.channel_with_slug(context, slug).id),
    "answered_from": ("since", lambda _context, text: moment(text, "answeredFrom")),
    "answered_before": ("before", lambda _context, text: moment(text, "answeredBefore")),
    "score_from": ("lowest", _plain),
    "score_to": ("highest", _plain),
    "product_id": ("product_id", lambda _context, given: row_id("Product", given, "productId")),
    "category_id": ("category_id", lambda _context, given: row_id("Category", given, "categoryId")),
}


def filter_of(context: Any, given: Any) -> queries.Filter:
    """The filter behind an input. A query can't answer with `errors`, so what is wrong is a GraphQL error."""
    values = {}
    try:
        for name, value in (given or {}).items():
            if value is not None:
                field, read = _READ.get(name, (name, _plain))
                values[field] = read(context, value)
    except errors.ReciprocityError as error:
        raise GraphQLError(f"{error.field}: {error.message}") from None
    return queries.Filter(**values, within=reach.ids(context))


def page_of(connection: Any, found: Any, wanted: queries.Filter, first: int | None, after: str | None) -> Any:
    """A page of answers and how many there are in all: of a module with `answers`, `position_of` and `matching`."""
    made = page(
        connection,
        lambda count, position: found.answers(wanted, count, position),
        found.position_of,
        first,
        after,
        parts=2,
    )
    made.total_count = found.matching(wanted).count()
    return made


class SurveyQueries(graphene.ObjectType):
    survey_answers = ConnectionField(
        SurveyAnswerCountableConnection,
        filter=SurveyAnswerFilterInput(description="Which answers; all when nothing is said."),
        description="What customers answered, newest first. Requires the permission MANAGE_ORDERS.",
    )
    survey_scores = graphene.List(
        graphene.NonNull(SurveyScore),
        required=True,
        measure=SurveyMeasure(required=True, description="What is measured."),
        by=SurveyGrouping(description="By what answers are grouped (TOTAL)."),
        filter=SurveyAnswerFilterInput(description="Which answers; all when nothing is said."),
        description="What answers come to, computed now; open ones apart, where the filter or the grouping names their "
        "way. Groups without answers are missing. Requires MANAGE_ORDERS.",
    )
    survey_invitations = graphene.List(
        graphene.NonNull(SurveyInvitationCount),
        required=True,
        channel=graphene.String(description="Slug of a channel. Needed where the shop has more than one."),
        description="How many orders came to which state, and so why people are not asked. Requires MANAGE_ORDERS.",
    )
    survey_answers_csv = graphene.String(
        required=True,
        filter=SurveyAnswerFilterInput(description="Which answers; all when nothing is said."),
        description=f"Answers as CSV, at most {MOST_EXPORTED}, in which no cell is a formula. Requires MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_survey_answers(
        root: Any, info: Any, filter: Any = None, first: int | None = None, after: str | None = None
    ) -> Any:
        with host.allow_writer():
            return page_of(SurveyAnswerCountableConnection, queries, filter_of(info.context, filter), first, after)

    @staticmethod
    def resolve_survey_scores(
        root: Any, info: Any, measure: str, by: str | None = None, filter: Any = None
    ) -> list[SurveyScore]:
        with host.allow_writer():
            wanted, grouping = filter_of(info.context, filter), by or "total"
            found = queries.scores_by(grouping, measure, wanted)
            if wanted.way == Way.OPEN or (wanted.way is None and grouping == "way"):
                found = [*found, *open_answers.scores_by(grouping, measure, wanted)]
            return [_score(group) for group in found]

    @staticmethod
    def resolve_survey_invitations(root: Any, info: Any, channel: str | None = None) -> list[SurveyInvitationCount]:
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            counts = queries.states(found.id) if found is not None else []
        return [SurveyInvitationCount(state=state, count=count) for state, count in counts]

    @staticmethod
    def resolve_survey_answers_csv(root: Any, info: Any, filter: Any = None) -> str:
        with host.allow_writer():
            wanted = filter_of(info.context, filter)
            source = open_answers if wanted.way == Way.OPEN else queries
            if source.matching(wanted).count() > MOST_EXPORTED:
                raise GraphQLError(
                    f"These are more than {MOST_EXPORTED} answers. Filter them, or use reciprocity_export_answers."
                )
            return "".join(exports.lines(wanted))


def _score(group: queries.Group) -> SurveyScore:
    return SurveyScore(
        group=group.key,
        label=group.label,
        answers=group.score.answers,
        value=group.score.value,
        low=group.score.low,
        high=group.score.high,
        counts=[SurveyCount(answer=answer, count=count) for answer, count in group.counts.items()],
    )
