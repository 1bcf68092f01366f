"""What whoever redeemed a service is told by mail: redeemed, done, cancelled; in both languages, as the shop wants."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from django.core import mail
from django.utils import timezone

from saleor_reciprocity import erasure, host, messages
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.mail.rendering import rendered
from saleor_reciprocity.rewards import fulfilment

from .. import hosts
from .services import redeemed_by, service

NOW = timezone.now


@pytest.fixture
def rich(programme_on: Any, customer: Any, give_points: Callable[..., Any]) -> Any:
    hosts.site_of_shop()
    hosts.configure(programme_on, mail_sender_address="shop@example.com")
    give_points(customer, 90)
    return customer


def sent() -> list[tuple[str, str]]:
    messages.send(NOW())
    return [(one.subject, str(one.body)) for one in mail.outbox]


def test_each_step_is_told_with_text_code_and_reason(rich: Any) -> None:
    made = redeemed_by(rich, service("SEAT-1\nSEAT-2"))
    ((subject, body),) = sent()
    assert subject == "Yours: Ticket"
    assert "you exchanged 30 points for Ticket." in body
    assert "Show this at the door." in body
    assert "Your code: SEAT-1" in body

    fulfilment.finish(made.pk, "user:7", NOW())
    subject, body = sent()[-1]
    assert (subject, "this is done for you: Ticket." in body) == ("Done: Ticket", True)
    assert "SEAT-1" in body

    other = redeemed_by(rich, made.reward, "again")
    sent()
    fulfilment.cancel(other.pk, "No seat left", "user:7", NOW())
    subject, body = sent()[-1]
    assert subject == "Cancelled: Ticket"
    assert "we had to cancel Ticket. Back on your account: 30 points." in body
    assert "No seat left" in body
    assert "SEAT-2" not in body
    assert list(Mail.objects.values_list("kind", "state", "basis").distinct()) == [("service", "sent", "asked for")]


def test_what_went_further_before_it_was_told_is_told_once(rich: Any) -> None:
    made = redeemed_by(rich, service())
    fulfilment.finish(made.pk, "user:7", NOW())
    assert [subject for subject, _body in sent()] == ["Done: Ticket"]


def test_who_wants_none_and_a_shop_that_sends_none(rich: Any, programme_on: host.Channel) -> None:
    consent.choose(host.person(rich), kinds.SERVICE, False, "page", NOW())
    made = redeemed_by(rich, service())
    assert sent() == []
    consent.choose(host.person(rich), kinds.SERVICE, True, "page", NOW())
    hosts.configure(programme_on, mail_codes="False")
    fulfilment.finish(made.pk, "user:7", NOW())
    assert sent() == []
    assert set(Mail.objects.values_list("reason", flat=True)) == {"not wanted", "switched off by the shop"}


def test_who_is_erased_is_told_nothing_when_it_is_closed(rich: Any) -> None:
    made = redeemed_by(rich, service())
    erasure.erase(host.person(rich), NOW())
    fulfilment.finish(made.pk, "user:7", NOW())
    assert sent() == []


@pytest.mark.parametrize(
    ("step", "subject", "words"),
    [("open", "您兑换的：票", "您用"), ("done", "已完成：票", "已为您完成"), ("cancelled", "已取消：票", "退回")],
)
def test_each_step_in_chinese(step: str, subject: str, words: str) -> None:
    about = {"step": step, "reward": "票", "text": "入场时出示。", "code": None, "points": 30, "reason": "没有座位了"}
    letter = rendered(kinds.SERVICE, "zh-hans", {"shop": "茶室", "name": "Ada", **about})
    assert (letter.subject, words in letter.text, words in letter.html) == (subject, True, True)
    assert ("没有座位了" in letter.text) == (step == "cancelled")
