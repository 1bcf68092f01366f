"""The page: a link opens it with an answer chosen, a second click sends it, and nothing else changes anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, links, settlement
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.surveys import pages, queue, responses, upkeep
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.responses import Given, Record

from .. import hosts
from ..points.programmes import rule
from .shop import ago, answered, invitation_of, invited, path_of, post, read

XSS = """</textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>"""


def checked(page: Any) -> list[str]:
    """The values of the chosen radio buttons."""
    inputs = [part.split(">")[0] for part in page.content.decode().split("<input ")[1:]]
    return [part.split('value="')[1].split('"')[0] for part in inputs if "checked" in part]


def test_the_link_chooses_the_answer_and_the_second_click_sends_it(shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    page = read(f"{path}?score=4")
    assert (page.status_code, checked(page)) == (200, ["4"])
    assert "How satisfied are you with your order?" in page.content.decode()
    assert not Answer.objects.exists()

    thanks = post(path, score="4", comment="Quick.\r\nThanks!")

    assert thanks.status_code == 200
    assert "Your answer has arrived" in thanks.content.decode()
    answer = Answer.objects.get()
    assert (answer.score, answer.comment, answer.question) == (4, "Quick.\nThanks!", "csat")
    assert answer.answered_at is not None


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_fetches_every_link_five_times_changes_nothing(method: str, shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    for score in range(6):
        for _ in range(5):
            assert getattr(Client(), method)(f"{path}?score={score}").status_code == 200
    assert not Answer.objects.exists()


def test_a_second_submission_changes_nothing_and_says_so(shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    post(path, score="5", comment="First")
    for action in ("send", "keep"):
        second = post(path, score="1", comment="Second", action=action)
        assert second.status_code == 200
        assert "We have your answer already" in second.content.decode()
    answer = Answer.objects.get()
    assert (answer.score, answer.comment) == (5, "First")


def test_an_unfinished_answer_can_be_taken_up_again(shop: Any, customer: Any) -> None:
    invitation = invited(customer)
    path = path_of(invitation)
    kept = post(path, score="2", comment="To be continued", action="keep")
    assert "Kept, but not sent yet" in kept.content.decode()
    assert Answer.objects.get().answered_at is None

    page = read(path)
    assert checked(page) == ["2"]
    assert "To be continued" in page.content.decode()
    assert checked(read(f"{path}?score=3")) == ["3"]
    post(path, score="3", comment="Now.")
    assert (Answer.objects.get().score, Answer.objects.get().comment) == (3, "Now.")


def test_a_form_without_an_answer_keeps_what_was_written(shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    page = post(path, comment="Only words", score="6")
    assert page.status_code == 422
    assert "Please choose an answer" in page.content.decode()
    assert "Only words" in page.content.decode()
    assert "Only words" in read(path).content.decode()
    assert Answer.objects.get().answered_at is None


def test_forged_old_foreign_and_used_links_lead_to_one_page(shop: Any, customer: Any) -> None:
    invitation = answered(customer).invitation
    used = path_of(invitation)
    now = timezone.now()
    open_one = invited("other@example.com")
    token = links.token_for(pages.PURPOSE, str(open_one.pk), now)
    forged = token[:-1] + ("a" if token[-1] != "a" else "b")
    old = links.token_for(pages.PURPOSE, str(open_one.pk), now - timedelta(days=61))
    foreign = links.token_for("unsubscribe", str(open_one.pk), now)
    nobody = links.token_for(pages.PURPOSE, "987654", now)
    waiting = Invitation.objects.create(
        order_id="x", order_number="1", channel_id="1", question="csat", state="no consent", made_at=now
    )
    dropped = links.token_for(pages.PURPOSE, str(waiting.pk), now)
    prefix = used.rsplit("/", 2)[0]
    bodies = set()
    for path in (used, *(f"{prefix}/{token}/" for token in (forged, old, foreign, nobody, dropped, "", "x" * 300))):
        page = read(path)
        assert page.status_code == 404
        bodies.add(page.content.split(b"</style>")[1])
        if path != used:
            assert post(path, score="1").content.split(b"</style>")[1] in bodies
    assert len(bodies) == 1
    assert Answer.objects.count() == 1


def test_every_page_is_closed_to_others(shop: Any, customer: Any) -> None:
    page = read(path_of(invited(customer)))
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    assert "<script" not in page.content.decode()
    assert "http" not in page.content.decode().replace("http-equiv", "")


def test_what_is_typed_comes_back_as_text(shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    page = post(path, comment=XSS, action="keep")
    for seen in (page, read(path)):
        assert "<script" not in seen.content.decode()
        assert "&lt;script&gt;" in seen.content.decode()


def test_a_comment_is_kept_without_what_nobody_writes(shop: Any, customer: Any) -> None:
    path = path_of(invited(customer))
    post(path, score="5", comment="a\x00b\x1b\r\nc\u202ed\u3000👩‍👧 " + "x" * 3000)
    comment = Answer.objects.get().comment
    assert comment.startswith("ab\ncd\u3000👩‍👧 x")
    assert len(comment) == 2000


def test_products_can_be_rated(asking: Any, customer: Any) -> None:
    asking(survey_product_ratings="true")
    order = hosts.order(customer, [("40", 1), ("10", 1)], placed_at=ago(9))
    cup, tea = hosts.sell(order, 0, "Cup"), hosts.sell(order, 1, "<b>Tea</b>", "Tea")
    hosts.ship_at(order, ago(8))
    upkeep_after_settling(order)
    path = path_of(Invitation.objects.get())
    page = read(path).content.decode()
    assert "&lt;b&gt;Tea&lt;/b&gt;" in page
    post(path, score="5", **{f"product-{cup.pk}": "4", f"product-{tea.pk}": "9", "product-99": "5"})
    assert list(Answer.objects.get().ratings.values_list("product_id", "stars")) == [(cup.pk, 4)]


def upkeep_after_settling(order: Any) -> None:
    from saleor_reciprocity import host, settlement

    settlement.settle(host.order_id(order))
    assert upkeep.look(timezone.now()) == 1


def test_thanks_are_given_once_and_not_announced(asking: Any, customer: Any) -> None:
    asking(survey_points="20", points_per_unit="0")
    path = path_of(invited(customer))
    assert "point" not in read(path).content.decode().split("</style>")[1]
    assert "20" in post(path, score="1").content.decode()
    post(path, score="5")
    (entry,) = Entry.objects.all()
    assert (entry.kind, entry.points, entry.source) == ("bonus", 20, f"survey:{Invitation.objects.get().order_id}")
    assert Account.objects.get().available == 20


@pytest.mark.parametrize("thanks", [0, 20])
def test_a_rule_for_answered_surveys_gives_its_bonus_once(thanks: int, asking: Any, customer: Any) -> None:
    asking(survey_points=str(thanks), points_per_unit="0")
    rule("bonus", "15", since=ago(30), trigger="survey")
    invitation = invited(customer)
    path = path_of(invitation)
    assert str(thanks + 15) in post(path, score="1").content.decode()
    post(path, score="5")
    sources = {entry.source: entry.points for entry in Entry.objects.all()}
    assert sorted(sources.values()) == sorted(filter(None, [15, thanks]))
    assert [source.split(":")[2:] for source in sources if source.startswith("bonus:")] == [
        ["survey", str(invitation.pk)]
    ]
    assert Account.objects.get().available == thanks + 15


@pytest.mark.parametrize(
    ("question", "language", "texts"),
    [
        ("nps", "en", ("How likely are you to recommend", "Not at all likely", 'lang="en" dir="ltr"')),
        ("ces", "en", ("made it easy for me", "Strongly agree")),
        ("csat", "zh-hans", ("您对这次订单满意吗？", "非常满意", 'lang="zh-hans"')),
        ("nps", "zh-cn", ("您有多大可能向朋友或同事推荐",)),
    ],
)
def test_the_question_in_the_language_of_the_order(question: str, language: str, texts: Any, asking: Any) -> None:
    asking(survey_question=question)
    invitation = invited("guest@example.com")
    Invitation.objects.filter(pk=invitation.pk).update(language=language)
    page = read(path_of(invitation), HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert [text for text in texts if text not in page] == []


def test_the_shop_can_ask_in_its_own_words(asking: Any) -> None:
    asking(survey_text="Was the <tea> good?")
    page = read(path_of(invited())).content.decode()
    assert "Was the &lt;tea&gt; good?" in page
    asking(survey_question="nps", survey_text="Would you tell a friend?")
    assert "How satisfied" in read(path_of(Invitation.objects.get())).content.decode(), "asked for CSAT"


def test_what_was_never_sent_goes_when_the_link_has_run_out(shop: Any, customer: Any) -> None:
    invitation = invited(customer)
    responses.keep(invitation, Given(2, "Draft"), timezone.now())
    upkeep.look(timezone.now())
    assert Answer.objects.count() == 1
    Invitation.objects.update(invited_at=ago(61))
    upkeep.look(timezone.now())
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("names", "expected"), [(("Tea",), True), (("Tea", "Tea"), True), (("Tea", "Milk"), False)])
def test_an_answer_keeps_what_it_speaks_of_and_that_the_page_said_what_for(
    names: tuple[str, ...], expected: bool, shop: Any
) -> None:
    made = {name: hosts.product(name, shop) for name in dict.fromkeys(names)}
    order = hosts.buy("guest@example.com", [made[name] for name in names], placed_at=ago(9))
    hosts.ship_at(order, ago(8))
    settlement.settle(host.order_id(order))
    queue.invite_due(timezone.now())
    path = path_of(invitation_of(order))
    assert "it also decides what is suggested to you." in read(path).content.decode()
    post(path, score="2")
    answer = Answer.objects.get()
    assert (answer.may_recommend, answer.product_id) == (True, made["Tea"].pk if expected else None)


def test_what_staff_recorded_decides_nothing_about_recommendations(shop: Any) -> None:
    invitation = invited()
    responses.take(invitation, Given(2), timezone.now(), Record("phone", "user:1"))
    assert Answer.objects.get().may_recommend is False
