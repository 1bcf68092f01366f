"""Surveys under crowds: a person with many orders is asked once, and a survey in many tabs is answered once."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, messages, settlement
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.surveys import handouts, open_surveys, queue
from saleor_reciprocity.surveys.models import Answer, Invitation, OpenAnswer, OpenCount, OpenSurvey
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..mail.conftest import post  # noqa: F401 - a fixture
from ..mail.post import Post
from ..surveys.conftest import asking  # noqa: F401 - a fixture
from ..surveys.shop import ago, invited, path_of
from .crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_orders_of_one_address_at_once_and_eight_workers_are_one_question(
    post: Post,  # noqa: F811
    asking: Callable[..., Any],  # noqa: F811
) -> None:
    asking()
    orders = []
    for number in range(8):
        order = hosts.order("ada@example.com" if number % 2 else "Ada@Example.com", [("40", 1)], placed_at=ago(9))
        hosts.ship_at(order, ago(8))
        orders.append(host.order_id(order))
    before = hosts.order("ada@example.com", [("40", 1)], placed_at=ago(300))
    assert before, "an existing customer"

    assert at_once(8, lambda number: settlement.settle(orders[number])) == [None] * 8
    states = sorted(Invitation.objects.values_list("state", flat=True))
    assert states == ["asked recently"] * 7 + ["waiting"]

    now = timezone.now()
    assert sorted(at_once(8, lambda number: queue.invite_due(now))) == [0] * 7 + [1]
    sent = at_once(8, lambda number: messages.send(timezone.now()))
    assert sorted(one.sent for one in sent) == [0] * 7 + [1]
    assert [mail["X-To"].lower() for mail in post.accepted] == ["ada@example.com"]
    assert list(Mail.objects.values_list("kind", "state")) == [("survey", "sent")]


def test_sixteen_tabs_answer_one_survey_once(asking: Callable[..., Any], customer: Any) -> None:  # noqa: F811
    asking(survey_points="7", survey_alert_address="care@example.com")
    path = path_of(invited(customer))

    def send(tab: int) -> str:
        form = {"score": str(1 + tab % 2), "comment": f"Tab {tab} says {1 + tab % 2}"}
        page = Client(enforce_csrf_checks=True).post(path, form)
        return str(page.content.decode())

    pages = at_once(16, send)
    assert not [page for page in pages if isinstance(page, Exception)]
    first = [tab for tab, page in enumerate(pages) if "Your answer has arrived" in page]
    already = [tab for tab, page in enumerate(pages) if "We have your answer already" in page]
    assert (len(first), len(already)) == (1, 15)

    score = 1 + first[0] % 2
    answer = Answer.objects.get()
    assert (answer.score, answer.comment) == (score, f"Tab {first[0]} says {score}")
    assert answer.is_unhappy
    assert list(Entry.objects.filter(kind="bonus").values_list("points", flat=True)) == [7]
    assert Mail.objects.filter(kind="alert").count() == 1


def test_one_invitation_that_can_not_be_looked_at_stops_no_other(
    asking: Callable[..., Any],  # noqa: F811
    monkeypatch: Any,
) -> None:
    asking()
    orders = [hosts.order(f"guest{number}@example.com", [("40", 1)], placed_at=ago(9)) for number in range(3)]
    for order in orders:
        hosts.ship_at(order, ago(8))
        settlement.settle(host.order_id(order))
    bad = host.order_id(orders[0])
    read = host.order
    with monkeypatch.context() as patch:

        def broken(order_id: str) -> Any:
            if order_id == bad:
                raise ZeroDivisionError
            return read(order_id)

        patch.setattr(host, "order", broken)
        assert queue.invite_due(timezone.now()) == 2
    assert {one.order_id: one.state for one in Invitation.objects.all()} == {
        host.order_id(orders[0]): "waiting",
        host.order_id(orders[1]): "invited",
        host.order_id(orders[2]): "invited",
    }
    assert queue.invite_due(timezone.now()) == 1, "the next look has it"


def test_sixteen_who_replace_an_open_survey_leave_one(asking: Callable[..., Any]) -> None:  # noqa: F811
    channel = asking()
    made = at_once(16, lambda number: open_surveys.begin(channel.id, f"user:{number}", timezone.now()))
    assert not [one for one in made if isinstance(one, Exception)]
    assert OpenSurvey.objects.count() == 16
    assert OpenSurvey.objects.filter(ended_at=None).count() == 1


def test_one_form_sent_by_sixteen_at_once_and_a_crowd_at_one_place_count_as_often_as_they_may(
    asking: Callable[..., Any],  # noqa: F811
) -> None:
    survey = open_surveys.begin(asking().id, "user:1", timezone.now())
    now = timezone.now()

    def take(form: str) -> str:
        try:
            return str(open_surveys.take(survey, "csat", Given(5), form, "here", now))
        except open_surveys.TooMany:
            return "too many"

    at_once(16, lambda number: take("one form"))
    assert OpenAnswer.objects.count() == 1
    left = 20 - OpenCount.objects.order_by("-answers")[0].answers
    said = at_once(24, lambda number: take(f"form {number}"))
    assert sorted(said) == ["True"] * left + ["too many"] * (24 - left)
    assert OpenAnswer.objects.count() == 1 + left


def test_a_link_made_by_eight_at_once_is_one_invitation(asking: Callable[..., Any], customer: Any) -> None:  # noqa: F811
    asking()
    order = hosts.order(customer, [("40", 1)])
    settlement.settle(host.order_id(order))
    made = at_once(8, lambda number: handouts.hand_out(host.order_id(order), timezone.now()).pk)
    assert len(set(made)) == 1
    assert Invitation.objects.count() == 1
