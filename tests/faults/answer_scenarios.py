"""What customers say and how they are asked for it: the scenarios of links that are handed over and of open surveys."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.surveys import handouts, open_surveys, responses
from saleor_reciprocity.surveys.models import Answer, Invitation, OpenAnswer, OpenSurvey, Way
from saleor_reciprocity.surveys.responses import Given, Record

from .. import hosts
from .scenarios import Scenario, Subject, nothing, numbers, ordered


def asked() -> None:
    """The shop asks, and gives points for answers."""
    hosts.configure(hosts.open_channel(), survey_question="csat", survey_holdout_share="0", survey_points="7")


def about_to_be_handed_a_link() -> Subject:
    asked()
    return ordered()


def hand_over(subject: Subject) -> None:
    handouts.hand_out(host.order_id(subject.order), timezone.now())


def with_a_link() -> Subject:
    subject = about_to_be_handed_a_link()
    hand_over(subject)
    return subject


def answer(subject: Subject) -> None:
    invitation = Invitation.objects.get(order_id=host.order_id(subject.order))
    responses.take(invitation, Given(4, "Fine"), timezone.now(), Record(Way.QR))


def invitation_and_answer(subject: Subject) -> Any:
    rows = Invitation.objects.filter(order_id=host.order_id(subject.order))
    answers = Answer.objects.filter(invitation__in=rows)
    thanks = Entry.objects.filter(source=f"survey:{host.order_id(subject.order)}")
    return (
        tuple(rows.values_list("state", flat=True)),
        tuple(answers.values_list("way", "score")),
        tuple(thanks.values_list("points", flat=True)),
    )


def open_to_everybody() -> Subject:
    asked()
    survey = open_surveys.begin(hosts.open_channel().id, "user:1", timezone.now())
    return Subject(None, order=f"form-{next(numbers)}", account_id=survey.pk)


def answer_openly(subject: Subject) -> None:
    survey = OpenSurvey.objects.get(pk=subject.account_id)
    open_surveys.take(survey, "csat", Given(5, "Nice"), subject.order, subject.order, timezone.now())


def open_answers(subject: Subject) -> Any:
    return tuple(OpenAnswer.objects.filter(survey_id=subject.account_id).values_list("score", "comment"))


def replace_link(subject: Subject) -> None:
    open_surveys.begin(hosts.open_channel().id, "user:2", timezone.now())


def open_links(subject: Subject) -> Any:
    running = OpenSurvey.objects.filter(ended_at=None)
    return running.count(), running.filter(pk=subject.account_id).exists()


ANSWER_SCENARIOS = (
    Scenario("hand a link over", about_to_be_handed_a_link, ((nothing, hand_over),), False, invitation_and_answer),
    Scenario("answer through a link", with_a_link, ((nothing, answer),), False, invitation_and_answer),
    Scenario("answer an open survey", open_to_everybody, ((nothing, answer_openly),), False, open_answers),
    Scenario("replace an open survey", open_to_everybody, ((nothing, replace_link),), False, open_links),
)
