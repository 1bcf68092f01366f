"""Clicks under crowds: however many end it at once, it is ended once and for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, messages
from saleor_reciprocity.mail import consent, kinds, sending
from saleor_reciprocity.mail.models import CommunicationChoice, Mail

from ..mail.conftest import links, post  # noqa: F401 - fixtures
from ..mail.mails import statement
from .crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_click_sixteen_times_at_once_ends_it_for_good(
    links: Any,  # noqa: F811
    customer: Any,
    programme_on: Any,
) -> None:
    def click(number: int) -> int:
        form = {"List-Unsubscribe": "One-Click"}
        return Client(enforce_csrf_checks=True).post(links["unsubscribe"], form).status_code

    assert at_once(16, click) == [200] * 16
    said = [(one.kind, one.wanted) for one in CommunicationChoice.objects.order_by("pk")]
    assert said == [("", True), ("", False), ("statement", False)], "the proof of the yes, and each no once"
    statement(customer, programme_on, "statement:2")
    assert sending.look(messages.READERS, timezone.now()) == (0, 1, 0)
    assert Mail.objects.last().reason == "not wanted"


def test_the_last_of_many_words_at_once_is_one_that_was_said_whole(
    links: Any,  # noqa: F811
    customer: Any,
) -> None:
    """Half of sixteen tabs tick every box, half none."""
    boxes = dict.fromkeys(kinds.FOR_CUSTOMERS, "on")

    def save(tab: int) -> int:
        return Client().post(links["preferences"], boxes if tab % 2 else {}).status_code

    assert at_once(16, save) == [200] * 16
    person = host.person(customer)
    last = [consent.latest_choice(person, kind) for kind in boxes]
    assert len({one.wanted for one in last if one is not None}) == 1
    assert None not in last
