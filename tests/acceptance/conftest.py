"""A live shop with one product, and the people in it."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from demo import story
from demo.mailbox import Mails
from demo.storefront import Customer, Shop, Staff
from saleor_reciprocity import host

from .. import hosts
from ..mail.post import Post, opened
from . import chromium
from .chromium import Browser


@pytest.fixture
def shop(transactional_db: Any, live_server: Any, channel: host.Channel, settings: Any) -> Shop:
    """A shop that sells one cup for 40, shipped for 10. The plugin is installed and was never switched on."""
    settings.ALLOWED_CLIENT_HOSTS = ["localhost"]
    hosts.open_shop(channel)
    return Shop(live_server.url, channel.slug)


@pytest.fixture
def staff(shop: Shop) -> Staff:
    """A member of staff who may do everything, with the log-in of the demo."""
    hosts.administrator(story.STAFF_EMAIL, story.STAFF_PASSWORD)
    return Staff(shop, story.STAFF_EMAIL, story.STAFF_PASSWORD)


@pytest.fixture
def ada(shop: Shop, staff: Staff) -> Customer:
    """A customer who has just registered."""
    return Customer.register(shop, "ada@example.com", "difference-engine", staff)


@pytest.fixture
def favourites(shop: Shop, channel: host.Channel) -> None:
    """Five guests have bought the cup and a saucer, and the recommendations have learned it."""
    saucer = hosts.product("Saucer", channel, stock=1000)
    cup = type(saucer).objects.get(slug="cup")
    for number in range(5):
        hosts.buy(f"guest-{number}@example.com", [cup, saucer], placed_at=timezone.now() - timedelta(days=number + 1))
    call_command("reciprocity_train")


@pytest.fixture
def mails(shop: Shop, channel: host.Channel, settings: Any) -> Iterator[Mails]:
    """What has arrived, once the work that was due is done."""
    post = Post()
    server = opened(post)
    hosts.mail_through(post.port, channel, settings)

    def arrived() -> list[EmailMessage]:
        call_command("reciprocity_work", "--once")
        return post.accepted

    yield arrived
    server.stop()


@pytest.fixture
def browser(monkeypatch: Any) -> Iterator[Browser]:
    """A browser that must have had no trouble and asked nobody but the shop."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread
    with chromium.started() as browser:
        yield browser
        connections.close_all()  # within that loop Django has connections of their own
    assert browser.trouble == []
    assert {address.split("/")[2].split(":")[0] for address in browser.asked} <= {"localhost", "127.0.0.1"}


@pytest.fixture
def address(shop: Shop, staff: Staff, channel: host.Channel) -> str:
    """Where the desk of a shop is in which the programme is on."""
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="5", reward_value="2")
    return f"{shop.url}/plugins/saleor_reciprocity/desk/"
