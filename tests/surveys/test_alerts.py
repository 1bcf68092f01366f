"""The mail to the shop about an unhappy answer: to whom, what is in it, how surely it arrives, what it never does."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any, Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from saleor_reciprocity import erasure, host, messages
from saleor_reciprocity.mail import consent
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.surveys import alerts, responses
from saleor_reciprocity.surveys.models import Answer
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..mail.conftest import post  # noqa: F401 - a fixture
from ..mail.post import Post
from .shop import answered, invited

STAFF = "care@example.com"
HOSTILE = "</blockquote><script>alert(1)</script>\r\nBcc: thief@example.com\r\n.\r\nMAIL FROM:<x@example.com>"


@pytest.fixture
def alerted(post: Post, asking: Callable[..., Any]) -> Post:  # noqa: F811
    """The post office of a shop whose staff want to hear of the unhappy."""
    asking(survey_alert_address=STAFF)
    return post


def alert_mails(office: Post) -> list[EmailMessage]:
    messages.send(timezone.now())
    return [mail for mail in office.accepted if mail["X-To"] == STAFF]


def body(mail: EmailMessage, part: str) -> str:
    found = mail.get_body((part,))
    assert found is not None
    return str(found.get_content())


def row() -> Mail:
    return Mail.objects.get(kind="alert")


def test_the_shop_hears_of_an_unhappy_answer_once_and_of_no_other(alerted: Post, customer: Any) -> None:
    answered("happy@example.com", 3)
    answer = answered(customer, 2, "Broken & late")
    (mail,) = alert_mails(alerted)
    number = answer.invitation.order_number
    assert mail["Subject"] == f"Unhappy answer about order {number}: 2 of 5"
    assert mail["Message-ID"] == row().message_id
    for part, comment in (("plain", "Broken & late"), ("html", "Broken &amp; late")):
        text = body(mail, part)
        assert comment in text
        assert f"A customer is unhappy with order {number}" in text
        assert "How satisfied are you with your order?" in text
        assert "2 of 5" in text
        assert "ada@example.com" not in mail.as_string(), "who it was is in the shop"
    assert alert_mails(alerted) == [mail], "not again"


def test_it_names_what_was_bought_and_how_it_was_rated(alerted: Post, asking: Any, customer: Any) -> None:
    asking(survey_alert_address=STAFF, survey_product_ratings="true")
    invitation = invited(customer)
    product = invitation.products.create(product_id=7, name="Tea <b>")
    responses.take(invitation, Given(1, "", {product.product_id: 2}), timezone.now())
    (mail,) = alert_mails(alerted)
    assert "Tea <b>: 2 ★" in body(mail, "plain")
    assert "<bdi>Tea &lt;b&gt;</bdi>: 2 ★" in body(mail, "html")


def test_a_payload_in_a_comment_is_harmless(alerted: Post, customer: Any) -> None:
    answered(customer, 1, HOSTILE)
    (mail,) = alert_mails(alerted)
    assert (mail["Bcc"], mail["To"]) == (None, STAFF)
    assert "<script" not in body(mail, "html")
    assert "&lt;/blockquote&gt;&lt;script&gt;alert(1)&lt;/script&gt;<br>Bcc: thief@example.com" in body(mail, "html")
    assert "MAIL FROM:<x@example.com>" in body(mail, "plain")
    assert {one["X-To"] for one in alerted.accepted} == {STAFF}


def test_it_has_no_link_for_leaving_because_no_customer_gets_it(alerted: Post, customer: Any) -> None:
    answered(customer, 1)
    (mail,) = alert_mails(alerted)
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
    assert "/plugins/" not in body(mail, "html") + body(mail, "plain")
    assert row().person == ""


def test_what_customers_want_to_hear_has_no_say_in_it(alerted: Post, customer: Any) -> None:
    invitation = invited(customer)
    consent.choose(host.person(customer), consent.ALL, False, "test", timezone.now())
    responses.take(invitation, Given(1), timezone.now())
    assert len(alert_mails(alerted)) == 1
    assert row().basis == "asked for"


def test_an_answer_and_its_alert_are_stored_together_or_not_at_all(
    alerted: Post, customer: Any, monkeypatch: Any
) -> None:
    def die(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    invitation = invited(customer)
    monkeypatch.setattr(alerts.outbox, "ask", die)
    with pytest.raises(KeyboardInterrupt):
        responses.take(invitation, Given(1), timezone.now())
    assert not Answer.objects.exists()
    monkeypatch.undo()
    assert responses.take(invitation, Given(1), timezone.now()).is_first
    assert not responses.take(invitation, Given(2), timezone.now()).is_first
    assert len(alert_mails(alerted)) == 1


def test_a_server_that_refuses_for_now_gets_it_again(alerted: Post, customer: Any) -> None:
    answered(customer, 1)
    alerted.on_rcpt = lambda address: "451 try later"
    assert alert_mails(alerted) == []
    alerted.on_rcpt = lambda address: "250 OK"
    Mail.objects.filter(kind="alert").update(next_at=timezone.now())
    assert len(alert_mails(alerted)) == 1


def test_alerts_keep_the_pace_of_all_messages(alerted: Post, settings: Any) -> None:
    answered("a@example.com", 1)
    answered("b@example.com", 1)
    Mail.objects.filter(kind="survey").update(state="dropped", reason="test")
    settings.RECIPROCITY_MAILS_PER_MINUTE = 1
    assert len(alert_mails(alerted)) == 1
    assert Mail.objects.filter(kind="alert", state="waiting").count() == 1


def test_it_is_in_the_language_of_the_shop_not_of_the_customer(alerted: Post, customer: Any, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    answer = answered(customer, 2, "Late")
    (mail,) = alert_mails(alerted)
    number = answer.invitation.order_number
    assert mail["Subject"].strip() == f"对订单 {number} 的不满意回答：2 分（满分 5 分）"
    assert 'lang="zh-hans"' in body(mail, "html")


def test_without_an_address_or_once_it_is_taken_away_nobody_is_written_to(
    alerted: Post, asking: Any, customer: Any
) -> None:
    answered(customer, 1)
    asking(survey_alert_address="")
    answered("b@example.com", 1)
    assert alert_mails(alerted) == []
    assert (row().state, row().reason) == ("dropped", "switched off by the shop")


def test_what_an_erased_customer_wrote_is_not_sent_any_more(alerted: Post, customer: Any) -> None:
    answered(customer, 1, "I am Ada Lovelace")
    erasure.erase(host.person(customer), timezone.now())
    assert alert_mails(alerted) == []
    assert (row().state, row().reason) == ("dropped", "erased")


@pytest.mark.parametrize("address", ["care", "a@example.com, b@example.com", "a@example.com\nBcc: b@example.com"])
def test_other_texts_than_an_address_are_refused_on_the_page(address: str, programme_on: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(programme_on, survey_alert_address=address)
    assert list(refused.value.message_dict) == ["survey_alert_address"]


def test_staff_see_it_among_the_messages_and_no_customer_chooses_about_it(alerted: Post, customer: Any) -> None:
    answered(customer, 1)
    messages.send(timezone.now())
    staff = hosts.as_app("order.manage_orders")
    asked = "{ communicationMessages(kind: ALERT) { totalCount edges { node { kind state basis } } } }"
    assert staff.data(asked)["communicationMessages"] == {
        "totalCount": 1,
        "edges": [{"node": {"kind": "ALERT", "state": "SENT", "basis": "asked for"}}],
    }
    mine = hosts.as_user(customer).data("{ me { loyalty { communicationPreferences { kind } } } }")
    assert "ALERT" not in {one["kind"] for one in mine["me"]["loyalty"]["communicationPreferences"]}
