"""What `loyaltyEvents` shows, and to whom."""

from __future__ import annotations

import json
from typing import Any

import graphene
import pytest
from django.utils import timezone

from saleor_reciprocity import host, rights
from saleor_reciprocity.feed import events
from saleor_reciprocity.feed.models import Event, Feed
from saleor_reciprocity.health import running

from .. import hosts
from ..points.programmes import earned
from ..surveys.conftest import asking as asking  # a fixture
from ..surveys.shop import answered

QUERY = """query($after: String) { loyaltyEvents(first: 2, after: $after) {
  edges { node { sequence kind happenedAt subjectId customerId orderId orderNumber channel data } }
  pageInfo { hasNextPage endCursor }
} }"""


def clerk(*permissions: str) -> hosts.GraphQL:
    user = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(user.user_permissions, *permissions)
    return hosts.as_user(user)


def test_pages_lead_from_the_first_event_to_the_newest_and_on(programme_on: host.Channel, customer: Any) -> None:
    client = clerk(rights.MANAGE_USERS)
    assert client.data(QUERY)["loyaltyEvents"] == {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    for _order in range(3):
        earned(customer)
    first = client.data(QUERY)["loyaltyEvents"]
    rest = client.data(QUERY, after=first["pageInfo"]["endCursor"])["loyaltyEvents"]
    numbers = [edge["node"]["sequence"] for edge in first["edges"] + rest["edges"]]
    assert (numbers, first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == ([1, 2, 3], True, False)
    earned(customer)
    (newest,) = client.data(QUERY, after=rest["pageInfo"]["endCursor"])["loyaltyEvents"]["edges"]
    node = newest["node"]
    assert (node["sequence"], node["kind"]) == (4, "POINTS_CHANGED")
    assert node["customerId"] == graphene.Node.to_global_id("User", customer.pk)
    assert graphene.Node.from_global_id(node["subjectId"])[0] == "LoyaltyEntry"
    assert json.loads(node["data"])["version"] == 4


def test_what_was_answered_is_for_who_may_read_answers(asking: Any) -> None:
    asking()
    client = clerk(rights.MANAGE_USERS)
    client.data(QUERY)
    answered("guest@example.com", 2, "Late")
    shown = [edge["node"] for edge in client.data(QUERY)["loyaltyEvents"]["edges"]]
    (told,) = [node for node in shown if node["kind"] == "SURVEY_ANSWERED"]
    assert (told["data"], told["customerId"]) == (None, None)
    more = clerk_with_orders()
    shown = [edge["node"] for edge in more.data(QUERY)["loyaltyEvents"]["edges"]]
    (told,) = [node for node in shown if node["kind"] == "SURVEY_ANSWERED"]
    assert json.loads(told["data"])["score"] == 2
    assert "Late" not in json.dumps(shown)


def clerk_with_orders() -> hosts.GraphQL:
    user = hosts.customer("second@example.com", staff=True)
    hosts.give_rights(user.user_permissions, rights.MANAGE_USERS, rights.MANAGE_ORDERS)
    return hosts.as_user(user)


def test_a_cursor_before_what_is_left_is_refused_with_what_to_do(programme_on: host.Channel, customer: Any) -> None:
    client = clerk(rights.MANAGE_USERS)
    client.data(QUERY)
    for _order in range(4):
        earned(customer)
    cursor = client.data(QUERY)["loyaltyEvents"]["pageInfo"]["endCursor"]
    Feed.objects.update(gone=3)
    Event.objects.filter(sequence__lte=3).delete()
    said = client(QUERY, after=cursor)["errors"][0]["message"]
    assert said == "after: Events after this one were deleted: they are kept for 90 days. Begin anew, without `after`."
    assert [edge["node"]["sequence"] for edge in client.data(QUERY)["loyaltyEvents"]["edges"]] == [4]


@pytest.mark.parametrize(("waiting", "sentence"), [(1, "1 event waits"), (2, "2 events wait")])
def test_health_says_what_keeps_events(programme_on: host.Channel, waiting: int, sentence: str) -> None:
    now = timezone.now()
    events.open_feed(now)
    assert [finding for finding in running.findings(now) if finding.name == "feed"] == []
    Feed.objects.update(numbered=7, delivered=7 - waiting, problem="the endpoint answered 500")
    (finding,) = [finding for finding in running.findings(now) if finding.name == "feed"]
    assert (finding.state.name, finding.said) == ("BROKEN", f"{sentence}: the endpoint answered 500.")
