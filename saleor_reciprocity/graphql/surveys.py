"""GraphQL of surveys: answers and scores as staff see them, and an answer next to its order."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host
from saleor_reciprocity.surveys import queries
from saleor_reciprocity.surveys.models import Answer, AskedProduct, Invitation, Note, Question, Reply, State, Way

from . import permissions
from .connections import Connection
from .scalars import enum, global_id

SurveyQuestion = enum("SurveyQuestion", Question, "The question that was asked.")
SurveyInvitationState = enum("SurveyInvitationState", State, "What became of an invitation.")
SurveyWay = enum("SurveyWay", Way, "By which way an answer came.")
SurveyMeasure = graphene.Enum(
    "SurveyMeasure",
    [*zip(Question.names, Question.values), ("STARS", queries.STARS)],
    description=lambda value: "What is measured: a question, or the stars of products." if value is None else None,
)
SurveyGrouping = graphene.Enum(
    "SurveyGrouping",
    [(name.upper(), name) for name in queries.GROUPINGS],
    description=lambda value: "By what answers are grouped. Days begin at midnight UTC." if value is None else None,
)


class SurveyProduct(graphene.ObjectType):
    """A product of the order that was asked about."""

    product_id = graphene.ID(required=True, description="The ID of the product.")
    name = graphene.String(required=True, description="The name that the customer bought it by.")
    stars = graphene.Int(description="The rating, 1 to 5; null when it was not rated.")


class Written(graphene.ObjectType):
    """What somebody of the shop has written."""

    class Meta:
        abstract = True

    id = graphene.ID(required=True, description="The ID.")
    text = graphene.String(required=True, description="The text.")
    actor = graphene.String(required=True, description="Who wrote it: a user or an app, by number.")
    written_at = host.date_time_type()(required=True, description="When it was written.")

    @staticmethod
    def resolve_id(root: Reply | Note, info: Any) -> str:
        return global_id(info.parent_type.name, root.pk)


class SurveyReply(Written):
    """What the shop wrote to the customer about an answer."""


class SurveyAnswer(graphene.ObjectType):
    """A customer's answer, as it was given. Comments are plain text: escape them where you show them."""

    id = graphene.ID(required=True, description="The ID of the answer.")
    order_id = graphene.ID(required=True, description="The ID of the order.")
    order_number = graphene.String(required=True, description="The number of the order.")
    channel = graphene.String(description="Slug of the order's channel; null when there is none any more.")
    question = SurveyQuestion(required=True, description="The question that was asked.")
    score = graphene.Int(required=True, description="The answer: 1 to 5 for CSAT, 0 to 10 for NPS, 1 to 7 for CES.")
    comment = graphene.String(required=True, description="What the customer wrote; empty for nothing.")
    language = graphene.String(required=True, description="The language of the order.")
    answered_at = host.date_time_type()(required=True, description="When it was answered.")
    is_unhappy = graphene.Boolean(required=True, description="Whether it was below the alert of that time.")
    products = graphene.List(graphene.NonNull(SurveyProduct), required=True, description="What was bought.")
    replies = graphene.List(graphene.NonNull(SurveyReply), required=True, description="The shop's replies, in order.")
    way = SurveyWay(required=True, description="By which way it came.")
    recorded_by = graphene.String(description="Who wrote it down: a user or an app, by number; null for the customer.")
    dealt_with_at = host.date_time_type()(description="When it was marked as dealt with; null while it is not.")
    dealt_with_by = graphene.String(description="Who marked it: a user or an app, by number.")

    @staticmethod
    def resolve_id(root: Answer, info: Any) -> str:
        return global_id("SurveyAnswer", root.pk)

    @staticmethod
    def resolve_way(root: Answer, info: Any) -> str:
        return str(root.way or Way.MAIL)

    @staticmethod
    def resolve_dealt_with_at(root: Answer, info: Any) -> Any:
        return root.dealt_with.at if hasattr(root, "dealt_with") else None

    @staticmethod
    def resolve_dealt_with_by(root: Answer, info: Any) -> str | None:
        return root.dealt_with.actor if hasattr(root, "dealt_with") else None

    @staticmethod
    def resolve_order_id(root: Answer, info: Any) -> str:
        return global_id("Order", host.order_key(root.invitation.order_id, root.invitation.order_number))

    @staticmethod
    def resolve_order_number(root: Answer, info: Any) -> str:
        return str(root.invitation.order_number)

    @staticmethod
    def resolve_channel(root: Answer, info: Any) -> Any:
        return SlugByChannelId(info.context).load(root.invitation.channel_id)

    @staticmethod
    def resolve_language(root: Answer, info: Any) -> str:
        return str(root.invitation.language)

    @staticmethod
    def resolve_products(root: Answer, info: Any) -> list[SurveyProduct]:
        with host.allow_writer():
            stars = {rating.product_id: rating.stars for rating in root.ratings.all()}
            return [_product(asked, stars) for asked in root.invitation.products.all()]

    @staticmethod
    def resolve_replies(root: Answer, info: Any) -> list[Reply]:
        with host.allow_writer():
            return sorted(root.replies.all(), key=lambda reply: reply.pk)


def _product(asked: AskedProduct, stars: dict[int, int]) -> SurveyProduct:
    product_id = global_id("Product", asked.product_id)
    return SurveyProduct(product_id=product_id, name=asked.name, stars=stars.get(asked.product_id))


class SlugByChannelId(host.data_loader()):  # type: ignore[misc]
    """The slugs of channels, read at once for all answers of a request."""

    context_key = "reciprocity_slug_by_channel_id"

    def batch_load(self, keys: Any) -> list[str | None]:
        with host.allow_writer():
            slugs = {channel.id: channel.slug for channel in host.channels()}
        return [slugs.get(key) for key in keys]


class SurveyOpenOrder(graphene.ObjectType):
    """An order about which a customer can still be asked, or tell staff by themselves."""

    id = graphene.ID(required=True, description="The ID of its invitation.")
    order_id = graphene.ID(required=True, description="The ID of the order.")
    order_number = graphene.String(required=True, description="The number of the order.")
    question = SurveyQuestion(required=True, description="The question that is asked about it.")
    state = SurveyInvitationState(required=True, description="What became of the invitation.")

    @staticmethod
    def resolve_id(root: Invitation, info: Any) -> str:
        return global_id("SurveyInvitation", root.pk)

    @staticmethod
    def resolve_order_id(root: Invitation, info: Any) -> str:
        return global_id("Order", host.order_key(root.order_id, root.order_number))


class LoyaltyNote(Written):
    """What staff wrote down of a conversation with a customer, as plain text."""


class SurveyAnswerCountableConnection(Connection):
    class Meta:
        node = SurveyAnswer

    total_count = graphene.Int(description="A total count of items in the collection.")


class SurveyCount(graphene.ObjectType):
    """How many gave one answer."""

    answer = graphene.Int(required=True, description="The answer.")
    count = graphene.Int(required=True, description="How many gave it.")


class SurveyScore(graphene.ObjectType):
    """What the answers of a group come to: CSAT and NPS in percent, CES and stars as a mean."""

    group = graphene.String(required=True, description="The day, week or month, or the ID of what it is grouped by.")
    label = graphene.String(required=True, description="The name of the group.")
    answers = graphene.Int(required=True, description="How many answers there are.")
    value = graphene.Float(required=True, description="The score.")
    low = graphene.Float(required=True, description="The lower end of its 95 % confidence interval.")
    high = graphene.Float(required=True, description="The upper end of its 95 % confidence interval.")
    counts = graphene.List(graphene.NonNull(SurveyCount), required=True, description="The raw answers.")


class SurveyInvitationCount(graphene.ObjectType):
    """How many orders came to one state."""

    state = SurveyInvitationState(required=True, description="What became of the invitation.")
    count = graphene.Int(required=True, description="How many there are.")


class AnswerByOrderId(host.data_loader()):  # type: ignore[misc]
    """The answers about orders, read at once for all orders of a request."""

    context_key = "reciprocity_survey_answer_by_order_id"

    def batch_load(self, keys: Any) -> list[Answer | None]:
        with host.allow_writer():
            found = queries.of_orders(keys)
        return [found.get(key) for key in keys]


def resolve_order_answer(root: Any, info: Any) -> Any:
    order = host.order_node(root)
    if not permissions.holds(info.context, permissions.MANAGE_ORDERS, host.channel_id_of(order)):
        return None
    return AnswerByOrderId(info.context).load(host.order_id(order))


ORDER_SURVEY_ANSWER = graphene.Field(
    SurveyAnswer,
    resolver=resolve_order_answer,
    description="What the customer answered about the order; null for others than staff with MANAGE_ORDERS.",
)
