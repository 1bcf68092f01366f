"""The feed: what is told of what happened, in which order, and that nothing is missed or kept of the erased."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import graphene
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host, settlement
from saleor_reciprocity.feed import delivery, events
from saleor_reciprocity.feed.models import Event, EventKind, Feed
from saleor_reciprocity.mail import endpoint
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..endpoint import SECRET

NOW = timezone.now()


@pytest.fixture
def feed(db: Any, programme_on: host.Channel) -> Feed:
    return events.open_feed(NOW)


def shipped(customer: Any, price: str = "200") -> Any:
    order = hosts.order(customer, [(price, 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return order


def told(after: int | None = None) -> list[tuple[int, str]]:
    events.number(NOW)
    return [(one.sequence, one.kind) for one in events.read(100, after)]


def test_nothing_is_written_before_somebody_asked(programme_on: host.Channel, customer: Any) -> None:
    shipped(customer)
    assert not Event.objects.exists()


def test_what_points_did_is_told_with_whose_and_of_which_order(feed: Feed, customer: Any) -> None:
    order = shipped(customer)
    events.number(NOW)
    (event,) = events.read(100, None)
    assert (event.sequence, event.kind_name) == (1, "POINTS_CHANGED")
    assert event.said is not None
    assert event.said.customer_id == graphene.Node.to_global_id("User", customer.pk)
    assert event.said.order_number == str(order.number if hosts.MULTI_CHANNEL else order.pk)
    assert event.said.channel == host.channels()[0].slug
    assert event.said.data == {
        "kind": "earned",
        "points": 200,
        "pending": 0,
        "balanceAfter": 200,
        "pendingAfter": 0,
        "version": 1,
    }


def test_a_redemption_and_what_becomes_of_it(feed: Feed, customer: Any) -> None:
    shipped(customer)
    person = host.person(customer)
    redeemed = redemption.redeem(person, Reward.objects.get().pk, "once", now=NOW)
    assert [kind for _number, kind in told()] == ["points changed", "points changed", "redeemed"]
    closing.cancel(redeemed.pk, actor="user:1", now=timezone.now())
    assert told(3) == [(4, "points changed"), (5, "redemption cancelled")]
    assert events.read(1, 4)[0].said.data == {  # type: ignore[union-attr]
        "reward": Reward.objects.get().name,
        "kind": "voucher",
        "points": 50,
        "value": "5.000",
        "currency": "USD",
    }
    Redemption.objects.update(state="cancelled")  # what it is already
    assert told(5) == []


def test_what_is_rolled_back_is_not_told(feed: Feed, customer: Any) -> None:
    with transaction.atomic():
        shipped(customer)
        transaction.set_rollback(True)
    assert told() == []


def test_who_commits_late_is_told_later_and_not_missed(
    transactional_db: Any, programme_on: host.Channel, customer: Any
) -> None:
    events.open_feed(NOW)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO reciprocity_event (kind, subject, told_at) VALUES ('redeemed', 7, now())")
            shipped(customer)
            assert told() == [(1, "points changed")], "the older event is not committed"
            cursor.execute("COMMIT")
        assert told(1) == [(2, "redeemed")]
        assert told() == [(1, "points changed"), (2, "redeemed")]
    finally:
        other.close()


def test_of_who_was_erased_nothing_is_said(feed: Feed, customer: Any) -> None:
    shipped(customer)
    erasure.erase(host.person(customer), timezone.now())
    events.number(NOW)
    (event,) = events.read(100, None)
    assert event.said is not None
    assert event.said[1:] == (None, None, None, host.channels()[0].slug, None)


def test_old_events_go_and_who_is_behind_them_is_told(feed: Feed, customer: Any) -> None:
    shipped(customer)
    told()
    Event.objects.update(told_at=NOW - events.KEPT - timedelta(seconds=1))
    shipped(customer)
    told()
    events.delete_old(NOW)
    assert told() == [(2, "points changed")]
    assert told(1) == [(2, "points changed")], "whoever had read them has missed nothing"
    with pytest.raises(errors.NotFound) as refused:
        events.read(1, 0)
    assert (refused.value.field, "90 days" in str(refused.value.message)) == ("after", True)


def test_an_event_that_is_as_old_as_they_are_kept_stays(feed: Feed, customer: Any) -> None:
    shipped(customer)
    told()
    Event.objects.update(told_at=NOW - events.KEPT)
    events.delete_old(NOW)
    assert told() == [(1, "points changed")]


@pytest.fixture
def others(server: Any, inside: Any, settings: Any) -> Any:
    settings.RECIPROCITY_EVENTS_ENDPOINT = f"http://127.0.0.1:{server.server_port}/events"
    settings.RECIPROCITY_EVENTS_SECRET = SECRET
    return server


def deliver(now: Any = None) -> int:
    return delivery.deliver(lambda: now or NOW)


def test_events_are_posted_signed_in_order_and_once(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any
) -> None:
    assert deliver() == 0
    order = shipped(customer)
    shipped(customer)
    assert (deliver(), deliver()) == (2, 0)
    ((headers, body),) = others.got
    assert headers["Idempotency-Key"] == "events-1-2"
    assert headers["Reciprocity-Signature"] == endpoint.signature_of(SECRET, headers["Reciprocity-Timestamp"], body)
    first, second = json.loads(body)["events"]
    assert (first["sequence"], second["sequence"]) == (1, 2)
    assert first["kind"] == "POINTS_CHANGED"
    assert first["customer"] == graphene.Node.to_global_id("User", customer.pk)
    assert first["orderNumber"] == str(order.number if hosts.MULTI_CHANNEL else order.pk)
    assert (first["data"]["points"], second["data"]["balanceAfter"]) == (200, 400)


def test_an_endpoint_that_does_not_take_them_gets_the_same_again_and_no_others_before(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any
) -> None:
    deliver()
    shipped(customer)
    others.status = 400
    assert deliver() == 0
    shipped(customer)
    others.status = 200
    assert deliver(NOW + timedelta(seconds=59)) == 0, "it waits a minute first"
    assert len(others.got) == 1
    assert Feed.objects.get().problem == "the endpoint answered 400"
    assert deliver(NOW + timedelta(seconds=60)) == 2
    assert [event["sequence"] for event in json.loads(others.got[1][1])["events"]] == [1, 2]
    assert (Feed.objects.get().problem, Feed.objects.get().attempts, Feed.objects.get().next_at) == ("", 0, None)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (5, 32), (6, 60), (60, 60)])
def test_how_long_it_waits(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any, attempts: int, minutes: int
) -> None:
    deliver()
    shipped(customer)
    Feed.objects.update(attempts=attempts)
    others.status = 500
    deliver()
    assert Feed.objects.get().next_at == NOW + timedelta(minutes=minutes)


def test_two_workers_do_not_post_the_same(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any
) -> None:
    deliver()
    shipped(customer)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(delivery._LOCK)
            assert deliver() == 0
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert deliver() == 1


def test_without_an_endpoint_nothing_is_opened(db: Any, programme_on: host.Channel) -> None:
    assert deliver() == 0
    assert not Feed.objects.exists()


def test_what_was_too_old_before_the_endpoint_took_it_is_passed_over(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any
) -> None:
    deliver()
    shipped(customer)
    told()
    Event.objects.update(told_at=NOW - events.KEPT - timedelta(seconds=1))
    events.delete_old(NOW)
    shipped(customer)
    assert deliver() == 1
    assert [event["sequence"] for event in json.loads(others.got[0][1])["events"]] == [2]


def test_reading_takes_a_statement_for_each_kind_of_subject(feed: Feed, customer: Any) -> None:
    for _order in range(3):
        shipped(customer)
    events.number(NOW)
    with CaptureQueriesContext(connection) as captured:
        assert len(events.read(100, None)) == 3
    assert len(captured) == 3  # how far events were deleted, the events, the entries


def test_who_dies_between_the_post_and_the_note_of_it_posts_the_same_again(
    transactional_db: Any, programme_on: host.Channel, customer: Any, others: Any, monkeypatch: Any
) -> None:
    deliver()
    shipped(customer)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_taken", lambda feed, last: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver()
    assert deliver() == 1
    assert [json.loads(body)["events"][0]["sequence"] for _headers, body in others.got] == [1, 1]


def test_every_kind_can_be_told(feed: Feed) -> None:
    for number, kind in enumerate(EventKind.values, 1):
        Event.objects.create(kind=kind, subject=10**9, told_at=NOW, sequence=number)
    assert [(one.kind, one.said) for one in events.read(100, None)] == [(kind, None) for kind in EventKind.values]


def test_a_reader_who_is_ahead_of_a_database_from_a_backup_is_told(feed: Feed, customer: Any) -> None:
    shipped(customer)
    assert told(1) == [], "the newest is no reason"
    with pytest.raises(errors.NotFound) as refused:
        events.read(1, 2)
    assert (refused.value.field, "an older one" in str(refused.value.message)) == ("after", True)
