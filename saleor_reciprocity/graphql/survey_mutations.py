"""GraphQL that answers customers: replies, what is dealt with, and what customers told staff."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity.surveys import conversations, replies
from saleor_reciprocity.surveys.responses import Given

from . import permissions, reach
from .mutations import LoyaltyMutation
from .naming import person_named
from .scalars import row_id
from .surveys import LoyaltyNote, SurveyAnswer, SurveyReply, SurveyWay


class SurveyAnswerReply(LoyaltyMutation):
    """Write to the customer who gave an answer; the same text again is sent once. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    reply = graphene.Field(SurveyReply, description="The reply.")

    class Arguments:
        id = graphene.ID(required=True, description="The answer to reply to.")
        text = graphene.String(required=True, description="What to write, as plain text.")

    @classmethod
    def perform(cls, info: Any, id: str, text: str) -> dict[str, Any]:
        answer_id, actor = reach.row_within(info.context, "SurveyAnswer", id, "id"), permissions.actor(info.context)
        return {"reply": replies.reply(answer_id, text, actor, timezone.now())}


class SurveyAnswerDealWith(LoyaltyMutation):
    """Mark an answer as dealt with, or take the mark off. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    answer = graphene.Field(SurveyAnswer, description="The answer.")

    class Arguments:
        id = graphene.ID(required=True, description="The answer.")
        is_done = graphene.Boolean(required=True, description="Whether it is dealt with.")

    @classmethod
    def perform(cls, info: Any, id: str, is_done: bool) -> dict[str, Any]:
        answer_id, actor = reach.row_within(info.context, "SurveyAnswer", id, "id"), permissions.actor(info.context)
        return {"answer": conversations.deal_with(answer_id, is_done, actor, timezone.now())}


class SurveyAnswerRecordInput(graphene.InputObjectType):
    invitation_id = graphene.ID(required=True, description="The order, as `openOrders` of an account names it.")
    score = graphene.Int(required=True, description="The answer: 1 to 5 for CSAT, 0 to 10 for NPS, 1 to 7 for CES.")
    comment = graphene.String(description="What the customer said, as plain text.")
    way = SurveyWay(required=True, description="By which way staff were told.")


class SurveyAnswerRecord(LoyaltyMutation):
    """Write down an answer that a customer told staff. It counts as every other. Requires MANAGE_ORDERS."""

    permission = permissions.MANAGE_ORDERS

    answer = graphene.Field(SurveyAnswer, description="The answer.")

    class Arguments:
        input = SurveyAnswerRecordInput(required=True, description="What was answered, about which order and how.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        invitation_id = reach.row_within(info.context, "SurveyInvitation", input["invitation_id"], "invitationId")
        given = Given(input["score"], input.get("comment") or "")
        actor = permissions.actor(info.context)
        return {"answer": conversations.record(invitation_id, given, input["way"], actor, timezone.now())}


class LoyaltyNoteAdd(LoyaltyMutation):
    """Write down something of a conversation with a customer or guest. Requires MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    note = graphene.Field(LoyaltyNote, description="The note.")

    class Arguments:
        user_id = graphene.ID(description="The customer. Give this or the e-mail address.")
        email = graphene.String(description="The e-mail address of a customer or guest.")
        text = graphene.String(required=True, description="What to write down, as plain text.")

    @classmethod
    def perform(cls, info: Any, text: str, user_id: str | None = None, email: str | None = None) -> dict[str, Any]:
        actor = permissions.actor(info.context)
        return {"note": conversations.note(person_named(user_id, email), text, actor, timezone.now())}


class LoyaltyNoteDelete(LoyaltyMutation):
    """Delete a note. Requires MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    is_deleted = graphene.Boolean(description="Whether there is no such note now.")

    class Arguments:
        id = graphene.ID(required=True, description="The note.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        conversations.delete_note(row_id("LoyaltyNote", id, "id"))
        return {"is_deleted": True}


class SurveyMutations(graphene.ObjectType):
    loyalty_note_add = LoyaltyNoteAdd.Field()
    loyalty_note_delete = LoyaltyNoteDelete.Field()
    survey_answer_deal_with = SurveyAnswerDealWith.Field()
    survey_answer_record = SurveyAnswerRecord.Field()
    survey_answer_reply = SurveyAnswerReply.Field()
