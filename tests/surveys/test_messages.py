"""The mails of surveys: the question with a link for each answer, and the shop's reply."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.utils import timezone

from saleor_reciprocity import messages
from saleor_reciprocity.surveys import replies
from saleor_reciprocity.surveys.models import Answer

from .shop import invited, post, read


def test_from_the_link_in_the_mail_to_the_answer_and_to_the_reply(shop: Any, customer: Any) -> None:
    invited(customer)
    messages.send(timezone.now())
    messages.send(timezone.now())
    (question,) = mail.outbox
    assert question.to == ["ada@example.com"]
    assert "How satisfied are you with your order?" in question.body
    found = re.findall(r"(\d): https?://[^/]+(/\S+)", question.body)
    assert [label for label, _ in found] == ["1", "2", "3", "4", "5"]
    assert 'value="4" required checked' in read(found[3][1]).content.decode()
    post(found[3][1], score="4", comment="<i>Nice</i>\nBcc: x@example.com")

    replies.reply(Answer.objects.get().pk, "Thank you!\r\nBcc: thief@example.com", "user:1", timezone.now())
    messages.send(timezone.now())
    reply = mail.outbox[1]
    assert reply.to == ["ada@example.com"]
    assert not reply.bcc
    assert "Thank you!" in reply.body
    html = str(reply.alternatives[0][0])
    assert "&lt;i&gt;Nice" in html
    assert "<i>" not in html
