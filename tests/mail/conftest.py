"""A shop that sends its mails to a real SMTP server on the loopback."""

from __future__ import annotations

import re
from typing import Any, Iterator

import pytest
from django.utils import timezone

from saleor_reciprocity import messages
from saleor_reciprocity.mail import sending

from .. import hosts
from ..points.programmes import earned
from .mails import agree, path, statement
from .post import Post, opened


@pytest.fixture
def post(programme_on: Any, settings: Any) -> Iterator[Post]:
    """The post office of the shop. Consent comes from a preference."""
    server = Post()
    controller = opened(server)
    hosts.site_of_shop()
    hosts.mail_through(server.port, programme_on, settings)
    hosts.configure(programme_on, mail_consent="preference", mail_sender_address="shop@example.com")
    yield server
    controller.stop()


@pytest.fixture
def links(post: Post, customer: Any, programme_on: Any) -> dict[str, str]:
    """The links of a statement that was sent to a customer who agreed."""
    hosts.configure(programme_on, mail_statements="True")
    earned(customer)
    agree(customer)
    statement(customer, programme_on)
    assert sending.look(messages.READERS, timezone.now()) == (1, 0, 0)
    (mail,) = post.accepted
    text = mail.get_body(("plain",))
    assert text is not None
    preferences = re.search(r"https?://\S+/preferences/\S+", text.get_content())
    assert preferences is not None
    return {"unsubscribe": path(mail["List-Unsubscribe"]), "preferences": path(preferences[0])}
