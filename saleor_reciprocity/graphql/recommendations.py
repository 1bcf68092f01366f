"""GraphQL for recommendations: a connection of the host's own products, each with its reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene
from django.utils import timezone
from django.utils.translation import gettext as _
from graphql import GraphQLError

from saleor_reciprocity import errors, host
from saleor_reciprocity.feedback import FEEDBACK
from saleor_reciprocity.recommendations import serving
from saleor_reciprocity.recommendations.models import Reason
from saleor_reciprocity.recommendations.serving import Kind, Situation

from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, enum, product_type, row_id

_KINDS = {
    Kind.FOR_YOU: "Things to buy again and new things, mixed.",
    Kind.NEW_TO_YOU: "Things that the customer has never bought.",
    Kind.BUY_AGAIN: "Things that the customer has bought and may want again now.",
    Kind.GOES_WITH: "What people buy who buy `product`.",
    Kind.COMPLETES_CHECKOUT: "What people buy who buy what is in `checkout`.",
}
RecommendationKind = graphene.Enum(
    "RecommendationKind",
    [(kind.name, kind.value) for kind in Kind],
    description=lambda value: _KINDS[Kind(value.value)] if value else "What is asked for.",
)
RecommendationReasonCode = enum("RecommendationReasonCode", Reason, "Why a product is recommended.")


class RecommendationReason(graphene.ObjectType):
    """Why a product is recommended."""

    code = RecommendationReasonCode(required=True, description="The reason, for a program.")
    text = graphene.String(required=True, description="The reason in plain words, in the language of the request.")
    product = graphene.Field(
        product_type,
        description="The product that the reason speaks of: one that the customer bought, rated or is looking at.",
    )
    stars = graphene.Int(description="How many stars the customer gave to `product`, where this is the reason.")

    @staticmethod
    def resolve_code(root: serving.Recommendation, info: Any) -> str:
        return root.reason

    @staticmethod
    def resolve_text(root: serving.Recommendation, info: Any) -> str:
        if root.reason == Reason.RATED:
            return _rated(root)
        if root.because_name is not None:
            return _("People who bought “%(product)s” also bought this.") % {"product": root.because_name}
        return {
            Reason.AGAIN: _("You have bought this before."),
            Reason.TOGETHER: _("Often bought together with things that you chose."),
            Reason.SIMILAR: _("Bought by people who buy the same things as you."),
            Reason.LIKED: _("Popular in what you like."),
            Reason.CATEGORY: _("Popular in this category."),
            Reason.POPULAR: _("Popular in this shop."),
        }[Reason(root.reason)]

    @staticmethod
    def resolve_product(root: serving.Recommendation, info: Any) -> Any:
        return _product(info.context, root.because, root.channel_slug) if root.because is not None else None


def _rated(found: serving.Recommendation) -> str:
    if found.because_name is None:
        return _("In a category of which you gave something many stars.")
    if found.because == found.product_id:
        return _("You gave it %(stars)s stars.") % {"stars": found.stars}
    return _("You gave “%(product)s” %(stars)s stars.") % {"product": found.because_name, "stars": found.stars}


class Recommendation(graphene.ObjectType):
    """A product that makes sense for the customer, and why."""

    product = graphene.Field(product_type, required=True, description="The product, in the channel that was asked for.")
    reason = graphene.Field(RecommendationReason, required=True, description="Why it is recommended.")
    score = graphene.Float(required=True, description="How much it is recommended; of use within one list only.")

    @staticmethod
    def resolve_product(root: serving.Recommendation, info: Any) -> Any:
        return _product(info.context, root.product_id, root.channel_slug)

    @staticmethod
    def resolve_reason(root: serving.Recommendation, info: Any) -> serving.Recommendation:
        return root


class RecommendationCountableConnection(Connection):
    class Meta:
        node = Recommendation


def _product(context: Any, product_id: int, channel_slug: str) -> Any:
    return host.product_loader(context).load(product_id).then(lambda row: row and host.product_node(row, channel_slug))


class RecommendationQueries(graphene.ObjectType):
    recommendations = ConnectionField(
        RecommendationCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        kind=RecommendationKind(description="What is asked for; FOR_YOU when nothing is said."),
        product=graphene.ID(description="ID of the product that the customer is looking at."),
        checkout=graphene.ID(description="ID or token of a guest's checkout, or of the customer's own."),
        description="Products that make sense for the customer who is signed in, or for anyone who looks at a product "
        "or a checkout: published, visible in the channel, available for purchase and in stock.",
    )

    @staticmethod
    def resolve_recommendations(
        root: Any,
        info: Any,
        kind: str = Kind.FOR_YOU.value,
        channel: str | None = None,
        product: str | None = None,
        checkout: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Any:
        user = host.current_user(info.context)
        situation = Situation(
            now=timezone.now(),
            channel=channel,
            country=host.shopping_country(info.context),
            user=user.pk if user is not None else None,
            product=_product_id(product, Kind(kind)),
            checkout=_checkout_token(checkout, Kind(kind)),
        )
        with host.allow_writer():
            return page(
                RecommendationCountableConnection,
                lambda count, position: _read(Kind(kind), situation, count, position),
                lambda found: found.position,
                first,
                after,
                parts=2,
            )


def _read(kind: Kind, situation: Situation, count: int, position: Any) -> list[serving.Recommendation]:
    try:
        return serving.recommend(kind, situation, count, position, FEEDBACK)
    except serving.UnknownChannel:
        raise GraphQLError("Argument `channel` has to be the slug of an active channel.") from None


def _product_id(given: str | None, kind: Kind) -> int | None:
    if given is None:
        if kind is Kind.GOES_WITH:
            raise GraphQLError("Argument `product` is needed for the kind GOES_WITH.")
        return None
    try:
        key = row_id("Product", given, "product")
    except errors.NotFound:
        key = 2**31
    if key >= 2**31:
        raise GraphQLError("Argument `product` is not the ID of a product.")
    return key


def _checkout_token(given: str | None, kind: Kind) -> str | None:
    if given is None:
        if kind is Kind.COMPLETES_CHECKOUT:
            raise GraphQLError("Argument `checkout` is needed for the kind COMPLETES_CHECKOUT.")
        return None
    for text in (given, _named_by(given)):
        try:
            return str(UUID(text))
        except ValueError:
            continue
    raise GraphQLError("Argument `checkout` is not the ID or token of a checkout.")


def _named_by(global_id: str) -> str:
    try:
        type_name, key = graphene.Node.from_global_id(global_id)
    except ValueError:
        return ""
    return str(key) if type_name == "Checkout" else ""
