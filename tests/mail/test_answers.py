"""What a mail server's refusal is about, row by row, as mail servers that are in use say it."""

from __future__ import annotations

import pytest

from saleor_reciprocity.mail.answers import Outcome, Stage, outcome_of, word_of

GREETING, SENDER, RECIPIENT, CONTENT = Stage
REFUSED, LATER, TROUBLE, CLOSED = Outcome.REFUSED, Outcome.LATER, Outcome.TROUBLE, Outcome.CLOSED

ROWS = [
    # About the sender or the server: the shop has to mend something, and no other message would fare better.
    (GREETING, 454, "4.7.0 TLS not available", TROUBLE),
    (GREETING, 501, "5.5.2 Invalid domain in EHLO", TROUBLE),
    (GREETING, 535, "5.7.8 Username and password not accepted", TROUBLE),
    (GREETING, 554, "No SMTP service here", TROUBLE),
    (SENDER, 451, "4.1.8 Domain of sender address does not resolve", TROUBLE),
    (SENDER, 452, "4.3.1 Insufficient system storage", TROUBLE),
    (SENDER, 501, "5.1.7 Bad sender address syntax", TROUBLE),
    (SENDER, 530, "5.7.0 Authentication required", TROUBLE),
    (SENDER, 550, "5.1.8 Sender address rejected: Domain not found", TROUBLE),
    (SENDER, 550, "5.1.1 unknown user", TROUBLE),
    (SENDER, 552, "5.3.4 Message size exceeds fixed limit", TROUBLE),
    (SENDER, 553, "5.7.1 Sender address rejected: not owned by user", TROUBLE),
    (SENDER, 553, "not allowed to send from this address", TROUBLE),
    (RECIPIENT, 452, "4.3.1 Insufficient system storage", TROUBLE),
    (RECIPIENT, 503, "5.5.1 Bad sequence of commands", TROUBLE),
    (RECIPIENT, 530, "5.7.0 Must issue a STARTTLS command first", TROUBLE),
    (RECIPIENT, 550, "5.1.0 Sender address rejected: User unknown", TROUBLE),
    (RECIPIENT, 550, "5.7.1 Unable to relay", TROUBLE),
    (RECIPIENT, 550, "relay not permitted", TROUBLE),
    (RECIPIENT, 550, "5.7.26 Unauthenticated sender", TROUBLE),
    (RECIPIENT, 550, "5.4.5 Daily user sending limit exceeded", TROUBLE),
    (RECIPIENT, 553, "5.1.8 Sender's domain does not exist", TROUBLE),
    (RECIPIENT, 554, "5.7.1 Service unavailable; Client host blocked", TROUBLE),
    (RECIPIENT, 554, "5.7.1 Relay access denied", TROUBLE),
    (RECIPIENT, 554, "relay denied", TROUBLE),
    (CONTENT, 451, "4.3.0 Temporary queue file write error", TROUBLE),
    (CONTENT, 550, "5.4.5 Daily sending quota exceeded", TROUBLE),
    (CONTENT, 550, "5.7.1 Our system has detected that this message is likely unsolicited", TROUBLE),
    (CONTENT, 550, "5.7.26 This mail has been blocked because the sender is unauthenticated", TROUBLE),
    (CONTENT, 550, "blocked", TROUBLE),
    (CONTENT, 554, "5.5.1 Error: no valid recipients", TROUBLE),
    (CONTENT, 554, "5.7.0 Message rejected under suspicion of policy", TROUBLE),
    (CONTENT, 554, "Transaction failed", TROUBLE),
    # About the recipient, or about this very message: final.
    (RECIPIENT, 501, "Syntax error in parameters", REFUSED),
    (RECIPIENT, 550, "5.1.1 User unknown", REFUSED),
    (RECIPIENT, 550, "5.1.2 Host unknown", REFUSED),
    (RECIPIENT, 550, "5.1.3 Bad destination mailbox address syntax", REFUSED),
    (RECIPIENT, 550, "5.1.6 Mailbox has moved", REFUSED),
    (RECIPIENT, 556, "5.1.10 Recipient domain has a null MX", REFUSED),
    (RECIPIENT, 550, "5.2.1 Mailbox disabled", REFUSED),
    (RECIPIENT, 552, "5.2.2 Mailbox full", REFUSED),
    (RECIPIENT, 550, "5.4.1 Recipient address rejected: Access denied", REFUSED),
    (RECIPIENT, 555, "5.5.2 Syntax error, cannot decode address", REFUSED),
    (RECIPIENT, 553, "5.6.7 Non-ASCII addresses not permitted", REFUSED),
    (RECIPIENT, 550, "5.7.17 Mailbox owner has changed", REFUSED),
    (RECIPIENT, 550, "5.0.0 no such user", REFUSED),
    (RECIPIENT, 550, "nobody here", REFUSED),
    (RECIPIENT, 553, "Mailbox name not allowed", REFUSED),
    (RECIPIENT, 556, "Domain does not accept mail", REFUSED),
    (CONTENT, 550, "5.1.1 User unknown", REFUSED),
    (CONTENT, 552, "5.2.2 Over quota", REFUSED),
    (CONTENT, 552, "5.3.4 Message too big for system", REFUSED),
    (CONTENT, 554, "5.6.0 Malformed message", REFUSED),
    (CONTENT, 552, "Too much mail data", REFUSED),
    # Not now.
    (RECIPIENT, 450, "4.2.0 Greylisted", LATER),
    (RECIPIENT, 450, "4.1.1 Recipient not verified yet", LATER),
    (RECIPIENT, 451, "4.7.1 Greylisting in action", LATER),
    (RECIPIENT, 451, "try later", LATER),
    (RECIPIENT, 452, "4.2.2 Mailbox full for now", LATER),
    (CONTENT, 451, "try later", LATER),
    (CONTENT, 452, "4.5.3 Too many messages", LATER),
    # The connection ends, whatever it was about.
    (SENDER, 421, "4.7.0 Too many messages in this connection", CLOSED),
    (RECIPIENT, 421, "closing", CLOSED),
    (CONTENT, 421, "closing", CLOSED),
]


@pytest.mark.parametrize(("stage", "code", "text", "outcome"), ROWS)
def test_what_a_refusal_is_about(stage: Stage, code: int, text: str, outcome: Outcome) -> None:
    assert outcome_of(stage, code, text) is outcome


@pytest.mark.parametrize(
    ("stage", "code", "text", "word"),
    [
        (SENDER, 553, "5.7.1 <ada@example.com> not owned", "the mail server answered 553 5.7.1 to the sender"),
        (GREETING, 535, "no", "the mail server answered 535 to the greeting"),
        (RECIPIENT, 550, "5.1.1\nUser unknown", "the mail server answered 550 5.1.1"),
        (RECIPIENT, 550, "5.1.1000 strange", "the mail server answered 550"),
        (CONTENT, 451, "try later", "the mail server answered 451"),
    ],
)
def test_what_is_kept_of_an_answer_names_nobody(stage: Stage, code: int, text: str, word: str) -> None:
    assert word_of(stage, code, text) == word
