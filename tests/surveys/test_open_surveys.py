"""Open surveys: anybody may answer, nobody can be found in it, nothing is earned, and nothing else counts them."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any, Callable

import graphene
import pytest
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, links
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.surveys import open_pages, open_surveys, upkeep
from saleor_reciprocity.surveys.models import Answer, OpenAnswer, OpenCount, OpenSurvey

from .. import hosts
from ..hosts.either import site_of_shop
from .shop import ago, answered


@pytest.fixture
def survey(asking: Callable[..., host.Channel]) -> OpenSurvey:
    """The open survey of a shop that gives points for answers."""
    return open_surveys.begin(asking(survey_points="7").id, "user:1", timezone.now())


def path_of(survey: OpenSurvey) -> str:
    return "/" + open_pages.address_of(survey).split("://", 1)[1].split("/", 1)[1]


def form_in(page: Any) -> str:
    """The form that a page gives out."""
    found = re.search(r'name="form" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found.group(1)


def send(path: str, form: str = "", place: str = "203.0.113.7", **fields: Any) -> Any:
    form = form or form_in(Client().get(path))
    return Client(enforce_csrf_checks=True).post(path, {"form": form, **fields}, REMOTE_ADDR=place)


def test_anybody_answers_and_only_the_answer_and_the_day_are_kept(survey: OpenSurvey) -> None:
    site_of_shop("The cup shop")
    path = path_of(survey)
    page = Client().get(path)
    (whom,) = set(re.findall(r"How satisfied are you with ([^?<]+)\?", page.content.decode()))
    assert whom == "The cup shop", "no order is meant"
    assert "Finish later" not in page.content.decode()
    assert not page.cookies
    thanks = send(path, score="4", comment="Nice\r\nshop")
    assert (thanks.status_code, "Your answer has arrived" in thanks.content.decode()) == (200, True)
    (row,) = OpenAnswer.objects.values()
    number = row.pop("id")
    assert row == {
        "survey_id": survey.pk,
        "channel_id": survey.channel_id,
        "question": "csat",
        "score": 4,
        "comment": "Nice\nshop",
        "answered_on": timezone.now().date(),
    }
    assert 0 <= number < 2**59
    assert not Entry.objects.exists()
    assert not Answer.objects.exists()
    assert "203.0.113.7" not in str(list(OpenCount.objects.values()))


def test_the_order_in_which_answers_came_is_not_kept(survey: OpenSurvey) -> None:
    for score in range(1, 6):
        send(path_of(survey), score=str(score))
    assert sorted(OpenAnswer.objects.values_list("score", flat=True)) == [1, 2, 3, 4, 5]
    found = {tuple(OpenAnswer.objects.order_by("pk").values_list("score", flat=True))}
    for _again in range(3):
        OpenAnswer.objects.all().delete()
        OpenCount.objects.all().delete()
        for score in range(1, 6):
            send(path_of(survey), score=str(score))
        found.add(tuple(OpenAnswer.objects.order_by("pk").values_list("score", flat=True)))
    assert len(found) > 1  # one chance in 1.7 million that all four are alike


def test_reading_changes_nothing(survey: OpenSurvey) -> None:
    for method in ("get", "head"):
        assert getattr(Client(), method)(f"{path_of(survey)}?score=4").status_code == 200
    assert not OpenAnswer.objects.exists()
    assert not OpenCount.objects.exists()


def test_another_link_takes_its_place_and_the_old_one_leads_nowhere(survey: OpenSurvey) -> None:
    old = path_of(survey)
    form = form_in(Client().get(old))
    send(old, score="5")
    new = open_surveys.begin(survey.channel_id, "user:2", timezone.now())
    assert (Client().get(old).status_code, send(old, form, score="1").status_code) == (404, 404)
    assert send(path_of(new), score="3").status_code == 200
    assert sorted(OpenAnswer.objects.values_list("survey_id", "score")) == [(survey.pk, 5), (new.pk, 3)]
    open_surveys.end(survey.channel_id, timezone.now())
    open_surveys.end(survey.channel_id, timezone.now())
    assert Client().get(path_of(new)).status_code == 404
    assert open_surveys.running() == {}


def test_one_form_counts_once_and_a_form_that_is_none_of_ours_loses_no_word(survey: OpenSurvey) -> None:
    path = path_of(survey)
    form = form_in(Client().get(path))
    assert send(path, form, score="5").status_code == 200
    assert "We have your answer already" in send(path, form, score="1").content.decode()
    stale = links.token_for(open_pages.FORM, "0123456789abcdef-csat", ago(1))
    for bad in ("nonsense", stale, form + "x"):
        again = send(path, bad, score="2", comment="Do not lose me")
        assert (again.status_code, "Do not lose me" in again.content.decode()) == (422, True)
        assert form_in(again) not in (bad, form)
    missing = send(path, score="9", comment="Nor me")
    assert (missing.status_code, "Nor me" in missing.content.decode()) == (422, True)
    assert [answer.score for answer in OpenAnswer.objects.all()] == [5]


def test_so_many_answers_an_hour_are_taken_from_one_place_and_altogether(survey: OpenSurvey, monkeypatch: Any) -> None:
    path = path_of(survey)
    for _ in range(20):
        assert send(path, score="1").status_code == 200
    full = send(path, score="1", comment="Do not lose me")
    assert (full.status_code, "Do not lose me" in full.content.decode()) == (429, True)
    assert OpenAnswer.objects.count() == 20
    assert send(path, score="5", place="203.0.113.8").status_code == 200
    monkeypatch.setattr(open_surveys, "MOST_ALTOGETHER", 22)
    assert send(path, score="5", place="203.0.113.9").status_code == 200
    assert send(path, score="5", place="203.0.113.10").status_code == 429
    assert OpenAnswer.objects.count() == 22


def test_the_next_hour_counts_anew_and_what_was_counted_is_forgotten(survey: OpenSurvey) -> None:
    now = timezone.now()
    given = open_surveys.Given(5)
    for number in range(20):
        assert open_surveys.take(survey, "csat", given, f"form-{number}", "here", now)
    with pytest.raises(open_surveys.TooMany):
        open_surveys.take(survey, "csat", given, "form-20", "here", now)
    later = now + timedelta(hours=1)
    assert open_surveys.take(survey, "csat", given, "form-20", "here", later)
    assert OpenCount.objects.count() == 4
    upkeep.look(later)
    assert OpenCount.objects.count() == 2
    upkeep.look(later + timedelta(hours=1))
    assert not OpenCount.objects.exists()


def test_another_site_can_t_send_its_visitors_answers(survey: OpenSurvey) -> None:
    path = path_of(survey)
    form = form_in(Client().get(path, HTTP_SEC_FETCH_SITE="cross-site"))  # a link on another site is no harm
    sent = Client().post(path, {"form": form, "score": "1"}, HTTP_SEC_FETCH_SITE="cross-site")
    assert (sent.status_code, OpenAnswer.objects.exists()) == (404, False)


def test_an_answer_is_to_the_question_that_was_shown(survey: OpenSurvey, asking: Callable[..., Any]) -> None:
    path = path_of(survey)
    form = form_in(Client().get(path))
    asking(survey_question="nps")
    assert send(path, form, score="4").status_code == 200
    assert send(path, score="10").status_code == 200
    assert sorted(OpenAnswer.objects.values_list("question", "score")) == [("csat", 4), ("nps", 10)]
    asking(survey_question="off")
    assert Client().get(path).status_code == 404
    asking()
    assert Client().get(path).status_code == 200


def test_open_answers_are_counted_apart(survey: OpenSurvey) -> None:
    answered("a@example.com", 5)
    for score in ("1", "2", "5"):
        send(path_of(survey), score=score, comment=f"Said {score}")
    staff = hosts.as_app("order.manage_orders")
    data = staff.data(
        """{ surveyAnswers { totalCount }
        all: surveyScores(measure: CSAT) { answers value }
        open: surveyScores(measure: CSAT, filter: {way: OPEN}) { answers value }
        ways: surveyScores(measure: CSAT, by: WAY) { label answers }
        months: surveyScores(measure: CSAT, by: MONTH, filter: {way: OPEN}) { group answers }
        products: surveyScores(measure: CSAT, by: PRODUCT, filter: {way: OPEN}) { group }
        unhappy: surveyScores(measure: CSAT, filter: {way: OPEN, isUnhappy: true}) { group }
        surveyOpenAnswers(filter: {scoreTo: 2}) { totalCount edges { node { score comment question channel } } } }"""
    )
    assert data["surveyAnswers"]["totalCount"] == 1
    assert data["all"] == [{"answers": 1, "value": 100.0}]
    assert [(one["answers"], round(one["value"], 1)) for one in data["open"]] == [(3, 33.3)]
    assert data["ways"] == [{"label": "MAIL", "answers": 1}, {"label": "OPEN", "answers": 3}]
    assert data["months"] == [{"group": timezone.now().strftime("%Y-%m"), "answers": 3}]
    assert data["products"] == data["unhappy"] == []
    assert data["surveyOpenAnswers"]["totalCount"] == 2
    assert {edge["node"]["comment"] for edge in data["surveyOpenAnswers"]["edges"]} == {"Said 1", "Said 2"}
    text = staff.data("{ surveyAnswersCsv(filter: {way: OPEN}) }")["surveyAnswersCsv"]
    rows = list(csv.DictReader(StringIO(text)))
    assert sorted((row["score"], row["way"], row["order"]) for row in rows) == [
        ("1", "open", ""),
        ("2", "open", ""),
        ("5", "open", ""),
    ]


def test_a_list_of_open_answers_is_read_page_by_page(survey: OpenSurvey) -> None:
    for number in range(5):
        open_surveys.take(survey, "csat", open_surveys.Given(5), f"form-{number}", "here", ago(number % 2))
    staff = hosts.as_app("order.manage_orders")
    query = """query($after: String) { surveyOpenAnswers(first: 2, after: $after) {
      edges { node { id answeredOn } } pageInfo { hasNextPage endCursor } } }"""
    seen: list[tuple[str, str]] = []
    info = {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"]:
        found = staff.data(query, after=info["endCursor"])["surveyOpenAnswers"]
        seen += [(edge["node"]["answeredOn"], edge["node"]["id"]) for edge in found["edges"]]
        info = found["pageInfo"]
    days = [day for day, _id in seen]
    assert (len(set(seen)), days) == (5, sorted(days, reverse=True))


def test_staff_open_replace_and_end_it_and_delete_words(asking: Callable[..., Any]) -> None:
    channel = asking()
    staff = hosts.as_app("order.manage_orders")
    ask = "{ surveyOpenLinks { channel address qrCode } }"
    assert staff.data(ask)["surveyOpenLinks"] == [{"channel": channel.slug, "address": None, "qrCode": None}]
    make = "mutation { surveyOpenLinkCreate { link { address } errors { code } } }"
    first = staff.data(make)["surveyOpenLinkCreate"]["link"]["address"]
    (shown,) = staff.data(ask)["surveyOpenLinks"]
    assert (shown["address"], shown["qrCode"][:4]) == (first, "<svg")
    second = staff.data(make)["surveyOpenLinkCreate"]["link"]["address"]
    assert second != first
    path = "/" + second.split("://", 1)[1].split("/", 1)[1]
    send(path, score="2", comment="Bob at the till was rude")
    answer = graphene.Node.to_global_id("SurveyOpenAnswer", OpenAnswer.objects.get().pk)
    delete = (
        f'mutation {{ surveyOpenCommentDelete(id: "{answer}") {{ answer {{ score comment }} errors {{ code }} }} }}'
    )
    for _again in range(2):
        assert staff.data(delete)["surveyOpenCommentDelete"] == {"answer": {"score": 2, "comment": ""}, "errors": []}
    staff.data("mutation { surveyOpenLinkEnd { errors { code } } }")
    assert Client().get(path).status_code == 404
    asking(survey_question="off")
    refused = staff.data(make)["surveyOpenLinkCreate"]
    assert (refused["link"], refused["errors"]) == (None, [{"code": "NOBODY_ASKED"}])
