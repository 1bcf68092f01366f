"""Replies: what the shop writes to a customer about an answer, each once, however often it is sent."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host
from saleor_reciprocity.locking import locking
from saleor_reciprocity.mail import kinds, outbox

from . import responses
from .models import Answer, Reply

LONGEST = 5000


def reply(answer_id: int, text: str, actor: str, now: datetime) -> Reply:
    """Write to the customer who gave an answer. The same text to the same answer again is the same reply.

    Raises NotFound, Busy, and Invalid for a text that is empty or too long.
    """
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(text) <= LONGEST:
        raise errors.Invalid(_("Enter a text of at most %(most)s characters.") % {"most": LONGEST}, field="text")
    answer = Answer.objects.select_related("invitation").filter(pk=answer_id, answered_at__isnull=False).first()
    order = host.order(answer.invitation.order_id) if answer is not None else None
    if answer is None or order is None:
        raise errors.NotFound(field="id")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with locking():
        user_id = order.person.user_id
        if (user_id is not None and not host.hold_user(user_id)) or not responses.hold(answer.invitation_id):
            raise errors.NotFound(field="id")
        made = Reply(answer=answer, text=text, digest=digest, actor=actor, written_at=now)
        Reply.objects.bulk_create([made], ignore_conflicts=True)
        kept = Reply.objects.select_related("answer").get(answer=answer, digest=digest)
        outbox.ask(
            kinds.REPLY,
            f"reply:{kept.pk}",
            order.person,
            order.channel_id,
            now,
            order_id=order.id,
            language=answer.invitation.language,
            context={"reply": kept.pk},
        )
    return kept
