"""What the shop makes of answers: lists, scores, exports, alerts and replies; what is left of an erased person."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import graphene
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.surveys import exports, queries, replies, upkeep
from saleor_reciprocity.surveys.models import Answer, Invitation, Reply
from saleor_reciprocity.surveys.queries import Filter

from .. import hosts
from .shop import ago, answered, path_of, post, read

HEARD: list[Any] = []


def hear(event: Any) -> None:
    HEARD.append(event)
    if len(HEARD) == 1:
        raise RuntimeError("not now")


def test_answers_can_be_filtered(asking: Any) -> None:
    asking()
    good, bad = answered("a@example.com", 5, "Lovely"), answered("b@example.com", 1, "Broken 100%")
    replies.reply(bad.pk, "Sorry!", "user:1", timezone.now())

    def found(**wanted: Any) -> list[Answer]:
        return queries.answers(Filter(**wanted))

    assert found() == [bad, good]
    assert found(lowest=4) == found(is_replied=False) == found(comment="LOVE") == found(is_unhappy=False) == [good]
    assert found(highest=1) == found(is_replied=True) == found(comment="100%") == found(is_unhappy=True) == [bad]
    assert found(question="nps") == found(channel_id="987") == found(before=ago(1)) == found(category_id=987) == []
    assert found(since=ago(1)) == [bad, good]
    assert queries.answers(Filter(), 1, queries.position_of(bad)) == [good]


def test_scores_by_channel_and_time(asking: Any) -> None:
    channel = asking()
    for number, score in enumerate((5, 4, 1)):
        answered(f"guest{number}@example.com", score)
    (total,) = queries.scores_by("total", "csat", Filter())
    assert (total.score.answers, round(total.score.value or 0, 1), total.counts) == (3, 66.7, {1: 1, 4: 1, 5: 1})
    (by_channel,) = queries.scores_by("channel", "csat", Filter())
    assert (by_channel.label, by_channel.score) == (channel.slug, total.score)
    for grouping in ("day", "week", "month"):
        assert [group.score for group in queries.scores_by(grouping, "csat", Filter())] == [total.score]
    assert queries.scores_by("total", "nps", Filter()) == []


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "＝1+1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str, shop: Any) -> None:
    assert exports.harmless(text) == f"'{text}"
    answered(comment=text)
    for out in (exported(), graphql_export()):
        (row,) = list(csv.DictReader(StringIO(out)))
        assert row["comment"] == f"'{text.strip()}"


GOES_ON = [
    ("Fine;=1+1", "Fine;'=1+1"),
    ("Fine; =1+1", "Fine;' =1+1"),
    ('Fine";=1+1', "Fine\";'=1+1"),
    ('Fine;"=1+1"', 'Fine;\'"=1+1"'),
    ("Fine\t=1+1", "Fine\t'=1+1"),
    ("Fine\n=1+1", "Fine\n'=1+1"),
    ("Fine\r\n@SUM(A1)", "Fine\r'\n'@SUM(A1)"),
    ("Fine\n\n-1", "Fine\n'\n'-1"),
    ("Fine;＝1+1", "Fine;'＝1+1"),
    ("=1;=2", "'=1;'=2"),
    ("\t=1", "'\t'=1"),
]
PLAIN = ["Fine", "1 + 1 = 2", "Fine, -5 degrees", "Late; wet", "Late\nwet", "a@example.com", "100 %", ""]


@pytest.mark.parametrize(("text", "cell"), GOES_ON)
def test_a_cell_that_goes_on_as_a_formula_is_as_harmless(text: str, cell: str) -> None:
    assert exports.harmless(text) == cell


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_cell_stays_as_it_was_written(text: str) -> None:
    assert exports.harmless(text) == text


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_program_that_takes_another_separator_finds_no_formula(separator: str, shop: Any) -> None:
    answered(comment='Fine;=1+1\n;"=2"\t=3')
    for out in (exported(), graphql_export()):
        cells = [cell for line in out.split("\n") for cell in line.replace('"', "").split(separator)]
        assert not [cell for cell in cells if cell.strip().startswith("=")]


def exported() -> str:
    out = StringIO()
    call_command("reciprocity_export_answers", stdout=out)
    return out.getvalue()


def graphql_export() -> str:
    app = hosts.as_app("order.manage_orders")
    return str(app.data("{ surveyAnswersCsv }")["surveyAnswersCsv"])


def test_the_function_of_the_shop_hears_of_the_unhappy_until_it_returns(shop: Any, settings: Any) -> None:
    settings.RECIPROCITY_SURVEY_ALERT = f"{__name__}.hear"
    HEARD.clear()
    answered("happy@example.com", 3)
    answered("unhappy@example.com", 2, "<b>Late</b>")
    upkeep.look(timezone.now())
    upkeep.look(timezone.now())
    assert len(HEARD) == 1, "the first call raised; the next is due in ten minutes"
    Answer.objects.filter(alert_due_at__isnull=False).update(alert_due_at=ago(0))
    upkeep.look(timezone.now())
    upkeep.look(timezone.now())
    assert len(HEARD) == 2
    assert (HEARD[1]["score"], HEARD[1]["comment"]) == (2, "<b>Late</b>")


def test_a_reply_is_sent_once(shop: Any) -> None:
    answer = answered(score=1)
    first, again = (replies.reply(answer.pk, " We are sorry. ", "user:1", timezone.now()) for _ in range(2))
    assert first.pk == again.pk
    assert first.text == "We are sorry."
    assert Mail.objects.filter(kind="reply").count() == Reply.objects.count() == 1
    for text in ("", "  ", "x" * 5001):
        with pytest.raises(errors.Invalid):
            replies.reply(answer.pk, text, "user:1", timezone.now())
    with pytest.raises(errors.NotFound):
        replies.reply(answer.pk + 1, "Hello", "user:1", timezone.now())


def test_staff_read_the_answer_next_to_the_order_and_reply(shop: Any) -> None:
    answer = answered(score=2, comment="<script>alert(1)</script>")
    staff = hosts.as_app("order.manage_orders")
    fields = "orderNumber orderId channel question score comment isUnhappy products { name } replies { text }"
    (edge,) = staff.data(
        f"{{ surveyAnswers(filter: {{scoreTo: 2}}) {{ totalCount edges {{ node {{ id {fields} }} }} }} }}"
    )["surveyAnswers"]["edges"]
    assert (edge["node"]["score"], edge["node"]["comment"]) == (2, "<script>alert(1)</script>")
    assert edge["node"]["id"] == graphene.Node.to_global_id("SurveyAnswer", answer.pk)
    order = staff.data(
        "query ($id: ID!) { order(id: $id) { number surveyAnswer { score } } }", id=edge["node"]["orderId"]
    )
    assert order["order"] == {"number": edge["node"]["orderNumber"], "surveyAnswer": {"score": 2}}
    reply = 'mutation ($id: ID!) { surveyAnswerReply(id: $id, text: "Sorry") { reply { text } errors { code } } }'
    assert staff.data(reply, id=edge["node"]["id"])["surveyAnswerReply"] == {"reply": {"text": "Sorry"}, "errors": []}


def test_a_finished_answer_never_changes(shop: Any) -> None:
    answer = answered(score=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(score=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(answered_at=None)


def test_of_an_erased_person_only_the_score_is_left(shop: Any, customer: Any) -> None:
    answer = answered(customer, 2, "I am Ada Lovelace")
    replies.reply(answer.pk, "Dear Ada", "user:1", timezone.now())
    path = path_of(answer.invitation)
    person = host.person(customer)
    held = erasure.export(person)["surveys"]
    assert held["answers"][0]["comment"] == "I am Ada Lovelace"
    erasure.erase(person, timezone.now())
    answer.refresh_from_db()
    assert (answer.score, answer.comment, Reply.objects.get().text) == (2, "", "")
    assert (Invitation.objects.get().user_id, Invitation.objects.get().order_number) == (None, "")
    assert read(path).status_code == post(path, score="1").status_code == 404
