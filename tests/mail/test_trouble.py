"""What is wrong with the sender, the server or the shop's settings ends no message, and holds up no other way."""

from __future__ import annotations

import socket
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from django.utils import timezone

from saleor_reciprocity import host, messages
from saleor_reciprocity.mail import kinds, outbox, sending
from saleor_reciprocity.mail.models import Mail, MailPace

from .. import hosts
from ..points.programmes import earned
from .mails import agree, redeemed, state, statement
from .post import Post, opened

# When the server says it, what it says, and the word that is kept.
TROUBLE = [
    ("helo", "550 5.7.1 go away", "the mail server answered 550 5.7.1 to the greeting"),
    ("mail", "553 5.7.1 Sender not owned by user", "the mail server answered 553 5.7.1 to the sender"),
    ("mail", "530 5.7.0 Authentication required", "the mail server answered 530 5.7.0 to the sender"),
    ("mail", "550 5.1.8 Domain not found", "the mail server answered 550 5.1.8 to the sender"),
    ("mail", "550 no such sender", "the mail server answered 550 to the sender"),
    ("mail", "451 4.3.0 try later", "the mail server answered 451 4.3.0 to the sender"),
    ("rcpt", "554 relay denied", "the mail server answered 554"),
    ("rcpt", "550 relay not permitted", "the mail server answered 550"),
    ("rcpt", "554 5.7.1 Relay access denied", "the mail server answered 554 5.7.1"),
    ("rcpt", "530 5.7.0 Must issue a STARTTLS command first", "the mail server answered 530 5.7.0"),
    ("data", "550 5.4.5 Daily sending quota exceeded", "the mail server answered 550 5.4.5"),
    ("data", "554 5.7.0 Message rejected", "the mail server answered 554 5.7.0"),
    ("data", "550 5.7.26 Unauthenticated sender", "the mail server answered 550 5.7.26"),
]
FINAL = [
    ("rcpt", "550 5.1.1 User unknown", "the mail server answered 550 5.1.1"),
    ("rcpt", "556 5.1.10 Domain does not accept mail", "the mail server answered 556 5.1.10"),
    ("rcpt", "550 5.2.1 Mailbox disabled", "the mail server answered 550 5.2.1"),
    ("rcpt", "552 5.2.2 Mailbox full", "the mail server answered 552 5.2.2"),
    ("rcpt", "550 nobody here", "the mail server answered 550"),
    ("data", "550 5.1.1 User unknown", "the mail server answered 550 5.1.1"),
    ("data", "552 5.3.4 Message too big", "the mail server answered 552 5.3.4"),
]
NOT_NOW = [
    ("rcpt", "450 4.2.0 Greylisted", "the mail server answered 450 4.2.0"),
    ("rcpt", "451 try later", "the mail server answered 451"),
    ("rcpt", "452 4.2.2 Mailbox full for now", "the mail server answered 452 4.2.2"),
    ("data", "451 try later", "the mail server answered 451"),
]


def let(post: Post, when: str, answer: str) -> None:
    setattr(post, f"on_{when}", lambda what: answer)


def look_again() -> tuple[int, int, int]:
    """A look when every pause and every wait is over."""
    Mail.objects.update(next_at=timezone.now())
    MailPace.objects.update(paused_until=None)
    return tuple(sending.look(messages.READERS, timezone.now()))  # type: ignore[return-value]


@pytest.mark.parametrize(("when", "answer", "word"), TROUBLE)
def test_trouble_with_the_sender_or_the_server_ends_no_message(
    when: str, answer: str, word: str, post: Post, customer: Any
) -> None:
    redeemed(customer)
    let(post, when, answer)
    assert messages.send(timezone.now()) == (0, 0, 1)
    assert messages.send(timezone.now()) == (0, 0, 0), "the server is left alone"
    for _ in range(12):
        assert look_again() == (0, 0, 1)
    assert state() == [("waiting", word)]
    assert (Mail.objects.get().attempts, MailPace.objects.get().problem) == (0, word)
    let(post, when, "250 OK")
    assert look_again() == (1, 0, 0)
    assert (state(), len(post.accepted), MailPace.objects.get().problem) == ([("sent", "")], 1, "")


@pytest.mark.parametrize(
    ("greeting", "word"),
    [
        (b"554 5.7.1 No SMTP service here\r\n", "the mail server answered 554 5.7.1 to the greeting"),
        (b"421 Too busy\r\n", "the mail server answered 421 to the greeting"),
        (b"", "the mail server does not answer (SMTPServerDisconnected)"),
    ],
)
def test_a_server_that_lets_nobody_in_ends_no_message(
    greeting: bytes, word: str, post: Post, customer: Any, monkeypatch: Any
) -> None:
    redeemed(customer)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        Thread(target=_greet, args=(listening, greeting), daemon=True).start()
        _serve_by(monkeypatch, listening.getsockname()[1])
        assert messages.send(timezone.now()) == (0, 0, 1)
    assert (state(), Mail.objects.get().attempts, MailPace.objects.get().problem) == ([("waiting", word)], 0, word)


def _greet(listening: socket.socket, greeting: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.sendall(greeting)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"use_tls": True}, "the mail server does not answer (SMTPNotSupportedError)"),
        ({"username": "ada", "password": "wrong"}, "the mail server answered 535 5.7.8 to the greeting"),
    ],
)
def test_a_server_that_refuses_encryption_or_the_password_ends_no_message(
    options: Any, word: str, post: Post, customer: Any, monkeypatch: Any
) -> None:
    redeemed(customer)
    strict = Post()
    controller = opened(
        strict, auth_require_tls=False, authenticator=lambda *_: AuthResult(success=False, handled=False)
    )
    _serve_by(monkeypatch, strict.port, **options)
    assert messages.send(timezone.now()) == (0, 0, 1)
    controller.stop()
    assert (state(), Mail.objects.get().attempts, strict.asked) == ([("waiting", word)], 0, 0)
    monkeypatch.undo()
    assert look_again() == (1, 0, 0)


def _serve_by(monkeypatch: Any, port: int, **options: Any) -> None:
    server = {"username": "", "password": "", "use_tls": False, "use_ssl": False, "sender": "shop@example.com"}
    found = host.MailServer(host="127.0.0.1", port=port, **{**server, **options})
    monkeypatch.setattr(host, "mail_server", lambda channel_id: found)


@pytest.mark.parametrize(("when", "answer", "word"), FINAL)
def test_what_is_about_the_recipient_or_the_message_is_final(
    when: str, answer: str, word: str, post: Post, customer: Any
) -> None:
    redeemed(customer)
    let(post, when, answer)
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert look_again() == (0, 0, 0)
    assert (state(), post.asked, MailPace.objects.get().problem) == ([("failed", word)], 1, "")


@pytest.mark.parametrize(("when", "answer", "word"), NOT_NOW)
def test_what_is_not_taken_now_is_tried_again_and_not_for_ever(
    when: str, answer: str, word: str, post: Post, customer: Any
) -> None:
    redeemed(customer)
    let(post, when, answer)
    for _ in range(9):
        assert look_again() == (0, 0, 1)
    assert (state(), MailPace.objects.get().problem) == ([("waiting", word)], "")
    assert look_again() == (0, 1, 0)
    assert state() == [("failed", word)]


@pytest.mark.parametrize(("when", "answer"), [(when, answer) for when, answer, _ in TROUBLE])
def test_a_message_that_goes_once_survives_the_trouble_and_goes_once(
    when: str, answer: str, post: Post, customer: Any, programme_on: Any
) -> None:
    earned(customer)
    agree(customer)
    hosts.configure(programme_on, mail_statements="True")
    statement(customer, programme_on)
    let(post, when, answer)
    assert sending.look(messages.READERS, timezone.now()) == (0, 0, 1)
    let(post, when, "250 OK")
    assert look_again() == (1, 0, 0)
    assert look_again() == (0, 0, 0)
    assert len(post.accepted) == 1


def test_one_refusal_among_many_holds_up_none_of_them(post: Post, customer: Any, programme_on: Any) -> None:
    earned(customer)
    agree(customer)
    hosts.configure(programme_on, mail_statements="True")
    for number in range(5):
        statement(customer, programme_on, f"statement:{number}")
    answers = iter(["250 OK", "554 5.7.1 looks like spam", "250 OK", "250 OK", "250 OK"])
    post.on_data = lambda mail: next(answers)
    assert sending.look(messages.READERS, timezone.now()) == (4, 0, 1)
    assert MailPace.objects.get().paused_until is None
    assert [mail.state for mail in Mail.objects.order_by("pk")].count("waiting") == 1


def test_one_that_is_refused_waits_behind_the_others_and_ever_longer(post: Post, customer: Any) -> None:
    redeemed(customer)
    due = Mail.objects.get().due_at
    let(post, "data", "554 5.7.1 looks like spam")
    for minutes, waits in ((0, 1), (1, 1), (5, 5), (29, 29), (31, 30), (60 * 24 * 3, 30)):
        now = due + timedelta(minutes=minutes)
        MailPace.objects.update(paused_until=None)
        Mail.objects.update(next_at=now)
        messages.send(now)
        wait = Mail.objects.get().next_at - now - timedelta(minutes=waits)
        assert abs(wait) < timedelta(seconds=5), minutes


def test_even_trouble_ends_with_the_shelf_life(post: Post, customer: Any) -> None:
    redeemed(customer)
    let(post, "mail", "553 not yours")
    messages.send(timezone.now())
    MailPace.objects.update(paused_until=None)
    assert messages.send(timezone.now() + timedelta(days=7)) == (0, 1, 0)
    assert state() == [("dropped", "too late")]


class OwnBackend:
    """A mail backend of the shop's own, with errors of its own."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        if self.breaks_at == "opening":
            raise RuntimeError("ada@example.com")

    breaks_at = ""

    def open(self) -> None:
        """Nothing to do."""

    def send_messages(self, messages: Any) -> int:
        if self.breaks_at == "sending":
            raise RuntimeError("ada@example.com")
        return len(messages)

    def close(self) -> None:
        if self.breaks_at == "closing":
            raise RuntimeError("ada@example.com")


@pytest.mark.parametrize(
    ("breaks_at", "after"),
    [
        ("opening", ("waiting", "the way out can't be opened (RuntimeError)")),
        ("sending", ("waiting", "the way out broke (RuntimeError)")),
        ("closing", ("sent", "")),
    ],
)
def test_a_backend_with_errors_of_its_own_stops_nothing(
    breaks_at: str, after: Any, programme_on: Any, customer: Any, settings: Any, monkeypatch: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.mail.test_trouble.OwnBackend"
    hosts.configure(programme_on, mail_sender_address="shop@example.com")
    monkeypatch.setattr(OwnBackend, "breaks_at", breaks_at)
    redeemed(customer)
    messages.send(timezone.now())
    assert state() == [after]
    assert "ada@example.com" not in caplog.text


def test_what_stops_one_way_stops_no_other(post: Post, customer: Any, programme_on: Any, monkeypatch: Any) -> None:
    hosts.configure(
        programme_on, mail_delivery="both", mail_endpoint="https://example.com", mail_endpoint_secret="0123456789abcdef"
    )

    def broken(*arguments: Any) -> Any:
        raise RuntimeError

    monkeypatch.setitem(sending.TRANSPORTS, "endpoint", broken)
    redeemed(customer)
    messages.send(timezone.now())
    assert [(mail.route, mail.state, mail.reason) for mail in Mail.objects.order_by("route")] == [
        ("e-mail", "sent", ""),
        ("endpoint", "waiting", "the way out can't be opened (RuntimeError)"),
    ]


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="this Saleor has one channel")
@pytest.mark.parametrize("slug", ["a-channel", "z-channel"])
def test_what_stops_one_channel_stops_no_other(
    slug: str, post: Post, customer: Any, programme_on: Any, monkeypatch: Any
) -> None:
    redeemed(customer)
    other = hosts.open_channel(slug, "USD")
    hosts.configure(other, active=True)
    outbox.ask(kinds.REDEMPTION, "other", host.person(customer), other.id, timezone.now())
    claim = sending._claim

    def broken(waiting: Any, channel_id: str, *arguments: Any) -> Any:
        if channel_id == other.id:
            raise RuntimeError
        return claim(waiting, channel_id, *arguments)

    monkeypatch.setattr(sending, "_claim", broken)
    assert messages.send(timezone.now()) == (1, 0, 0)
    assert sorted(state()) == [("sent", ""), ("waiting", "")]


def test_settings_that_can_not_be_read_end_no_run(post: Post, customer: Any, monkeypatch: Any) -> None:
    def broken(channel_id: str) -> Any:
        raise RuntimeError

    redeemed(customer)
    with monkeypatch.context() as patch:
        patch.setattr(sending.consent, "settings_of", broken)
        assert messages.send(timezone.now()) == (0, 0, 0)
    assert messages.send(timezone.now()) == (1, 0, 0)


def test_a_mail_server_that_can_not_be_read_keeps_mails_only(
    post: Post, customer: Any, programme_on: Any, monkeypatch: Any
) -> None:
    def broken(channel_id: str) -> Any:
        raise ValueError

    monkeypatch.setattr(host, "mail_server", broken)
    redeemed(customer)
    messages.send(timezone.now())
    assert state() == [("waiting", "the way out can't be opened (ValueError)")]
    assert MailPace.objects.get().problem == "the way out can't be opened (ValueError)"


def test_statements_that_can_not_be_asked_for_hold_up_nothing(post: Post, customer: Any, monkeypatch: Any) -> None:
    def broken(now: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(messages.statements, "ask", broken)
    monkeypatch.setattr(messages.reminders, "ask", broken)
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)


def test_a_message_of_an_unknown_kind_waits_and_the_others_go(post: Post, customer: Any) -> None:
    redeemed(customer)
    newer = Mail.objects.get()
    newer.pk, newer.kind, newer.source = None, "postcard", "postcard:1"
    newer.save()
    assert messages.send(timezone.now()) == (1, 0, 0)
    staff = hosts.as_app("order.manage_orders")
    asked = "{ communicationMessages { totalCount edges { node { kind } } } }"
    assert staff.data(asked)["communicationMessages"] == {
        "totalCount": 1,
        "edges": [{"node": {"kind": "REDEMPTION"}}],
    }
    assert list(Mail.objects.order_by("pk").values_list("kind", "state", "reason", "attempts", "route")) == [
        ("redemption", "sent", "", 1, "e-mail"),
        ("postcard", "waiting", "", 0, ""),
    ]


def test_one_text_that_can_not_be_made_holds_up_no_other(post: Post, customer: Any, programme_on: Any) -> None:
    redeemed(customer)
    outbox.ask(
        kinds.REDEMPTION, "broken", host.person(customer), programme_on.id, timezone.now() - timedelta(minutes=1),
        context={"redemption": 0},
    )  # fmt: skip
    assert messages.send(timezone.now()) == (1, 0, 1)
    assert sorted(state()) == [("sent", ""), ("waiting", "the text could not be made (DoesNotExist)")]
