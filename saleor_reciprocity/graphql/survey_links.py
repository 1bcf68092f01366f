"""GraphQL of a survey's links that the shop hands over itself, and of open surveys with what came through them."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host, qr
from saleor_reciprocity.surveys import open_answers, open_pages, open_surveys
from saleor_reciprocity.surveys.models import OpenAnswer

from . import reach
from .connections import Connection, ConnectionField
from .scalars import Date, global_id
from .survey_queries import SurveyAnswerFilterInput, filter_of, page_of
from .surveys import SlugByChannelId, SurveyQuestion

QR_CODE = "as an SVG, black on white with a margin, of any size."


class SurveyLink(graphene.ObjectType):
    """A link to the question about one order, for the shop to hand over."""

    address = graphene.String(required=True, description="The link. Answers through it came by the way LINK.")
    qr_code = graphene.String(required=True, description=f"Another link, by the way QR, {QR_CODE}")
    ends_at = host.date_time_type()(required=True, description="Until when both lead to the question.")


class SurveyOpenLink(graphene.ObjectType):
    """The link of a channel to a question that anybody may answer, where there is one."""

    channel = graphene.String(required=True, description="Slug of the channel.")
    address = graphene.String(description="The link; null where there is none.")
    qr_code = graphene.String(description=f"The same link {QR_CODE}")
    made_at = host.date_time_type()(description="When it was made.")
    actor = graphene.String(description="Who made it: a user or an app, by number.")


def open_link(channel: host.Channel, found: Any) -> SurveyOpenLink:
    """The link of a channel, given its open survey, if there is one."""
    if found is None:
        return SurveyOpenLink(channel=channel.slug)
    address = open_pages.address_of(found)
    made = {"made_at": found.made_at, "actor": found.actor}
    return SurveyOpenLink(channel=channel.slug, address=address, qr_code=qr.drawn(address), **made)


class SurveyOpenAnswer(graphene.ObjectType):
    """What somebody answered to an open survey; nobody can find out who. Comments are plain text: escape them."""

    id = graphene.ID(required=True, description="The ID of the answer.")
    channel = graphene.String(description="Slug of the channel; null when there is none any more.")
    question = SurveyQuestion(required=True, description="The question that was asked.")
    score = graphene.Int(required=True, description="The answer: 1 to 5 for CSAT, 0 to 10 for NPS, 1 to 7 for CES.")
    comment = graphene.String(required=True, description="What was written; empty for nothing.")
    answered_on = Date(required=True, description="The day, of UTC.")

    @staticmethod
    def resolve_id(root: OpenAnswer, info: Any) -> str:
        return global_id("SurveyOpenAnswer", root.pk)

    @staticmethod
    def resolve_channel(root: OpenAnswer, info: Any) -> Any:
        return SlugByChannelId(info.context).load(root.channel_id)


class SurveyOpenAnswerCountableConnection(Connection):
    class Meta:
        node = SurveyOpenAnswer

    total_count = graphene.Int(description="A total count of items in the collection.")


class SurveyLinkQueries(graphene.ObjectType):
    survey_open_links = graphene.List(
        graphene.NonNull(SurveyOpenLink),
        required=True,
        description="The link of each channel to its open survey. Requires the permission MANAGE_ORDERS.",
    )
    survey_open_answers = ConnectionField(
        SurveyOpenAnswerCountableConnection,
        filter=SurveyAnswerFilterInput(description="Which of them; all when nothing is said."),
        description="What came through open surveys, the newest day first. Requires the permission MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_survey_open_links(root: Any, info: Any) -> list[SurveyOpenLink]:
        with host.allow_writer():
            running = open_surveys.running()
            return [open_link(channel, running.get(channel.id)) for channel in reach.channels(info.context)]

    @staticmethod
    def resolve_survey_open_answers(
        root: Any, info: Any, filter: Any = None, first: int | None = None, after: str | None = None
    ) -> Any:
        with host.allow_writer():
            wanted = filter_of(info.context, filter)
            return page_of(SurveyOpenAnswerCountableConnection, open_answers, wanted, first, after)
