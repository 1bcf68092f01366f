"""Letters: what the mail with the question says, and the one with the shop's reply."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import override

from saleor_reciprocity import languages
from saleor_reciprocity.mail.models import Mail

from . import pages, responses
from .models import Reply


def question(mail: Mail) -> dict[str, Any] | None:
    """The question with a link for each answer; None when it was answered, or whom it was for was erased."""
    invitation = responses.open_invitation(mail.context["invitation"])
    if invitation is None:
        return None
    address = pages.address_of(invitation, timezone.now())
    with override(languages.nearest(invitation.language)):
        wording = pages.wording_of(invitation)
    return {
        "question": wording.text,
        "answers": [
            {"label": choice.value, "address": f"{address}?score={choice.value}"} for choice in wording.choices
        ],
        "low": wording.lowest,
        "high": wording.highest,
        "order_number": invitation.order_number,
    }


def reply(mail: Mail) -> dict[str, Any] | None:
    """What the shop wrote, with what the customer had written; None when it was erased."""
    written = Reply.objects.select_related("answer__invitation").get(pk=mail.context["reply"])
    if not written.text:
        return None
    answer = written.answer
    return {"reply": written.text, "comment": answer.comment, "order_number": answer.invitation.order_number}
