"""GraphQL that answers customers: the shop's reply to an answer."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity.surveys import replies

from . import permissions
from .mutations import LoyaltyMutation
from .scalars import row_id
from .surveys import SurveyReply


class SurveyAnswerReply(LoyaltyMutation):
    """Write to the customer who gave an answer; the same text again is sent once. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    reply = graphene.Field(SurveyReply, description="The reply.")

    class Arguments:
        id = graphene.ID(required=True, description="The answer to reply to.")
        text = graphene.String(required=True, description="What to write, as plain text.")

    @classmethod
    def perform(cls, info: Any, id: str, text: str) -> dict[str, Any]:
        actor = permissions.actor(info.context)
        return {"reply": replies.reply(row_id("SurveyAnswer", id, "id"), text, actor, timezone.now())}


class SurveyMutations(graphene.ObjectType):
    survey_answer_reply = SurveyAnswerReply.Field()
