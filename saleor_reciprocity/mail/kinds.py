"""Kinds: what is said to customers and to the shop, one row each: on which legal basis, how surely, and how long.

A new kind is a row here, a template of its name, and a line in `saleor_reciprocity/messages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

SURVEY = "survey"
SURPRISE = "surprise"
REDEMPTION = "redemption"
SERVICE = "service"
STATEMENT = "statement"
REPLY = "reply"
EXPIRY = "expiry"
ALERT = "alert"


@dataclass(frozen=True)
class Kind:
    """One kind of message. Its template is `saleor_reciprocity/mail/NAME.html`, `.txt` and `.subject.txt`."""

    name: str
    label: Any  # what people call it on the page of preferences
    needs_consent: bool  # advertising in the eyes of the law; else the customer asked for it
    at_most_once: bool  # rather lost than sent twice; else rather twice, with the same Message-ID
    setting: str  # the shop's switch, a field of settings.Programme
    shelf_life: timedelta  # not sent later than this after it was due
    to_shop: bool = False  # goes to the shop's own address, which `setting` holds; no customer chooses about it


KINDS = {
    kind.name: kind
    for kind in (
        Kind(SURVEY, gettext_lazy("One question about an order"), True, True, "mail_surveys", timedelta(days=7)),
        Kind(SURPRISE, gettext_lazy("Gifts that you won"), True, False, "mail_surprises", timedelta(days=14)),
        Kind(REDEMPTION, gettext_lazy("Codes that you redeemed"), False, False, "mail_codes", timedelta(days=7)),
        Kind(SERVICE, gettext_lazy("What we do for you"), False, False, "mail_codes", timedelta(days=7)),
        Kind(STATEMENT, gettext_lazy("Monthly statement"), True, True, "mail_statements", timedelta(days=7)),
        Kind(REPLY, gettext_lazy("Replies to your answers"), False, True, "mail_replies", timedelta(days=30)),
        Kind(
            EXPIRY,
            gettext_lazy("What is about to expire"),
            True,
            True,
            "expiry_reminder_days",
            timedelta(days=2),
        ),
        Kind(
            ALERT,
            gettext_lazy("Unhappy answers"),
            False,
            False,
            "survey_alert_address",
            timedelta(days=30),
            to_shop=True,
        ),
    )
}

# What customers get, and so what they choose about.
FOR_CUSTOMERS = {name: kind for name, kind in KINDS.items() if not kind.to_shop}


def needs_consent(kind: str) -> bool:
    """Whether a kind needs consent, for which one that only newer workers know is taken, too."""
    return kind not in KINDS or KINDS[kind].needs_consent


def is_for_shop(kind: str) -> bool:
    """Whether a kind goes to the shop's own address."""
    return kind in KINDS and KINDS[kind].to_shop
