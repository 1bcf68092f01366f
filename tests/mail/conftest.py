"""A shop that sends its mails to a real SMTP server on the loopback."""

from __future__ import annotations

from typing import Any, Iterator

import pytest

from .. import hosts
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
