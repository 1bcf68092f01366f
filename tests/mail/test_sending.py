"""Sending to a real SMTP server: to whom, with which headers, how often, and what happens when it refuses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host, identity, messages
from saleor_reciprocity.mail import sending
from saleor_reciprocity.mail.models import Mail, MailPace
from saleor_reciprocity.rewards import closing

from .. import hosts
from ..points.programmes import earned
from .mails import agree, redeemed, state, statement
from .post import Post


def test_a_code_goes_to_its_customer_with_everything_that_a_mail_needs(post: Post, customer: Any) -> None:
    made = redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert messages.send(timezone.now()) == (0, 0, 0)
    (mail,) = post.accepted
    assert mail["X-To"] == "ada@example.com"
    assert mail["Subject"] == f"Your code: {made.reward.name}"
    assert "shop@example.com" in mail["From"]
    assert mail["Message-ID"] == Mail.objects.get().message_id
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/plugins/saleor_reciprocity/unsubscribe/" in mail["List-Unsubscribe"]
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert made.code in body.get_content()
        assert "/preferences/" in body.get_content()
        assert "<style" not in body.get_content()
    assert state() == [("sent", "")]
    assert Mail.objects.get().basis == "asked for"


def test_the_headers_for_leaving_are_plain_text_in_a_shop_with_a_long_address(
    post: Post, customer: Any, settings: Any
) -> None:
    domain = f"{'a' * 60}.example.com"
    hosts.site_of_shop(domain=domain)
    settings.PUBLIC_URL = f"https://{domain}"
    redeemed(customer)
    messages.send(timezone.now())
    (mail,) = post.accepted
    raw = dict(mail.raw_items())
    assert re.fullmatch(r"\s*<https?://a{60}\.example\.com/plugins/\S+>", raw["List-Unsubscribe"])
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"\s*<reciprocity\.\w+@example\.com>", raw["Message-ID"])


def test_a_cancelled_code_is_not_sent(post: Post, customer: Any) -> None:
    closing.cancel(redeemed(customer).pk, "staff", now=timezone.now())
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("dropped", "nothing more to say")]
    assert post.accepted == []


def test_nothing_that_needs_consent_is_sent_without(post: Post, customer: Any, programme_on: Any) -> None:
    earned(customer)
    hosts.configure(programme_on, mail_statements="True")
    statement(customer, programme_on)
    assert sending.look(messages.READERS, timezone.now()) == (0, 1, 0)
    assert state() == [("dropped", "no consent")]
    agree(customer)
    statement(customer, programme_on)
    assert sending.look(messages.READERS, timezone.now()) == (0, 0, 0), "one wish for each reason"
    statement(customer, programme_on, "statement:2")
    assert sending.look(messages.READERS, timezone.now()) == (1, 0, 0)
    assert Mail.objects.last().basis.startswith("consent ")


def test_a_kind_that_the_shop_switched_off_is_not_sent(post: Post, customer: Any, programme_on: Any) -> None:
    earned(customer)
    agree(customer)
    statement(customer, programme_on)
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("dropped", "switched off by the shop")]


def test_while_the_programme_is_off_messages_wait_and_then_may_be_too_late(
    post: Post, customer: Any, programme_on: Any
) -> None:
    redeemed(customer)
    hosts.configure(programme_on, active=False)
    assert messages.send(timezone.now()) == (0, 0, 0)
    assert state() == [("waiting", "")]
    Mail.objects.update(expires_at=timezone.now())
    hosts.configure(programme_on, active=True)
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("dropped", "too late")]


def test_nobody_writes_to_a_deleted_account(post: Post, customer: Any) -> None:
    redeemed(customer)
    customer.delete()
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("dropped", "no address")]


def test_a_refusal_for_good_is_final_and_one_for_now_is_not(post: Post, customer: Any) -> None:
    redeemed(customer)
    post.on_rcpt = lambda address: "451 try later"
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "the mail server answered 451")]
    assert Mail.objects.get().next_at > timezone.now() + timedelta(seconds=100)
    Mail.objects.update(next_at=timezone.now())
    post.on_rcpt = lambda address: "550 nobody here"
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert state() == [("failed", "the mail server answered 550")]


def test_it_is_not_tried_for_ever(post: Post, customer: Any) -> None:
    redeemed(customer)
    post.on_data = lambda mail: "451 try later"
    for _ in range(10):
        Mail.objects.update(next_at=timezone.now())
        messages.send(timezone.now())
    assert state() == [("failed", "the mail server answered 451")]


def test_a_server_that_is_down_costs_no_attempt_and_is_left_alone(
    post: Post, customer: Any, programme_on: Any, settings: Any
) -> None:
    redeemed(customer)
    port, post.port = post.port, 1
    _move_server(1, programme_on, settings)
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert messages.send(timezone.now()) == (0, 0, 0), "the server is left alone for a while"
    kept, pace = Mail.objects.get(), MailPace.objects.get()
    assert (kept.state, kept.attempts) == ("waiting", 0)
    assert pace.problem.startswith("the mail server does not answer")
    _move_server(port, programme_on, settings)
    MailPace.objects.update(paused_until=timezone.now())
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert MailPace.objects.get().problem == ""


def _move_server(port: int, channel: Any, settings: Any) -> None:
    if hosts.MULTI_CHANNEL:
        from saleor.plugins.models import PluginConfiguration

        row = PluginConfiguration.objects.get(identifier="mirumee.notifications.user_email")
        row.configuration = [
            {**item, "value": str(port)} if item["name"] == "port" else item for item in row.configuration
        ]
        row.save()
    else:
        settings.EMAIL_PORT = port


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="this Saleor has Django's mail server only")
def test_mails_leave_by_the_server_that_writes_to_the_customers_of_the_channel(
    post: Post, customer: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # as with EMAIL_URL, for mails to staff
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert [mail["From"] for mail in post.accepted] == ["Shop <shop@example.com>"]


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="this Saleor has Django's mail server only")
def test_what_the_plugin_of_mails_leaves_empty_comes_from_the_environment(
    post: Post, programme_on: Any, settings: Any
) -> None:
    from saleor.plugins.models import PluginConfiguration

    settings.USER_EMAIL_HOST, settings.USER_EMAIL_PORT, settings.USER_EMAIL_USE_TLS = "mail.example.com", "587", True
    settings.USER_EMAIL_HOST_USER, settings.USER_EMAIL_HOST_PASSWORD = "ada", "secret"
    row = PluginConfiguration.objects.get(identifier="mirumee.notifications.user_email")
    row.configuration = [{"name": "sender_address", "value": "shop@example.com"}, {"name": "port", "value": "2525"}]
    row.save()
    server = host.mail_server(programme_on.id)
    assert server == host.MailServer("mail.example.com", 2525, "ada", "secret", True, False, "shop@example.com")
    row.active = False
    row.save()
    assert host.mail_server(programme_on.id) is None


def test_a_mail_server_whose_settings_contradict_each_other_is_no_way_out(
    post: Post, customer: Any, settings: Any
) -> None:
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = settings.USER_EMAIL_USE_TLS = settings.USER_EMAIL_USE_SSL = True
    redeemed(customer)
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "the mail server does not answer (ValueError)")]


def test_without_a_mail_server_messages_are_kept_and_the_shop_is_told(
    programme_on: Any, customer: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = ""
    redeemed(customer)
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "no mail server is configured")]


def test_the_pace_holds_for_all_workers_together(post: Post, customer: Any, programme_on: Any, settings: Any) -> None:
    settings.RECIPROCITY_MAILS_PER_MINUTE = 3
    hosts.configure(programme_on, mail_statements="True")
    earned(customer)
    agree(customer)
    for number in range(5):
        statement(customer, programme_on, f"statement:{number}")
    assert sending.look(messages.READERS, timezone.now()) == (3, 0, 0)
    assert sending.look(messages.READERS, timezone.now()) == (0, 0, 0)
    MailPace.objects.update(minute=timezone.now() - timedelta(minutes=2))
    assert sending.look(messages.READERS, timezone.now()) == (2, 0, 0)


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: all@example.com", "<script>alert(1)</script>", "{{ shop }}", "\u202eada"]
)
def test_a_payload_in_a_name_is_harmless(name: str, post: Post, customer: Any) -> None:
    customer.first_name = name
    customer.save()
    made = redeemed(customer)
    made.reward.name = name
    made.reward.save()
    hosts.site_of_shop(name.replace("\r\n", " ")[:50])
    assert messages.send(timezone.now()) == (1, 0, 0)
    (mail,) = post.accepted
    assert mail["Bcc"] is None
    assert mail["X-To"] == "ada@example.com"
    assert "\n" not in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()


def test_a_mail_is_in_the_language_of_its_reader(post: Post, customer: Any) -> None:
    redeemed(customer)
    Mail.objects.update(language="zh-CN")
    messages.send(timezone.now())
    (mail,) = post.accepted
    assert mail["Subject"].startswith("您的兑换码")
    assert mail["Content-Language"] == "zh-hans"
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="zh-hans" dir="ltr">' in html.get_content()


def test_no_address_and_no_code_is_logged(post: Post, customer: Any, caplog: Any) -> None:
    caplog.set_level(0)
    made = redeemed(customer)
    post.on_rcpt = lambda address: "550 <ada@example.com> unknown"
    messages.send(timezone.now())
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    assert "ada@example.com" not in ours
    assert made.code not in ours
    assert "ada@example.com" not in str(list(Mail.objects.values()))


def test_a_person_is_known_by_a_hash_only(post: Post, customer: Any) -> None:
    redeemed(customer)
    assert Mail.objects.get().person == identity.email_hash("ada@example.com")
