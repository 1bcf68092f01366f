"""GraphQL for staff to hand over a survey's links, and to open and end surveys that anybody may answer."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import errors, host, qr
from saleor_reciprocity.surveys import handouts, open_answers, open_surveys, pages
from saleor_reciprocity.surveys.models import Way

from . import permissions, reach
from .mutations import LoyaltyMutation
from .scalars import CHANNEL_ARGUMENT, key_in
from .survey_links import SurveyLink, SurveyOpenAnswer, SurveyOpenLink, open_link


class SurveyLinkCreate(LoyaltyMutation):
    """Make a link to the question about an order, for a parcel or a chat. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    link = graphene.Field(SurveyLink, description="The link.")

    class Arguments:
        order_id = graphene.ID(required=True, description="The order.")

    @classmethod
    def perform(cls, info: Any, order_id: str) -> dict[str, Any]:
        found = host.order_id_of_key(key_in("Order", order_id, "orderId"))
        order = host.order(found) if found else None
        if order is None:
            raise errors.NotFound(field="orderId")
        reach.require(info.context, order.channel_id)
        now = timezone.now()
        invitation = handouts.hand_out(order.id, now)
        address, printed = (pages.address_of(invitation, now, str(way)) for way in (Way.LINK, Way.QR))
        return {"link": SurveyLink(address=address, qr_code=qr.drawn(printed), ends_at=now + pages.LINK_AGE)}


class SurveyOpenLinkCreate(LoyaltyMutation):
    """Open a survey of a channel to anybody who has the link; the link before leads nowhere. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    link = graphene.Field(SurveyOpenLink, description="The new link.")

    class Arguments:
        channel = graphene.String(description=CHANNEL_ARGUMENT)

    @classmethod
    def perform(cls, info: Any, channel: str | None = None) -> dict[str, Any]:
        found, now = reach.channel_with_slug(info.context, channel), timezone.now()
        handouts.asking(found.id, now)
        return {"link": open_link(found, open_surveys.begin(found.id, permissions.actor(info.context), now))}


class SurveyOpenLinkEnd(LoyaltyMutation):
    """Let the link to the open survey of a channel lead nowhere. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    link = graphene.Field(SurveyOpenLink, description="That there is none.")

    class Arguments:
        channel = graphene.String(description=CHANNEL_ARGUMENT)

    @classmethod
    def perform(cls, info: Any, channel: str | None = None) -> dict[str, Any]:
        found = reach.channel_with_slug(info.context, channel)
        open_surveys.end(found.id, timezone.now())
        return {"link": open_link(found, None)}


class SurveyOpenCommentDelete(LoyaltyMutation):
    """Delete what somebody wrote with an open answer, which may name a person. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    answer = graphene.Field(SurveyOpenAnswer, description="The answer, without the comment.")

    class Arguments:
        id = graphene.ID(required=True, description="The open answer.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        answer_id = reach.row_within(info.context, "SurveyOpenAnswer", id, "id")
        return {"answer": open_answers.forget_comment(answer_id)}


class SurveyLinkMutations(graphene.ObjectType):
    survey_link_create = SurveyLinkCreate.Field()
    survey_open_comment_delete = SurveyOpenCommentDelete.Field()
    survey_open_link_create = SurveyOpenLinkCreate.Field()
    survey_open_link_end = SurveyOpenLinkEnd.Field()
