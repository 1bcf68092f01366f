"""The feed while many act at once: no reader misses an event, and no endpoint gets one out of its order."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.feed import delivery, events
from saleor_reciprocity.feed.models import Event
from saleor_reciprocity.points.models import Entry

from .. import hosts
from ..endpoint import SECRET
from .crowd import at_once


def test_readers_who_go_on_while_orders_are_settled_see_each_event_once_and_in_order(
    transactional_db: Any, programme_on: host.Channel
) -> None:
    events.open_feed(timezone.now())
    orders = [hosts.order(hosts.customer(f"c{number}@example.com"), [("20", 1)]) for number in range(12)]
    read: dict[int, list[int]] = {12: [], 13: [], 14: []}

    def go_on(number: int) -> None:
        for _look in range(40):
            events.number(timezone.now())
            after = read[number][-1] if read[number] else 0
            read[number] += [told.sequence for told in events.read(5, after)]

    def act(number: int) -> None:
        if number in read:
            go_on(number)
        else:
            settlement.settle(host.order_id(orders[number]))

    assert at_once(15, act) == [None] * 15
    for number in read:
        go_on(number)
        assert read[number] == list(range(1, 13)), "each number once, without a gap"
    assert set(Event.objects.values_list("subject", flat=True)) == set(Entry.objects.values_list("pk", flat=True))


def test_eight_workers_post_each_event_once_and_in_order(
    transactional_db: Any, programme_on: host.Channel, customer: Any, server: Any, inside: Any, settings: Any
) -> None:
    settings.RECIPROCITY_EVENTS_ENDPOINT = f"http://127.0.0.1:{server.server_port}/events"
    settings.RECIPROCITY_EVENTS_SECRET = SECRET
    delivery.deliver(timezone.now)
    for _order in range(5):
        settlement.settle(host.order_id(hosts.order(customer, [("20", 1)])))
    taken = at_once(8, lambda number: delivery.deliver(timezone.now))
    assert sum(taken) == 5
    posted = [event["sequence"] for _headers, body in server.got for event in json.loads(body)["events"]]
    assert posted == [1, 2, 3, 4, 5]
