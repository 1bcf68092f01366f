"""Who has not proved an address: speaks for the account alone, and neither learns nor changes what the address said."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host, settings
from saleor_reciprocity.graphql.communication import preferences_of
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.identity import Subject
from saleor_reciprocity.mail import consent, kinds, personal
from saleor_reciprocity.mail.models import CommunicationChoice

from .. import hosts

VICTIM = Person(None, "ada@example.com", confirmed=False)  # a guest, known by links in mails to that address


@pytest.fixture
def statements(programme_on: host.Channel) -> host.Channel:
    told = {"mail_consent": settings.EXISTING_CUSTOMERS, "mail_terms_confirmed": "True"}
    hosts.configure(programme_on, mail_statements="True", **told)
    return programme_on


def stranger(email: str = "Ada@Example.com") -> Person:
    """Somebody who has registered with another's address."""
    return Person(hosts.customer(email, confirmed=False).pk, email, confirmed=False)


def say(person: Person, wanted: bool) -> None:
    consent.choose(person, kinds.STATEMENT, wanted, "graphql", timezone.now())


def verdict(person: Person, channel: host.Channel) -> consent.Why:
    return consent.may_write(person, kinds.STATEMENT, channel.id, timezone.now()).why


def seen(person: Person) -> dict[str, Any]:
    return {preference.kind: preference.wanted for preference in preferences_of(person)}


def test_a_stranger_does_not_undo_that_somebody_unsubscribed(statements: Any) -> None:
    consent.choose(VICTIM, consent.ALL, False, "unsubscribed", timezone.now())
    say(VICTIM, False)
    other = stranger()
    say(other, True)
    assert verdict(VICTIM, statements) is consent.Why.NOT_WANTED
    assert verdict(other, statements) is consent.Why.NOT_WANTED
    assert seen(VICTIM)[kinds.STATEMENT] is False


@pytest.mark.parametrize("wanted", [True, False])
def test_a_stranger_does_not_see_what_was_said_for_the_address(wanted: bool, statements: Any) -> None:
    say(VICTIM, wanted)
    other = stranger()
    assert set(seen(other).values()) == {None}
    say(other, not wanted)
    assert seen(other)[kinds.STATEMENT] is not wanted, "their own word"
    assert seen(VICTIM)[kinds.STATEMENT] is wanted


def test_a_yes_for_an_address_that_was_not_proved_is_none(statements: Any) -> None:
    other = stranger()
    say(other, True)
    assert verdict(other, statements) is consent.Why.NO_CONSENT
    assert verdict(VICTIM, statements) is consent.Why.NO_CONSENT
    proved = Person(other.user_id, other.email, confirmed=True)
    assert verdict(proved, statements) is consent.Why.NO_CONSENT, "it was said before"
    say(proved, True)
    assert verdict(proved, statements) is consent.Why.CONSENT


def test_a_no_of_who_has_not_proved_the_address_counts_for_the_account(statements: Any) -> None:
    hosts.order("ada@example.com", [("10", 1)])
    other = stranger()
    say(other, False)
    assert verdict(other, statements) is consent.Why.NOT_WANTED
    assert verdict(VICTIM, statements) is consent.Why.EXISTING_CUSTOMER


def test_a_no_counts_for_the_address_in_every_spelling(statements: Any) -> None:
    hosts.order("aDa@example.com", [("10", 1)])
    assert verdict(VICTIM, statements) is consent.Why.EXISTING_CUSTOMER
    consent.choose(Person(None, "ADA@example.com", confirmed=False), consent.ALL, False, "page", timezone.now())
    assert verdict(VICTIM, statements) is consent.Why.NOT_WANTED


def test_what_was_said_without_a_proof_goes_with_the_user(statements: Any) -> None:
    other = stranger()
    say(other, False)
    personal.forget(Subject(other.user_id, (), (), ()), timezone.now())
    assert not CommunicationChoice.objects.exists()
