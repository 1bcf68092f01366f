"""The shop's own endpoint: signed, under the same rules as a mail, and never a way into the shop's network."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from saleor_reciprocity import host, messages
from saleor_reciprocity.mail import endpoint, sending
from saleor_reciprocity.mail.models import Mail, MailPace

from .. import hosts
from ..endpoint import SECRET
from ..hosts.either import databases
from ..points.programmes import earned
from ..surveys.conftest import asking  # noqa: F401 - a fixture
from ..surveys.shop import answered
from .mails import agree, redeemed, state, statement
from .post import Post


def use(server: Any, channel: Any, delivery: str = "endpoint") -> None:
    address = f"http://127.0.0.1:{server.server_port}/messages?shop=1"
    hosts.configure(channel, mail_delivery=delivery, mail_endpoint=address, mail_endpoint_secret=SECRET)


def test_a_message_is_posted_and_signed(inside: None, server: Any, programme_on: Any, customer: Any) -> None:
    use(server, programme_on)
    made = redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    ((headers, body),) = server.got
    assert headers["Reciprocity-Signature"] == endpoint.signature_of(SECRET, headers["Reciprocity-Timestamp"], body)
    message = json.loads(body)
    assert (message["kind"], message["to"]["email"]) == ("redemption", "ada@example.com")
    assert made.code in message["text"]
    assert headers["Idempotency-Key"] == message["id"] == Mail.objects.get().message_id


@pytest.mark.parametrize(
    ("before", "after", "mails", "posts", "rows"),
    [
        ("endpoint", "e-mail", 1, 0, [("e-mail", "sent", "")]),
        ("e-mail", "endpoint", 0, 1, [("endpoint", "sent", "")]),
        ("both", "e-mail", 1, 0, [("e-mail", "sent", ""), ("endpoint", "dropped", "switched off by the shop")]),
        ("both", "endpoint", 0, 1, [("e-mail", "dropped", "switched off by the shop"), ("endpoint", "sent", "")]),
        ("endpoint", "both", 0, 1, [("endpoint", "sent", "")]),
    ],
)
def test_what_waits_for_a_way_that_the_shop_switches_off_takes_the_other(
    before: str,
    after: str,
    mails: int,
    posts: int,
    rows: Any,
    inside: None,
    server: Any,
    post: Post,
    programme_on: Any,
    customer: Any,
) -> None:
    use(server, programme_on, before)
    redeemed(customer)
    server.status, post.on_mail = 503, lambda address: "550 not now"
    messages.send(timezone.now())
    assert set(Mail.objects.values_list("state", flat=True)) == {"waiting"}
    server.got.clear()
    server.status, post.on_mail = 200, lambda address: "250 OK"
    hosts.configure(programme_on, mail_delivery=after)
    Mail.objects.update(next_at=timezone.now())
    MailPace.objects.update(paused_until=None)
    messages.send(timezone.now())
    assert (len(post.accepted), len(server.got)) == (mails, posts)
    found = Mail.objects.order_by("route").values_list("route", "state", "reason")
    assert sorted(found) == rows


def test_a_broken_mail_server_is_nothing_to_the_endpoint(
    inside: None, server: Any, programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    def broken(channel_id: str) -> Any:
        raise ValueError

    monkeypatch.setattr(host, "mail_server", broken)
    use(server, programme_on, "both")
    redeemed(customer)
    messages.send(timezone.now())
    assert [(mail.route, mail.state) for mail in Mail.objects.order_by("route")] == [
        ("e-mail", "waiting"),
        ("endpoint", "sent"),
    ]
    ((headers, _),) = server.got
    assert headers["Idempotency-Key"].endswith("@127.0.0.1>")


def test_both_ways_are_a_message_each(inside: None, server: Any, post: Post, programme_on: Any, customer: Any) -> None:
    use(server, programme_on, "both")
    redeemed(customer)
    assert messages.send(timezone.now()) == (2, 0, 0)
    assert messages.send(timezone.now()) == (0, 0, 0)
    assert (len(server.got), len(post.accepted)) == (1, 1)
    assert sorted(Mail.objects.values_list("route", flat=True)) == ["e-mail", "endpoint"]


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        (204, "sent"),
        (400, "failed"),
        (409, "failed"),
        (410, "failed"),
        (413, "failed"),
        (422, "failed"),
        (301, "waiting"),
        (401, "waiting"),
        (403, "waiting"),
        (404, "waiting"),
        (408, "waiting"),
        (429, "waiting"),
        (500, "waiting"),
        (503, "waiting"),
    ],
)
def test_what_the_endpoint_answers(
    status: int, becomes: str, inside: None, server: Any, programme_on: Any, customer: Any
) -> None:
    use(server, programme_on)
    server.status = status
    redeemed(customer)
    messages.send(timezone.now())
    assert Mail.objects.get().state == becomes
    assert len(server.got) == 1, "redirects are not followed"


@pytest.mark.parametrize(
    ("status", "becomes"),
    [(503, "waiting"), (429, "waiting"), (404, "waiting"), (500, "unknown"), (502, "unknown"), (504, "unknown")],
)
def test_what_goes_once_goes_again_only_if_it_was_not_taken(
    status: int, becomes: str, inside: None, server: Any, programme_on: Any, customer: Any
) -> None:
    earned(customer)
    use(server, programme_on)
    hosts.configure(programme_on, mail_statements="True", mail_consent="preference")
    agree(customer)
    statement(customer, programme_on)
    server.status = status
    sending.look(messages.READERS, timezone.now())
    Mail.objects.update(next_at=timezone.now())
    MailPace.objects.update(paused_until=None)
    sending.look(messages.READERS, timezone.now())
    assert Mail.objects.get().state == becomes
    assert len(server.got) == (2 if becomes == "waiting" else 1)


def test_an_alert_to_the_shop_is_posted_too(inside: None, server: Any, asking: Any) -> None:  # noqa: F811
    channel = asking(survey_alert_address="care@example.com")
    answered("guest@example.com", 1, "<b>Late</b>")
    use(server, channel)
    messages.send(timezone.now())
    (message,) = [json.loads(body) for _, body in server.got]
    assert (message["kind"], message["to"]) == ("alert", {"email": "care@example.com", "name": ""})
    assert (message["unsubscribe"], message["preferences"]) == ("", "")
    assert "<b>Late</b>" in message["text"]
    assert "<b>Late</b>" not in message["html"]


def test_messages_do_not_leave_the_network_without_tls(
    inside: None, server: Any, programme_on: Any, customer: Any, settings: Any
) -> None:
    use(server, programme_on)
    redeemed(customer)
    settings.RECIPROCITY_PRIVATE_ENDPOINTS = False
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "the endpoint is not https")]
    with pytest.raises(ValidationError) as refused:
        hosts.configure(programme_on, mail_endpoint="http://example.com")
    assert list(refused.value.message_dict) == ["mail_endpoint"]


def test_an_address_inside_the_network_is_not_posted_to(server: Any, programme_on: Any, customer: Any) -> None:
    hosts.configure(
        programme_on,
        mail_delivery="endpoint",
        mail_endpoint=f"https://localhost:{server.server_port}/",
        mail_endpoint_secret=SECRET,
    )
    redeemed(customer)
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "the endpoint is not a public address")]
    assert server.got == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["93.184.216.34", "10.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2606:2800:220:1:248:1893:25c8:1946", "fec0::1"],
    ],
)
def test_11_21_a_name_with_one_address_inside_is_not_posted_to(
    addresses: list[str], programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    hosts.configure(
        programme_on, mail_delivery="endpoint", mail_endpoint="https://e.example/", mail_endpoint_secret=SECRET
    )
    redeemed(customer)
    found = [(0, 0, 0, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(endpoint.socket, "getaddrinfo", lambda *a, **o: found)
    monkeypatch.setattr(endpoint.socket, "create_connection", lambda *a, **o: pytest.fail("nothing is connected to"))
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert state() == [("waiting", "the endpoint is not a public address")]


def test_11_21_the_connection_goes_to_the_address_that_was_looked_at(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    """A name that leads inside at its second look-up is not looked up a second time."""
    hosts.configure(
        programme_on, mail_delivery="endpoint", mail_endpoint="https://e.example/", mail_endpoint_secret=SECRET
    )
    redeemed(customer)
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    connected = []

    def refuse(address: Any, *arguments: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(endpoint.socket, "getaddrinfo", lambda *a, **o: [(0, 0, 0, "", (next(answers), 443))])
    monkeypatch.setattr(endpoint.socket, "create_connection", refuse)
    messages.send(timezone.now())
    assert connected == [("93.184.216.34", 443)]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "//x",
        "https://u:p@x.com",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://exa mple.com/",
        "https://example.com/a\x7fb",
        "https://[::1/",
        "https://i❤.example/",
    ],
)
def test_other_addresses_are_refused_on_the_page(address: str, programme_on: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(programme_on, mail_delivery="endpoint", mail_endpoint=address, mail_endpoint_secret=SECRET)
    assert list(refused.value.message_dict) == ["mail_endpoint"]


@pytest.mark.parametrize("secret", ["", "short"])
def test_an_endpoint_needs_a_secret(secret: str, programme_on: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(
            programme_on, mail_delivery="endpoint", mail_endpoint="https://example.com", mail_endpoint_secret=secret
        )
    assert list(refused.value.message_dict) == ["mail_endpoint_secret"]


def test_the_secret_is_in_no_version_and_no_log(
    inside: None, server: Any, programme_on: Any, customer: Any, caplog: Any
) -> None:
    from saleor_reciprocity.programmes import SettingsVersion

    caplog.set_level(0)
    use(server, programme_on)
    redeemed(customer)
    messages.send(timezone.now())
    assert SECRET not in str(list(SettingsVersion.objects.values()))
    assert SECRET not in str(list(Mail.objects.values()) + list(MailPace.objects.values()))
    assert SECRET not in caplog.text


def test_what_the_page_takes_is_what_is_posted_to(inside: None, server: Any, programme_on: Any, customer: Any) -> None:
    address = f"http://127.0.0.1:{server.server_port}/hök/ä b%20c?shop=Köln&x=a b#top"
    hosts.configure(programme_on, mail_delivery="endpoint", mail_endpoint=address, mail_endpoint_secret=SECRET)
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert server.paths == ["/h%C3%B6k/%C3%A4%20b%20c?shop=K%C3%B6ln&x=a%20b"]


@pytest.mark.parametrize("address", ["https://example.com:99999/", "https://example.com:x/", "https://[::1/"])
def test_an_address_that_a_script_stored_keeps_its_messages_only_and_the_check_says_so(
    address: str, post: Post, programme_on: Any, customer: Any
) -> None:
    from django.core.checks import run_checks

    hosts.configure(
        programme_on, mail_delivery="both", mail_endpoint="https://example.com", mail_endpoint_secret=SECRET
    )
    redeemed(customer)
    _store(programme_on, "mail_endpoint", address)
    messages.send(timezone.now())
    if address == "https://[::1/":  # no version of the programme can be made of this one
        assert state() == [("waiting", "")]
        return
    assert [(mail.route, mail.state, mail.reason) for mail in Mail.objects.order_by("route")] == [
        ("e-mail", "sent", ""),
        ("endpoint", "waiting", "the endpoint's address can't be used"),
    ]
    found = [message.id for message in run_checks(tags=["database"], **databases())]
    assert "reciprocity.W003" in found


def _store(channel: Any, name: str, value: str) -> None:
    """Store a value past the plugin's page, as a data script does."""
    from saleor.plugins.models import PluginConfiguration

    row = PluginConfiguration.objects.get(identifier="saleor_reciprocity")
    row.configuration = [{**item, "value": value} if item["name"] == name else item for item in row.configuration]
    row.save()
