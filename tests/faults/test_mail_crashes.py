"""Workers killed before and after SMTP DATA, and many workers at once: at most one survey, at least one code mail."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.mail import consent, kinds, outbox, sending
from saleor_reciprocity.mail.models import Mail, MailPace
from saleor_reciprocity.mail.transports import MailTransport

from .. import hosts
from ..mail.conftest import post  # noqa: F401 - a fixture
from ..mail.post import Post
from .crowd import at_once
from .killing import Killed

TEXTS = {
    kinds.STATEMENT: {"available": 1, "pending": 0, "brought": [], "took": []},
    kinds.REDEMPTION: {"reward": "Cup", "code": "CODE", "points": 5, "value": "5", "expires_at": None},
    kinds.SERVICE: {"step": "open", "reward": "Wrapping", "amount": "5 points", "text": "We wrap it.", "code": ""},
    kinds.SURVEY: {"question": "?", "answers": [], "low": "bad", "high": "good", "order_number": "1"},
    kinds.SURPRISE: {
        "prize": "Cup",
        "reason": "Thanks.",
        "code": "CODE",
        "points": None,
        "value": "5",
        "order_number": "1",
        "expires_at": None,
    },
    kinds.REPLY: {"reply": "Sorry.", "comment": "Late", "order_number": "1"},
    kinds.EXPIRY: {"points": 5, "last_day": date(2026, 12, 31)},
    kinds.ALERT: {"order_number": "1", "score": 1, "highest": 5, "comment": "Late", "question": "?", "products": []},
}
READERS = {kind: lambda mail, now: TEXTS[mail.kind] for kind in TEXTS}


@pytest.fixture
def wishes(transactional_db: Any, post: Post, programme_on: Any, customer: Any) -> Any:  # noqa: F811
    """Asks for so many messages of a kind, from a customer who agreed."""
    hosts.configure(programme_on, mail_statements="True", survey_alert_address="care@example.com")
    consent.choose(host.person(customer), consent.ALL, True, "test", timezone.now())

    def ask(kind: str, count: int = 1) -> None:
        for number in range(count):
            outbox.ask(kind, f"{kind}:{number}", host.person(customer), programme_on.id, timezone.now())

    return ask


def later() -> None:
    """Let time pass until the dead worker's lease is over."""
    Mail.objects.exclude(claimed_at=None).update(claimed_at=timezone.now() - timedelta(hours=1))
    Mail.objects.update(next_at=timezone.now())


DEATHS = ("before the connection", "before DATA", "after DATA")


def die(at: str, monkeypatch: Any) -> None:
    """Let the worker be killed at a moment of its next message."""

    def killed(*arguments: Any) -> Any:
        raise Killed

    def sent_and_killed(transport: MailTransport, envelope: Any) -> Any:
        original(transport, envelope)
        raise Killed

    original = MailTransport.send
    if at == "before the connection":
        monkeypatch.setitem(sending.TRANSPORTS, "e-mail", killed)
    else:
        monkeypatch.setattr(MailTransport, "send", killed if at == "before DATA" else sent_and_killed)


# How many mails have arrived in the end, and what the message says of itself, for each moment of death.
ONCE_AT_MOST = {
    "before the connection": (1, "sent"),
    "before DATA": (0, "unknown"),
    "after DATA": (1, "unknown"),
}
ONCE_AT_LEAST = {
    "before the connection": (1, "sent"),
    "before DATA": (1, "sent"),
    "after DATA": (2, "sent"),
}
AFTER_A_DEATH = {
    "survey": ONCE_AT_MOST,
    "surprise": ONCE_AT_LEAST,
    "redemption": ONCE_AT_LEAST,
    "service": ONCE_AT_LEAST,
    "statement": ONCE_AT_MOST,
    "reply": ONCE_AT_MOST,
    "expiry": ONCE_AT_MOST,
    "alert": ONCE_AT_LEAST,
}


def test_the_fate_of_every_kind_is_known() -> None:
    assert set(AFTER_A_DEATH) == set(kinds.KINDS) == set(TEXTS)


@pytest.mark.parametrize("at", DEATHS)
@pytest.mark.parametrize("kind", list(AFTER_A_DEATH))
def test_a_worker_killed_around_data(kind: str, at: str, wishes: Any, post: Post, monkeypatch: Any) -> None:  # noqa: F811
    wishes(kind)
    with monkeypatch.context() as patch:
        die(at, patch)
        with pytest.raises(Killed):
            sending.look(READERS, timezone.now())
    assert sending.look(READERS, timezone.now()) == (0, 0, 0), "nobody touches it before the lease is over"
    later()
    sending.look(READERS, timezone.now())
    later()
    sending.look(READERS, timezone.now())

    arrived = [one["Message-ID"] for one in post.accepted]
    assert (len(arrived), Mail.objects.get().state) == AFTER_A_DEATH[kind][at]
    assert len(set(arrived)) <= 1, "the same Message-ID"


def test_a_connection_that_breaks_in_the_middle(wishes: Any, post: Post, monkeypatch: Any) -> None:  # noqa: F811
    wishes(kinds.STATEMENT)
    wishes(kinds.REDEMPTION)
    post.on_data = lambda mail: "421 closing"
    sending.look(READERS, timezone.now())
    assert {mail.kind: mail.state for mail in Mail.objects.all()} == {
        kinds.STATEMENT: "waiting",
        kinds.REDEMPTION: "waiting",
    }, "a server that answers has said that it took nothing"


def test_a_server_that_takes_two_messages_a_connection_gets_them_all(wishes: Any, post: Post) -> None:  # noqa: F811
    taken: list[Any] = []

    def two(mail: Any) -> str:
        taken.append(mail)
        return "421 enough for now" if len(taken) % 3 == 0 else "250 OK"

    post.on_data = two
    wishes(kinds.STATEMENT, 7)
    for _ in range(3):
        sending.look(READERS, timezone.now())
        later()
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}, "none is given up, though each goes only once"
    assert len({mail["Message-ID"] for mail in post.accepted}) == len(post.accepted) == 7
    assert MailPace.objects.get().failures == 0


def test_a_server_that_takes_nothing_is_left_alone(wishes: Any, post: Post) -> None:  # noqa: F811
    wishes(kinds.STATEMENT, 7)
    post.on_data = lambda mail: "421 closing"
    assert sending.look(READERS, timezone.now()) == (0, 0, 7)
    assert sending.look(READERS, timezone.now()) == (0, 0, 0)
    assert set(Mail.objects.values_list("state", "attempts")) == {("waiting", 1), ("waiting", 0)}
    assert MailPace.objects.get().problem == "the mail server answered 421"


def test_several_workers_at_once_send_each_message_once(wishes: Any, post: Post, settings: Any) -> None:  # noqa: F811
    settings.RECIPROCITY_MAILS_PER_MINUTE = 0
    wishes(kinds.STATEMENT, 60)
    wishes(kinds.REDEMPTION, 60)
    assert not [
        one for one in at_once(6, lambda number: sending.look(READERS, timezone.now())) if isinstance(one, Exception)
    ]
    assert len(post.accepted) == 120
    assert len({mail["Message-ID"] for mail in post.accepted}) == 120
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_that_was_too_slow_sends_nothing(wishes: Any, post: Post, monkeypatch: Any) -> None:  # noqa: F811
    wishes(kinds.REDEMPTION)
    seen = []

    def overtaken_once(mail: Mail, now: Any) -> Any:
        if not seen:
            Mail.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
            sending.take_up_abandoned(timezone.now())
        seen.append(len(post.accepted))
        return TEXTS[mail.kind]

    sending.look({kinds.REDEMPTION: overtaken_once}, timezone.now())
    assert seen == [0, 0], "whoever took it up found it unsent"
    assert len(post.accepted) == 1
