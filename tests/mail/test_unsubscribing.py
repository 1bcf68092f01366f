"""The links under a message: one click ends it for good, a scanner changes nothing, the page keeps what is chosen."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, identity, messages
from saleor_reciprocity.mail import consent, kinds, personal, sending
from saleor_reciprocity.mail.models import CommunicationChoice, Mail

from .. import hosts
from .mails import path, redeemed, statement
from .post import Post


def test_a_scanner_that_opens_every_link_five_times_changes_nothing(links: Any) -> None:
    before = CommunicationChoice.objects.count()
    for address in links.values():
        for _ in range(5):
            assert Client().get(address).status_code == 200
            assert Client().head(address).status_code == 200
    assert CommunicationChoice.objects.count() == before


def test_one_click_of_a_mail_program_ends_it_for_good(links: Any, customer: Any, programme_on: Any) -> None:
    for _ in range(2):
        response = Client(enforce_csrf_checks=True).post(links["unsubscribe"], {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    said = [(one.kind, one.wanted) for one in CommunicationChoice.objects.order_by("pk")]
    assert said == [("", True), ("", False), ("statement", False)]
    statement(customer, programme_on, "statement:2")
    assert sending.look(messages.READERS, timezone.now()) == (0, 1, 0)
    assert Mail.objects.last().reason == "not wanted"


def test_it_still_works_while_the_programme_is_off(links: Any, customer: Any, programme_on: Any) -> None:
    hosts.configure(programme_on, active=False)
    assert Client().post(links["unsubscribe"]).status_code == 200
    choice = consent.latest_choice(host.person(customer), kinds.SURVEY)
    assert choice is not None
    assert not choice.wanted


def test_what_was_asked_for_still_arrives_after_unsubscribing_from_the_rest(links: Any, customer: Any) -> None:
    Client().post(links["unsubscribe"])
    redeemed_again(customer)
    assert sending.look(messages.READERS, timezone.now()) == (1, 0, 0)


def redeemed_again(customer: Any) -> None:
    redeemed(customer)


def test_existing_customers_can_say_no_for_good(links: Any, customer: Any, programme_on: Any) -> None:
    hosts.configure(programme_on, mail_consent="existing customers", mail_terms_confirmed="True")
    Client().post(links["unsubscribe"])
    verdict = consent.may_write(host.person(customer), kinds.SURVEY, programme_on.id, timezone.now())
    assert (verdict.allowed, verdict.why) == (False, consent.Why.NOT_WANTED)


def test_an_other_address_of_the_same_account_is_spared_too(links: Any, customer: Any, programme_on: Any) -> None:
    hosts.configure(programme_on, mail_consent="existing customers", mail_terms_confirmed="True")
    Client().post(links["unsubscribe"])
    customer.email = "ada@example.org"
    customer.save()
    assert not consent.may_write(host.person(customer), kinds.SURVEY, programme_on.id, timezone.now()).allowed


def test_the_page_of_preferences_keeps_what_is_chosen(links: Any, customer: Any) -> None:
    page = Client().get(links["preferences"]).content.decode()
    assert page.count("checked") == len(kinds.FOR_CUSTOMERS)
    page = Client().post(links["preferences"], {"survey": "on", "redemption": "on"}).content.decode()
    assert page.count("checked") == 2
    assert 'role="status"' in page
    wanted = {kind: consent.latest_choice(host.person(customer), kind) for kind in kinds.FOR_CUSTOMERS}
    assert {kind for kind, choice in wanted.items() if choice is None or choice.wanted} == {"survey", "redemption"}
    before = CommunicationChoice.objects.count()
    Client().post(links["preferences"], {"survey": "on", "redemption": "on"})
    assert CommunicationChoice.objects.count() == before, "what did not change is not said again"


def test_empty_boxes_are_a_no_also_to_a_shop_that_writes_to_existing_customers_later(
    post: Post, customer: Any, programme_on: Any
) -> None:
    redeemed(customer)
    assert messages.send(timezone.now()) == (1, 0, 0)
    page = path(re.search(r"https?://\S+/preferences/\S+", _text(post.accepted[0]))[0])  # type: ignore[index]
    assert Client().get(page).content.decode().count("checked") == 3, "codes, services, replies: asked for"
    assert Client().post(page, {}).status_code == 200
    said = {(one.kind, one.wanted) for one in CommunicationChoice.objects.all()}
    assert said == {
        ("survey", False),
        ("surprise", False),
        ("redemption", False),
        ("statement", False),
        ("service", False),
        ("reply", False),
        ("expiry", False),
    }
    hosts.configure(
        programme_on, mail_consent="existing customers", mail_terms_confirmed="True", mail_statements="True"
    )
    for kind in kinds.FOR_CUSTOMERS:
        verdict = consent.may_write(host.person(customer), kind, programme_on.id, timezone.now())
        assert (verdict.allowed, verdict.why.value) == (False, "not wanted"), kind


def test_a_box_that_is_ticked_outweighs_an_earlier_no_to_everything(links: Any, customer: Any) -> None:
    Client().post(links["preferences"], {"survey": "on"})
    Client().post(links["unsubscribe"])
    Client().post(links["preferences"], {"survey": "on"})
    said = {kind: consent.latest_choice(host.person(customer), kind).wanted for kind in kinds.FOR_CUSTOMERS}
    assert said == {
        "survey": True,
        "surprise": False,
        "redemption": False,
        "statement": False,
        "service": False,
        "reply": False,
        "expiry": False,
    }


def test_a_thousand_changes_of_mind_leave_the_last_word_and_the_proof(
    links: Any, customer: Any, programme_on: Any
) -> None:
    proof = CommunicationChoice.objects.get()
    assert Mail.objects.get().basis == f"consent {proof.pk}"
    for number in range(1000):
        consent.choose(host.person(customer), kinds.SURVEY, number % 2 == 0, "test", timezone.now())
    for number in range(20):
        Client().post(links["preferences"], {"statement": "on"} if number % 2 else {})
    consent.choose(host.person(customer), consent.ALL, False, "test", timezone.now())
    assert [(one.kind, one.wanted) for one in CommunicationChoice.objects.order_by("kind", "pk")] == [
        ("", True),
        ("", False),
        ("expiry", False),
        ("redemption", False),
        ("reply", False),
        ("service", False),
        ("statement", True),
        ("surprise", False),
        ("survey", False),
    ]
    assert CommunicationChoice.objects.filter(pk=proof.pk).exists(), "the message that was sent rests on it"


def test_words_of_one_person_leave_those_of_others_alone(customer: Any) -> None:
    other = hosts.customer("bob@example.com")
    for person in (host.person(customer), host.person(other), host.person_with_email("ada@example.com")):
        consent.choose(person, kinds.SURVEY, True, "test", timezone.now())
    consent.choose(host.person(customer), kinds.SURVEY, False, "test", timezone.now())
    said = CommunicationChoice.objects.order_by("pk").values_list("person", "user_id", "wanted")
    ada, bob = identity.email_hash("ada@example.com"), identity.email_hash("bob@example.com")
    assert list(said) == [(bob, other.pk, True), (ada, None, True), (ada, customer.pk, False)]


def test_the_link_under_a_message_of_a_newer_kind_ends_it_all_the_same(links: Any, customer: Any) -> None:
    Mail.objects.update(kind="postcard")
    assert Client().get(links["unsubscribe"]).status_code == 200
    assert Client().post(links["unsubscribe"]).status_code == 200
    assert Client().get(links["preferences"]).status_code == 200
    said = CommunicationChoice.objects.order_by("pk").values_list("kind", "wanted")
    assert list(said) == [("", True), ("", False), ("postcard", False)]


def _text(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def test_a_link_is_for_its_own_page_and_is_refused_when_altered(links: Any) -> None:
    token = links["unsubscribe"].rstrip("/").split("/")[-1]
    for address in (
        links["unsubscribe"].replace("/unsubscribe/", "/preferences/"),
        links["unsubscribe"].replace(token, token[:-1] + ("a" if token[-1] != "a" else "b")),
    ):
        assert Client().post(address).status_code == 404
    assert CommunicationChoice.objects.count() == 1


def test_no_page_names_the_person(links: Any) -> None:
    for address in links.values():
        assert "ada@example.com" not in Client().get(address).content.decode()


def test_a_no_outlives_the_erasure_of_whoever_said_it(links: Any, customer: Any, programme_on: Any) -> None:
    Client().post(links["unsubscribe"])
    person = host.person(customer)
    personal.forget(identity.Subject(customer.pk, (identity.email_hash(person.email),), (), ()), timezone.now())
    said = [(one.kind, one.wanted, one.user_id) for one in CommunicationChoice.objects.order_by("pk")]
    assert said == [("", False, None), ("statement", False, None)]
    assert not consent.may_write(person, kinds.SURVEY, programme_on.id, timezone.now()).allowed
