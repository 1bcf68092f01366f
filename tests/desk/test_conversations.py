"""The pages on which staff write down what customers tell them, say what is done, and stop and try what is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import graphene
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import erasure, host, messages
from saleor_reciprocity.mail.models import Mail, Pause
from saleor_reciprocity.points import accounts
from saleor_reciprocity.surveys import conversations, open_surveys, queries, queue
from saleor_reciprocity.surveys.models import Answer, DealtWith, Note, OpenAnswer, OpenSurvey
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..mail.mails import redeemed
from ..points.programmes import earned
from ..surveys.shop import an_answer, to_be_asked
from .browsing import Reader, manager, manager_again, text_of


@pytest.fixture
def boss(programme_on: Any) -> Reader:
    return Reader(manager())


def id_of(kind: str, row: Any) -> str:
    return str(graphene.Node.to_global_id(kind, row.pk))


def test_an_answer_that_was_told_counts_and_says_how_it_came(boss: Reader, customer: Any) -> None:
    invitation = to_be_asked(earned(customer, "7"), customer)
    page = f"?id={id_of('User', customer)}"
    fields = {"input__invitationId": id_of("SurveyInvitation", invitation), "input__way": "PHONE"}
    fields.update(input__score="9", input__comment="The handle broke.")
    wrong = boss.send("customers/account", "Record", page, form="Record", **fields)
    assert (wrong.status_code, "The handle broke." in text_of(wrong)) == (422, True)
    assert not Answer.objects.exists()
    fields["input__score"] = "1"
    done = text_of(boss.send("customers/account", "Record", page, form="Record", **fields))
    assert "Done." in done
    assert "On the telephone" in done
    assert "Record an answer" not in done
    answer = Answer.objects.get()
    boss_id = type(customer).objects.get(email="manager@example.com").pk
    assert (answer.score, answer.way, answer.recorded_by) == (1, "phone", f"user:{boss_id}")
    invitation.refresh_from_db()
    assert invitation.state == "told"
    again = boss.send("customers/account", "Record", page, form="Record", **{**fields, "input__score": "5"})
    assert (again.status_code, Answer.objects.get().score) == (422, 1)
    queue.invite_due(timezone.now())
    assert not Mail.objects.filter(kind="survey").exists()
    assert "On the telephone" in text_of(boss.read("answers"))


@pytest.mark.parametrize("page", ["customers/account", "panels/order"])
def test_a_link_is_made_at_a_customer_and_at_an_order(page: str, boss: Reader, customer: Any) -> None:
    hosts.configure(hosts.open_channel(), survey_question="csat", survey_holdout_share="0")
    hosts.put_in_group(manager_again(), "Every channel")  # Saleor 3 shows orders to nobody without a group
    order = earned(customer, "7")
    own = {"customers/account": f"?id={id_of('User', customer)}", "panels/order": f"?orderId={id_of('Order', order)}"}
    before = text_of(boss.read(page + own[page]))
    assert "QR code" in before
    assert "<svg" not in before
    made = text_of(boss.send(page, "Link", own[page], form="Link", orderId=id_of("Order", order)))
    address = made.split('readonly dir="ltr" value="')[1].split('"')[0]
    assert Client().get(path_in(address)).status_code == 200
    assert made.count("<svg") == 1
    assert 'download="survey.svg" href="data:image/svg+xml;charset=utf-8,%3Csvg' in made
    Client().post(path_in(address), {"score": "2"})
    refused = boss.send(page, "Link", own[page], form="Link", orderId=id_of("Order", order))
    if page == "customers/account":
        assert (refused.status_code, "There is an answer about this order already." in text_of(refused)) == (422, True)
    assert "Through a link" in text_of(boss.read("answers"))
    assert "No answers." in text_of(boss.read("answers", way="QR"))
    assert "No answers." not in text_of(boss.read("answers", way="LINK"))


def path_in(address: str) -> str:
    return "/" + address.split("://", 1)[1].split("/", 1)[1]


def test_an_open_survey_is_opened_replaced_and_closed(boss: Reader, programme_on: host.Channel) -> None:
    refused = boss.send("answers/open", "Open", form=f"Open-{programme_on.slug}", channel=programme_on.slug)
    assert (refused.status_code, "Nobody is asked in this channel." in text_of(refused)) == (422, True)
    hosts.configure(programme_on, survey_question="csat", survey_holdout_share="0")

    def sent(operation: str) -> str:
        form = f"{operation}-{programme_on.slug}"
        answer = boss.send("answers/open", operation, form=form, channel=programme_on.slug)
        assert answer.status_code == 200
        return text_of(answer)

    addresses = []
    for _ in range(2):
        text = sent("Open")
        addresses.append(text.split('readonly dir="ltr" value="')[1].split('"')[0])
        assert text.count("<svg") == 1
    assert [Client().get(path_in(one)).status_code for one in addresses] == [404, 200]
    survey = OpenSurvey.objects.get(ended_at=None)
    open_surveys.take(survey, "csat", Given(1, "<b>Rude</b>"), "a form", "here", timezone.now())
    text = text_of(boss.read("answers/open"))
    assert "&lt;b&gt;Rude&lt;/b&gt;" in text
    assert "By the way they came" in text_of(boss.read("answers"))
    assert "<td>Open survey</td>" in text_of(boss.read("answers"))
    answer = id_of("SurveyOpenAnswer", OpenAnswer.objects.get())
    assert "Rude" not in text_of(boss.send("answers/open", "Forget", form=f"Forget-{answer}", id=answer))
    assert ",&quot;open&quot;" in text_of(boss.read("answers/csv", way="OPEN"))
    assert "closed" in sent("End")
    assert Client().get(path_in(addresses[1])).status_code == 404


def test_who_is_held_out_of_being_asked_stays_so(boss: Reader, customer: Any) -> None:
    invitation = to_be_asked(earned(customer, "7"), customer, "held out")
    assert "Record an answer" not in text_of(boss.read("customers/account", id=id_of("User", customer)))
    fields = {"input__invitationId": id_of("SurveyInvitation", invitation), "input__way": "PHONE", "input__score": "5"}
    page = f"?id={id_of('User', customer)}"
    assert boss.send("customers/account", "Record", page, form="Record", **fields).status_code == 422
    assert not Answer.objects.exists()


def test_an_answer_is_marked_as_dealt_with_and_opened_again(boss: Reader, customer: Any) -> None:
    answer_id = id_of("SurveyAnswer", an_answer(host.order_id(earned(customer, "7")), customer, 1))
    form = f"DealWith-{answer_id}"
    for _again in range(2):
        done = boss.send("answers", "DealWith", form=form, id=answer_id, isDone="true")
        assert "Open it again" in text_of(done)
    assert DealtWith.objects.count() == 1
    assert "No answers." in text_of(boss.read("answers", isDealtWith="false"))
    assert "No answers." not in text_of(boss.read("answers", isDealtWith="true"))
    assert "Mark as dealt with" in text_of(boss.send("answers", "DealWith", form=form, id=answer_id, isDone="false"))
    assert not DealtWith.objects.exists()


def test_a_note_is_kept_deleted_exported_and_forgotten_with_the_person(boss: Reader, customer: Any) -> None:
    earned(customer, "7")
    page, fields = f"?id={id_of('User', customer)}", {"userId": id_of("User", customer), "email": ""}
    empty = boss.send("customers/account", "Note", page, form="Note", text=" ", **fields)
    assert (empty.status_code, Note.objects.count()) == (422, 0)
    kept = boss.send("customers/account", "Note", page, form="Note", text="<b>Called about a cup</b>", **fields)
    assert "&lt;b&gt;Called about a cup&lt;/b&gt;" in text_of(kept)
    boss.send("customers/account", "Note", page, form="Note", text="Called again", **fields)
    first = Note.objects.earliest("pk")
    form = f"DeleteNote-{id_of('LoyaltyNote', first)}"
    boss.send("customers/account", "DeleteNote", page, form=form, id=id_of("LoyaltyNote", first))
    assert [note.text for note in Note.objects.all()] == ["Called again"]
    assert "Called again" in text_of(boss.read("customers/data", userId=id_of("User", customer)))
    own = hosts.as_user(customer)("{ me { loyalty { available notes { text } } } }")
    assert own["data"]["me"]["loyalty"]["notes"] is None
    erasure.erase(host.person(customer), timezone.now())
    assert not Note.objects.exists()


def test_a_note_of_a_guest_moves_with_the_account(boss: Reader, customer: Any) -> None:
    earned(customer, "7")
    page = "?email=guest@example.com"
    fields = {"userId": "", "email": "guest@example.com", "text": "A friend of ours"}
    boss.send("customers/guest", "Note", page, form="Note", **fields)
    guest = host.person_with_email("guest@example.com")
    accounts.merge_people(guest, host.person(customer), "user:1", timezone.now())
    assert "A friend of ours" in text_of(boss.read("customers/account", id=id_of("User", customer)))


def test_nothing_is_sent_while_staff_have_stopped_it(boss: Reader, customer: Any, programme_on: host.Channel) -> None:
    hosts.configure(programme_on, mail_sender_address="shop@example.com", mail_codes="yes")
    channel = programme_on.slug
    form = f"Pause-{channel}"
    stopped = text_of(boss.send("messages", "Pause", form=form, channel=channel, isPaused="true"))
    assert f"Nothing is sent in {channel} since" in stopped
    redeemed(customer)
    messages.send(timezone.now())
    assert (mail.outbox, Mail.objects.get().state) == ([], "waiting")
    assert "Stop sending" in text_of(boss.send("messages", "Pause", form=form, channel=channel, isPaused="false"))
    assert not Pause.objects.exists()
    messages.send(timezone.now())
    assert (len(mail.outbox), Mail.objects.get().state) == (1, "sent")


KINDS = ("SURVEY", "SURPRISE", "REDEMPTION", "SERVICE", "STATEMENT", "REPLY", "EXPIRY", "ALERT")


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_can_be_looked_at_in_both_languages(kind: str, boss: Reader) -> None:
    english = text_of(boss.read("messages/preview", kind=kind, language="en"))
    chinese = text_of(boss.read("messages/preview", kind=kind, language="zh-hans"))
    letters = [text.split("<article")[1].split("</article>")[0] for text in (english, chinese)]
    assert [any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in letters] == [False, True]
    assert all("Ada" in text or kind == "ALERT" for text in letters)
    assert "&lt;html" in text_of(boss.read("messages/html", kind=kind, language="en"))


def test_a_message_is_sent_to_oneself(boss: Reader, programme_on: host.Channel) -> None:
    hosts.configure(programme_on, mail_sender_address="shop@example.com")
    fields = {"kind": "EXPIRY", "language": "en", "channel": programme_on.slug}
    sent = text_of(boss.send("messages/preview", "Test", "?kind=EXPIRY", form="Test", **fields))
    assert "Sent to manager@example.com." in sent
    assert [(one.to, one.from_email) for one in mail.outbox] == [(["manager@example.com"], mail.outbox[0].from_email)]
    assert "60 points will expire soon." in mail.outbox[0].body
    assert not Mail.objects.exists()
    hosts.configure(programme_on, active=False)
    off = boss.send("messages/preview", "Test", "?kind=EXPIRY", form="Test", **fields)
    assert (off.status_code, "The programme is off in this channel." in text_of(off)) == (422, True)


def test_who_has_not_proved_an_address_gets_nothing_of_the_guest_who_has_it(boss: Reader) -> None:
    bob, guest = hosts.customer_to_confirm("guest@example.com"), host.person_with_email("guest@example.com")
    told, waiting = (to_be_asked(earned("guest@example.com", points), guest.email) for points in ("7", "8"))
    conversations.record(told.pk, Given(1, "Ring at the back door"), "phone", "user:1", timezone.now())
    page = text_of(boss.read("customers/account", id=id_of("User", bob)))
    assert "guest@example.com" in page
    assert ("Ring at the back door" in page, "Record an answer" in page) == (False, False)
    theirs = text_of(boss.read("customers/guest", email="guest@example.com"))
    assert ("Ring at the back door" in theirs, "Record an answer" in theirs) == (True, True)
    assert [one.pk for one in queries.of_person(guest)] == [told.answer.pk]
    assert queries.of_person(host.person(bob)) == conversations.open_about(host.person(bob)) == []
    assert [one.pk for one in conversations.open_about(guest)] == [waiting.pk]
    proved = replace(host.person(bob), confirmed=True)
    assert [one.pk for one in queries.of_person(proved)] == [told.answer.pk]
    assert [one.pk for one in conversations.open_about(proved)] == [waiting.pk]
