"""Messages: the mail with the question, the one with the shop's reply, and the one about an unhappy answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import override

from saleor_reciprocity import host, languages
from saleor_reciprocity.mail.models import Mail

from . import pages, queue, responses
from .models import Answer, Reply
from .scores import answers_of


def question(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The question with a link for each answer; None when there is nothing to ask any more.

    That is so when it was answered, when whom it was for was erased, and when the goods or the order are gone.
    """
    invitation = responses.open_invitation(mail.context["invitation"])
    if invitation is None or not queue.still_fits(invitation):
        return None
    address = pages.address_of(invitation, now)
    with override(languages.nearest(invitation.language)):
        wording = pages.wording_of(invitation.channel_id, invitation.question, now)
    return {
        "question": wording.text,
        "answers": [
            {"label": choice.value, "address": f"{address}?score={choice.value}"} for choice in wording.choices
        ],
        "low": wording.lowest,
        "high": wording.highest,
        "order_number": invitation.order_number,
    }


def reply(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """What the shop wrote, with what the customer had written; None when it was erased."""
    written = Reply.objects.select_related("answer__invitation").get(pk=mail.context["reply"])
    if not written.text:
        return None
    answer = written.answer
    return {"reply": written.text, "comment": answer.comment, "order_number": answer.invitation.order_number}


def alert(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """What an unhappy customer answered; None when the customer was erased."""
    answer = Answer.objects.get(pk=mail.context["answer"])
    invitation = responses.known(answer.invitation_id)
    if invitation is None:
        return None
    channel = host.channel(invitation.channel_id)
    stars = dict(answer.ratings.values_list("product_id", "stars"))
    return {
        "question": pages.wording_of(invitation.channel_id, invitation.question, now).text,
        "score": answer.score,
        "highest": answers_of(answer.question)[-1],
        "comment": answer.comment,
        "order_number": invitation.order_number,
        "channel": channel.slug if channel is not None else "",
        "products": [
            {"name": product.name, "stars": stars.get(product.product_id)}
            for product in invitation.products.order_by("pk")
        ],
    }
