"""How addresses are written where only ASCII is understood."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from saleor_reciprocity import messages, wire
from saleor_reciprocity.mail.rendering import one_line

from .. import hosts
from .mails import redeemed, state
from .post import Post


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("shop@example.com", "shop@example.com"),
        ("Shop+a@Example.com", "Shop+a@Example.com"),
        ("shop@hök.se", "shop@xn--hk-fka.se"),
        ("shop@HÖK.se", "shop@xn--hk-fka.se"),
        ("shop@xn--hk-fka.se", "shop@xn--hk-fka.se"),
        ("shop@straße.de", "shop@xn--strae-oqa.de"),
        ("shop@strasse.de", "shop@strasse.de"),
        ("shop@例え.jp", "shop@xn--r8jz45g.jp"),
        ("shop@a_b.example.com", "shop@a_b.example.com"),
    ],
)
def test_a_mailbox_is_written_with_its_domain_in_ascii(address: str, written: str) -> None:
    assert wire.mailbox(address) == written


@pytest.mark.parametrize("address", ["jürgen@example.com", "shop", "@example.com", "shop@", "shop@i❤.ws", "shop@ö..de"])
def test_what_no_mail_server_takes(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.mailbox(address)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://Example.com:8443/a/b?c=d", "https://example.com:8443/a/b?c=d"),
        ("https://hök.se/hök?å=ä ö#top", "https://xn--hk-fka.se/h%C3%B6k?%C3%A5=%C3%A4%20%C3%B6"),
        ("https://example.com/a%20b c", "https://example.com/a%20b%20c"),
        ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
    ],
)
def test_a_web_address_is_written_as_a_request_names_it(address: str, written: str) -> None:
    assert wire.web(address).geturl() == written


def test_a_shop_at_an_address_with_accents_sends(post: Post, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, mail_sender_address="shop@hök.se", mail_sender_name="Hök & Co")
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    (mail,) = post.accepted
    assert mail["From"] == "Hök & Co <shop@xn--hk-fka.se>"
    assert mail["Message-ID"].endswith("@xn--hk-fka.se>")
    assert post.senders == ["shop@xn--hk-fka.se"]


def test_a_customer_at_a_domain_with_accents_is_written_to_and_no_namesake(post: Post, customer: Any) -> None:
    customer.email = "ada@straße.de"
    customer.save()
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert post.accepted[0]["X-To"] == "ada@xn--strae-oqa.de"


def test_an_address_that_no_mail_server_takes_is_refused_and_says_why(post: Post, customer: Any) -> None:
    customer.email = "jürgen@example.com"
    customer.save()
    redeemed(customer)
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("failed", "no mail server takes this address")]
    assert (post.asked, post.accepted) == (0, [])


@pytest.mark.parametrize("address", ["jürgen@example.com", "shop@i❤.ws", "shop", "a@example.com, b@example.com"])
@pytest.mark.parametrize("field", ["mail_sender_address", "survey_alert_address"])
def test_the_page_refuses_what_the_mail_server_would(field: str, address: str, programme_on: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(programme_on, **{field: address})
    assert list(refused.value.message_dict) == [field]


FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"  # one emoji of three, joined
PERSIAN = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # a word whose two parts are kept apart
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"  # a flag spelt with tags


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"Gift {FAMILY}", f"Gift {FAMILY}"),
        (PERSIAN, PERSIAN),
        (ENGLAND, ENGLAND),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\u2028b\u2029c\x85d\x00e\x7ff\x1cg", "a b c d e f g"),
        ("\u202eada\u202c \u2066x\u2069", "ada x"),
        ("half \ud83d of it", "half of it"),
        ("  a \t b\u00a0c ", "a b c"),
        ("x" * 200, "x" * 150),
    ],
)
def test_a_line_keeps_what_joins_and_loses_what_breaks(text: str, line: str) -> None:
    assert one_line(text) == line


def test_joined_letters_arrive_in_sender_and_subject(post: Post, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, mail_sender_name=f"{PERSIAN} {FAMILY}")
    made = redeemed(customer)
    made.reward.name = f"{PERSIAN} {FAMILY}"
    made.reward.save()
    messages.send(timezone.now())
    (mail,) = post.accepted
    assert mail["Subject"].strip() == f"Your code: {PERSIAN} {FAMILY}"
    assert mail["From"] == f"{PERSIAN} {FAMILY} <shop@example.com>"
