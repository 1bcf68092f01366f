"""A live shop with one product, and the people in it."""

from __future__ import annotations

from typing import Any

import pytest

from demo import story
from demo.storefront import Customer, Shop, Staff
from saleor_reciprocity import host

from .. import hosts


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
