"""A message in flight whose person is erased: not sent unless it was handed over, and nothing is written back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import erasure, host, identity
from saleor_reciprocity.mail import consent, kinds, outbox, sending
from saleor_reciprocity.mail.models import Mail, MailPace

from .. import hosts
from .post import Post

TEXTS: Any = {
    kinds.REDEMPTION: {"reward": "Cup", "code": "CODE", "points": 5, "value": "5", "expires_at": None},
    kinds.SURVEY: {"question": "?", "answers": [], "low": "bad", "high": "good", "order_number": "1"},
}


@pytest.fixture
def people(customer: Any) -> Any:
    """Somebody with an account and somebody without, each with an order, who agreed to messages."""
    orders = {"customer": hosts.order(customer, [("10", 1)]), "guest": hosts.order("bob@example.com", [("10", 1)])}
    found = {"customer": host.person(customer), "guest": host.person_with_email("bob@example.com")}
    for person in found.values():
        consent.choose(person, consent.ALL, True, "test", timezone.now())
    return {who: (person, host.order_id(orders[who])) for who, person in found.items()}


def later() -> None:
    """Let the lease end, and every pause."""
    Mail.objects.exclude(claimed_at=None).update(claimed_at=timezone.now() - timedelta(hours=1))
    Mail.objects.update(next_at=timezone.now())
    MailPace.objects.update(paused_until=None)


@pytest.mark.parametrize("who", ["customer", "guest"])
@pytest.mark.parametrize("kind", [kinds.REDEMPTION, kinds.SURVEY])
@pytest.mark.parametrize("erased", ["before it is handed over", "after", "after, and it was refused for now"])
def test_a_message_in_flight_of_a_person_who_is_erased(
    erased: str, kind: str, who: str, post: Post, people: Any, programme_on: Any, monkeypatch: Any
) -> None:
    hosts.configure(programme_on, mail_consent="preference")
    person, order_id = people[who]
    outbox.ask(kind, f"{kind}:1", person, programme_on.id, timezone.now(), order_id=order_id)

    first = erased == "before it is handed over"
    post.on_data = lambda mail: "451 later" if erased.endswith("for now") else "250 OK"
    steps = iter([lambda: erasure.erase(person, timezone.now())])

    def read(mail: Mail, now: Any) -> Any:
        for step in steps if first else ():
            step()
        return TEXTS[kind]

    class Transport(sending.MailTransport):
        def send(self, envelope: Any) -> Any:
            found = super().send(envelope)
            for step in steps:
                step()
            return found

    monkeypatch.setitem(sending.TRANSPORTS, "e-mail", Transport)
    for _ in range(3):
        sending.look({kind: read}, timezone.now())
        later()

    assert len(post.accepted) == (1 if erased == "after" else 0)
    mail = Mail.objects.get()
    assert (mail.person, mail.user_id, mail.order_id, mail.context, mail.message_id) == ("", None, "", {}, "")
    assert mail.source == f"erased:{mail.pk}"
    assert mail.state not in ("waiting", "sending", "handed over")
    hashed = identity.email_hash(person.email)
    assert hashed not in str(list(Mail.objects.values()))
