"""Links that the shop hands over itself: to one order, from its placing on, told apart from the message and once."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any, Callable

import graphene
import pytest
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host, messages, qr, settlement
from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.surveys import conversations, exports, handouts, open_answers, pages, queries, queue, upkeep
from saleor_reciprocity.surveys.messages import alert
from saleor_reciprocity.surveys.models import Answer, Invitation, Way
from saleor_reciprocity.surveys.queries import Filter
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from .shop import ago, answered, arrived, invitation_of, invited, path_of, post, read, state_of

CREATE = """mutation($order: ID!) { surveyLinkCreate(orderId: $order) {
  link { address qrCode endsAt } errors { field code } } }"""


def ordered(buyer: Any, **options: Any) -> Any:
    """An order that was just placed, and settled."""
    order = hosts.order(buyer, [("40", 1)], **options)
    settlement.settle(host.order_id(order))
    return order


def handed(order: Any, way: str = Way.LINK) -> str:
    """The path to which a link about an order leads."""
    now = timezone.now()
    return path_in(pages.address_of(handouts.hand_out(host.order_id(order), now), now, way))


def path_in(address: str) -> str:
    return "/" + address.split("://", 1)[1].split("/", 1)[1]


def made(client: Any, order: Any) -> Any:
    return client.data(CREATE, order=graphene.Node.to_global_id("Order", order.pk))["surveyLinkCreate"]


def test_staff_hand_a_link_over_before_the_goods_are_shipped_and_the_answer_says_how_it_came(
    asking: Callable[..., Any], customer: Any, monkeypatch: Any
) -> None:
    asking(survey_points="7")
    monkeypatch.setattr(qr, "drawn", lambda address: address)
    first, second = ordered(customer), ordered(customer)
    client = hosts.as_app("order.manage_orders")
    for order, field, way in ((first, "address", "link"), (second, "qrCode", "qr")):
        given = made(client, order)
        assert given["errors"] == []
        path = path_in(given["link"][field])
        assert "How satisfied are you with your order?" in read(path).content.decode()
        assert "A little thank-you: 7 points for you." in post(path, score="2", comment="Slow").content.decode()
        answer = Answer.objects.get(invitation=invitation_of(order))
        assert (answer.way, answer.score, answer.recorded_by) == (way, 2, None)
        assert "We have your answer already" in post(path, score="5").content.decode()
        assert made(client, order)["errors"] == [{"field": "orderId", "code": "ALREADY_ANSWERED"}]
    assert [entry.points for entry in Entry.objects.filter(source__startswith="survey:")] == [7, 7]


def test_who_answered_through_the_parcel_is_not_asked_by_mail(asking: Callable[..., Any], customer: Any) -> None:
    asking()
    answering, silent = ordered(customer), ordered("eve@example.com")
    paths = [handed(order, Way.QR) for order in (answering, silent)]
    assert post(paths[0], score="4").status_code == 200
    for order in (answering, silent):
        hosts.ship_at(order, ago(8))
        settlement.settle(host.order_id(order))
    queue.invite_due(timezone.now())
    assert (state_of(answering), state_of(silent)) == ("told", "invited")
    assert [mail.order_id for mail in Mail.objects.filter(kind="survey")] == [host.order_id(silent)]
    assert post(paths[1], score="5").status_code == 200
    assert messages.send(timezone.now()).sent == 0  # it was answered before the message left


def test_a_link_waits_for_the_goods_as_every_question_does(asking: Callable[..., Any], customer: Any) -> None:
    asking()
    order = ordered(customer)
    handed(order)
    assert (state_of(order), invitation_of(order).due_at) == ("waiting", None)
    hosts.ship_at(order, ago(1))
    settlement.settle(host.order_id(order))
    due = invitation_of(order).due_at
    assert due is not None
    assert due > timezone.now()
    hosts.cancel(order)
    settlement.settle(host.order_id(order))
    assert state_of(order) == "cancelled"
    assert Invitation.objects.count() == 1


def test_who_gets_no_mail_can_be_handed_a_link(asking: Callable[..., Any], customer: Any) -> None:
    asking(mail_consent="preference")
    order = arrived(customer)
    assert state_of(order) == "no consent"
    assert post(handed(order), score="5").status_code == 200
    assert (Answer.objects.get().way, state_of(order)) == ("link", "told")


def test_products_are_rated_through_a_link_as_through_the_message(asking: Callable[..., Any], customer: Any) -> None:
    asking(survey_product_ratings="true")
    order = hosts.order(customer, [("40", 1)], placed_at=ago(9))
    product = hosts.sell(order, 0, "Blue cup")
    path = handed(order)
    assert "Blue cup" in read(path).content.decode()
    hosts.ship_at(order, ago(8))
    settlement.settle(host.order_id(order))
    queue.invite_due(timezone.now())
    assert state_of(order) == "invited"
    post(path, score="5", **{f"product-{product.pk}": "4"})
    assert list(Answer.objects.get().ratings.values_list("product_id", "stars")) == [(product.pk, 4)]


def test_who_is_held_out_of_being_asked_gets_no_link_and_stays_so(
    asking: Callable[..., Any], customer: Any, monkeypatch: Any
) -> None:
    asking()
    monkeypatch.setattr(holdout, "_draw_lots", lambda *given: True)
    orders = [ordered(customer), ordered(customer)]
    for order in orders:
        with pytest.raises(errors.HeldOut):
            handouts.hand_out(host.order_id(order), timezone.now())
    assert not Invitation.objects.exists()
    assert [one.held_out for one in Assignment.objects.filter(experiment="surveys")] == [True]
    monkeypatch.undo()
    hosts.ship_at(orders[0], ago(8))
    settlement.settle(host.order_id(orders[0]))
    assert state_of(orders[0]) == "held out"
    with pytest.raises(errors.HeldOut):
        handouts.hand_out(host.order_id(orders[0]), timezone.now())


def test_where_nothing_is_asked_and_of_what_is_no_order_there_is_no_link(
    asking: Callable[..., Any], customer: Any
) -> None:
    asking(survey_question="off")
    order = ordered(customer)
    client = hosts.as_app("order.manage_orders")
    assert made(client, order)["errors"] == [{"field": None, "code": "NOBODY_ASKED"}]
    asking()
    hosts.cancel(order)
    gone = [{"field": "orderId", "code": "NOT_FOUND"}]
    assert made(client, order)["errors"] == gone
    for given in ("", "x", graphene.Node.to_global_id("Order", 987654), graphene.Node.to_global_id("User", 1)):
        assert client.data(CREATE, order=given)["surveyLinkCreate"]["errors"] == gone
    assert not Invitation.objects.exists()


def test_a_link_ends_and_its_way_can_t_be_changed(asking: Callable[..., Any], customer: Any) -> None:
    asking()
    order = ordered(customer)
    invitation = handouts.hand_out(host.order_id(order), timezone.now())
    old = path_in(pages.address_of(invitation, ago(60), Way.QR))
    assert read(old).status_code == 404
    new = handed(order, Way.QR)
    assert f"/{invitation.pk}-qr." in new
    assert read(new).status_code == 200
    for forged in (f"/{invitation.pk}-link.", f"/{invitation.pk}.", f"/{invitation.pk}-open."):
        assert read(new.replace(f"/{invitation.pk}-qr.", forged)).status_code == 404
    by_mail = path_in(pages.address_of(invitation, timezone.now()))
    assert read(by_mail).status_code == 404  # nobody was asked by mail yet
    assert pages.address_of(invitation, timezone.now(), Way.PHONE) == pages.address_of(invitation, timezone.now())


def test_what_was_begun_through_a_link_is_kept_and_goes_when_the_link_has_run_out(
    asking: Callable[..., Any], customer: Any
) -> None:
    asking()
    path = handed(ordered(customer))
    assert post(path, score="3", comment="Half a", action="keep").status_code == 200
    assert "Half a" in read(path).content.decode()
    assert (Answer.objects.get().way, Answer.objects.get().answered_at) == ("link", None)
    upkeep.look(timezone.now() + timedelta(days=59))
    assert Answer.objects.exists()
    upkeep.look(timezone.now() + timedelta(days=61))
    assert not Answer.objects.exists()


def test_an_erased_persons_link_leads_nowhere(asking: Callable[..., Any], customer: Any) -> None:
    asking()
    order = ordered(customer)
    path = handed(order)
    erasure.erase(host.person(customer), timezone.now())
    assert (read(path).status_code, post(path, score="5").status_code) == (404, 404)
    with pytest.raises(errors.NotFound):
        handouts.hand_out(host.order_id(order), timezone.now())


def test_the_shop_hears_of_the_unhappy_whatever_the_way(asking: Callable[..., Any], customer: Any) -> None:
    asking(survey_alert_address="care@example.com", survey_alert_below="3")
    post(handed(ordered(customer)), score="1", comment="Cold tea")
    told = handouts.hand_out(host.order_id(ordered(customer)), timezone.now())
    conversations.record(told.pk, Given(1, "Cold, too"), Way.PHONE, "user:1", timezone.now())
    told_to_the_shop = [alert(mail, timezone.now()) for mail in Mail.objects.filter(kind="alert").order_by("pk")]
    assert [one and one["comment"] for one in told_to_the_shop] == ["Cold tea", "Cold, too"]


def test_ways_are_filtered_counted_and_exported(asking: Callable[..., Any], customer: Any) -> None:
    asking()
    answered("a@example.com", 5)
    answered("b@example.com", 3)
    Answer.objects.filter(score=3).update(way=None)  # as the first version kept them
    post(handed(ordered(customer), Way.QR), score="1")
    told = handouts.hand_out(host.order_id(ordered("eve@example.com")), timezone.now())
    conversations.record(told.pk, Given(4), Way.IN_PERSON, "user:1", timezone.now())

    staff = hosts.as_app("order.manage_orders")
    query = "query($way: SurveyWay) { surveyAnswers(filter: {way: $way}) { edges { node { score way } } } }"

    def found(way: str | None) -> list[tuple[int, str]]:
        edges = staff.data(query, way=way)["surveyAnswers"]["edges"]
        return [(edge["node"]["score"], edge["node"]["way"]) for edge in edges]

    assert found(None) == [(4, "IN_PERSON"), (1, "QR"), (3, "MAIL"), (5, "MAIL")]
    assert found("MAIL") == [(3, "MAIL"), (5, "MAIL")]
    assert found("IN_PERSON") == [(4, "IN_PERSON")]
    assert found("LINK") == found("OPEN") == []
    scores = staff.data("{ surveyScores(measure: CSAT, by: WAY) { group label answers value } }")["surveyScores"]
    assert [(one["group"], one["label"], one["answers"], one["value"]) for one in scores] == [
        ("IN_PERSON", "IN_PERSON", 1, 100.0),
        ("MAIL", "MAIL", 2, 50.0),
        ("QR", "QR", 1, 0.0),
    ]
    rows = list(csv.DictReader(StringIO("".join(exports.lines(Filter())))))
    assert [row["way"] for row in rows] == ["in person", "qr", "mail", "mail"]
    assert queries.matching(Filter(way="qr")).count() == 1
    assert open_answers.answers(Filter()) == []


@pytest.mark.parametrize("way", ["MAIL", "LINK", "QR", "OPEN"])
def test_staff_write_down_only_what_they_were_told(way: str, asking: Callable[..., Any], customer: Any) -> None:
    asking()
    invitation = invited(customer)
    given = {"invitationId": graphene.Node.to_global_id("SurveyInvitation", invitation.pk), "score": 5, "way": way}
    record = (
        "mutation($input: SurveyAnswerRecordInput!) { surveyAnswerRecord(input: $input) { errors { field code } } }"
    )
    client = hosts.as_app("order.manage_orders")
    assert client.data(record, input=given)["surveyAnswerRecord"]["errors"] == [{"field": "way", "code": "INVALID"}]
    assert client.data(record, input={**given, "way": "API"})["surveyAnswerRecord"]["errors"] == []
    answer = Answer.objects.get()
    assert (answer.way, str(answer.recorded_by)[:4]) == ("api", "app:")
    assert read(path_of(invitation)).status_code == 404


def test_a_drawing_is_black_on_white_with_a_margin_and_needs_no_style(db: Any) -> None:
    svg = qr.drawn("https://shop.example.com/plugins/saleor_reciprocity/survey/17-qr.t5abcd." + "a" * 32 + "/")
    # 99 characters of bytes at level M: version 6, 41 modules a side and 4 of margin on each.
    assert 'viewBox="0 0 49 49"' in svg
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    assert "style" not in svg
    assert "class" not in svg
    assert svg.startswith("<svg ")
