"""Answers: what a mail server's refusal is about, by when it came and by its enhanced status code. Pure.

The first digit of an answer says whether the same may be tried again (RFC 5321). The other two numbers of the enhanced
status code say what was wrong (RFC 3463, RFC 5248), and FINAL which of them end a message: those that speak of its
recipient or of its content. Whatever else is refused is about the sender or the server, and so about every message: it
is for the shop to mend. A server that gives no enhanced code is judged by its plain one (RFC 5321, RFC 7504).
"""

from __future__ import annotations

import re
from enum import Enum


class Stage(Enum):
    """What a server answers to, in the order of a conversation."""

    GREETING = "the greeting"  # with the encryption and the sign-in that follow it
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    CONTENT = "the message"


class Outcome(Enum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: it is about the recipient or this very message
    LATER = "later"  # not taken now; nothing was sent
    TROUBLE = "trouble"  # the same, but about the sender or the server: other messages would fare no better
    CLOSED = "closed"  # not taken now, and the server has ended the connection
    UNCLEAR = "unclear"  # it failed while the server had it: nobody knows
    BROKEN = "broken"  # the same, and the connection broke


SERVICE_CLOSES = 421  # RFC 5321, 3.8: the server takes nothing more in this connection, often after so many messages
SYSTEM = "3."  # X.3: the server itself; its storage, for example

_ADDRESS = {"1.1", "1.2", "1.3", "1.4", "1.6", "1.10"}  # no such mailbox, no such domain, moved, takes no mail
_MAILBOX = {"2.0", "2.1", "2.2", "2.3", "2.4"}  # disabled, full
_MESSAGE = {
    "3.4",
    "6.0",
    "6.1",
    "6.2",
    "6.3",
    "6.4",
    "6.5",
    "6.6",
    "6.7",
    "6.8",
    "6.9",
    "6.10",
}  # too large, unreadable
_OWNER = {"7.2", "7.17", "7.18"}  # a closed list, a mailbox or a domain that belongs to somebody else now
_ROUTE = {"4.1", "4.4"}  # no way to the recipient's domain
_SYNTAX = {"5.2", "5.4"}  # in the recipient's address

FINAL = {
    Stage.RECIPIENT: _ADDRESS | _MAILBOX | _MESSAGE | _OWNER | _ROUTE | _SYNTAX,
    Stage.CONTENT: _ADDRESS | _MAILBOX | _MESSAGE | _OWNER,
}
PLAIN_FINAL = {Stage.RECIPIENT: {501, 550, 551, 552, 553, 555, 556}, Stage.CONTENT: {552}}


def outcome_of(stage: Stage, code: int, text: str) -> Outcome:
    """What an answer with this code and text, other than success, makes of a message."""
    if code == SERVICE_CLOSES:
        return Outcome.CLOSED
    if stage in (Stage.GREETING, Stage.SENDER):
        return Outcome.TROUBLE
    detail = detail_of(text)
    if code < 500:
        return Outcome.TROUBLE if detail.startswith(SYSTEM) else Outcome.LATER
    if detail:
        return Outcome.REFUSED if detail in FINAL[stage] else Outcome.TROUBLE
    about_relaying = "relay" in text.lower()  # servers refuse with the code of an unknown mailbox to pass mail on
    return Outcome.REFUSED if code in PLAIN_FINAL[stage] and not about_relaying else Outcome.TROUBLE


def detail_of(text: str) -> str:
    """The subject and detail of an enhanced status code, "1.1" for example; "" where there is none that says anything.

    X.0.0 says nothing.
    """
    found = re.match(r"[245]\.(\d{1,3}\.\d{1,3})(?!\S)", text)
    return found.group(1) if found and found.group(1) != "0.0" else ""


def word_of(stage: Stage, code: int, text: str) -> str:
    """What happened, in words that name nobody."""
    detail = detail_of(text)
    status = f"{code} {code // 100}.{detail}" if detail else str(code)
    about = f" to {stage.value}" if stage in (Stage.GREETING, Stage.SENDER) else ""
    return f"the mail server answered {status}{about}"
