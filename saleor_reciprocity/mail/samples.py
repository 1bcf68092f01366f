"""Samples: each kind of message as staff look at it and send it to themselves, with made-up contents.

A sample is in no outbox: it is made at once, and sent at once or not at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import override

from saleor_reciprocity import errors, host, languages

from . import consent, kinds
from .answers import Outcome
from .rendering import Letter, rendered
from .transports import Envelope, MailTransport, NoTransport

CODE = "EXAMPLE-CODE"
NOWHERE = "https://example.com/"


def letter(kind: str, language: str, channel: host.Channel, now: datetime) -> Letter:
    """A message of a kind as a customer of a channel would read it. No link in it leads anywhere."""
    programme = consent.settings_of(channel.id)
    with override(languages.nearest(language)):
        contents = _contents(channel, now)[kind]
    called = programme.points_name if programme is not None else ""
    links = {} if kinds.is_for_shop(kind) else {"unsubscribe": NOWHERE, "preferences": NOWHERE}
    return rendered(kind, language, {"shop": host.shop_name(), "name": "Ada", "called": called, **links, **contents})


def send(kind: str, language: str, channel: host.Channel, user: Any, now: datetime) -> None:
    """Send a sample to a member of staff by the mail server of a channel. Raises Invalid, which says what it met."""
    programme = consent.settings_of(channel.id)
    if programme is None:
        raise errors.Invalid(_("The programme is off in this channel."), field="channel")
    made = letter(kind, language, channel, now)
    try:
        transport = MailTransport(programme, channel.id)
    except NoTransport as unavailable:
        raise errors.Invalid(str(unavailable), field="channel") from None
    try:
        message_id = f"<reciprocity.sample.{uuid4().hex}@{transport.domain}>"
        to = host.Recipient(user.email, "", made.language)
        outcome, word = transport.send(Envelope(message_id, now, to, kind, made, "", ""))
    finally:
        transport.close()
    if outcome is not Outcome.ACCEPTED:
        raise errors.Invalid(word, field="channel")


def _contents(channel: host.Channel, now: datetime) -> dict[str, dict[str, Any]]:
    """What the templates are given, in the active language."""
    soon, question = (now + timedelta(days=30)).date(), _("How satisfied are you with your order?")
    amount = host.formatted(Decimal(5), channel.currency)
    code = {"code": CODE, "value": amount, "expires_at": now + timedelta(days=30), "last_day": soon}
    answers = [{"label": score, "address": NOWHERE} for score in range(1, 6)]
    asked = {"question": question, "order_number": "1001"}
    return {
        kinds.SURVEY: {**asked, "answers": answers, "low": _("Very dissatisfied"), "high": _("Very satisfied")},
        kinds.SURPRISE: {**code, "prize": amount, "reason": "", "points": None, "order_number": "1001"},
        kinds.REDEMPTION: {**code, "reward": amount, "points": 100},
        kinds.SERVICE: {
            "step": "open",
            "reward": _("Gift wrapping"),
            "text": _("We wrap your next parcel. There is nothing that you have to do."),
            "code": None,
            "points": 100,
            "reason": "",
        },
        kinds.STATEMENT: {
            "day": now.date().replace(day=1) - timedelta(days=1),
            "available": 120,
            "debt": 0,
            "pending": 40,
            "brought": [{"label": _("Orders"), "points": 80}],
            "took": [{"label": _("Redeemed"), "points": 30}],
        },
        kinds.REPLY: {"reply": _("Thank you for your answer."), "comment": "", "order_number": "1001"},
        kinds.EXPIRY: {"points": 60, "last_day": soon},
        kinds.ALERT: {**asked, "score": 1, "highest": 5, "comment": "", "channel": channel.slug, "products": []},
    }
