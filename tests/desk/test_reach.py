"""The desk of who may act in some channels only: the pages are of these, and those of others are refused."""

from __future__ import annotations

import re
from typing import Any

import graphene
import pytest
from django.core.cache import cache

from saleor_reciprocity import host, rights
from saleor_reciprocity.desk.pages import PAGES

from .. import hosts
from ..points.programmes import earned
from .browsing import Reader, manager, manager_again, text_of

limited = pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 limits nobody to channels")


@pytest.fixture
def clerk(programme_on: host.Channel) -> Reader:
    """Somebody with every right, in the second of two channels."""
    cache.clear()  # a report is kept for an hour
    user = manager()
    hosts.limit_to(user, [hosts.open_channel("euros", "EUR")])
    return Reader(user)


@limited
@pytest.mark.parametrize("page", [page.path for page in PAGES.values() if page.menu and page.path != "health"])
def test_every_page_of_the_menu_opens_in_a_channel_of_the_reader(page: str, clerk: Reader) -> None:
    answer = clerk.read(page)
    assert (answer.status_code, "not shown" in text_of(answer)) == (200, False)
    assert "default-channel" not in re.sub("<p>Channels.*?</p>", "", text_of(answer))


@limited
@pytest.mark.parametrize("page", ["settings", "rewards", "rules", "campaigns", "report", "messages/preview"])
def test_a_channel_out_of_reach_is_refused_by_that_name(page: str, clerk: Reader) -> None:
    answer = clerk.read(page, channel="default-channel", kind="EXPIRY")
    assert answer.status_code == 403
    assert "It shows something of a channel in which you may not act." in text_of(answer)
    assert "It needs the permission" not in text_of(answer)


@limited
def test_who_is_limited_says_of_which_channel_and_sees_the_report_of_it(clerk: Reader) -> None:
    assert "<bdi>euros</bdi>" in text_of(clerk.read("rights"))
    assert clerk.read("report")["Desk-Address"] == "report?channel=euros"
    of_march = clerk.read("report", until="2026-03-31")
    assert of_march["Desk-Address"] == "report?until=2026-03-31&channel=euros"
    assert "Report: euros" in text_of(of_march)
    assert clerk.read("report", until="2026-03-31", channel="default-channel").status_code == 403
    assert clerk.read("panels/home").status_code == 200
    wrong = clerk.send("settings", "Save", "?channel=euros", channel="default-channel", input__active="false")
    assert (wrong.status_code, "You have no permission to do this." in text_of(wrong)) == (422, True)


@limited
def test_the_report_of_the_whole_shop_is_offered_to_who_may_see_it(programme_on: host.Channel) -> None:
    cache.clear()
    user, limits = manager(), [hosts.open_channel("euros", "EUR"), hosts.open_channel("zloty", "PLN")]
    assert '<option value="">All</option>' in text_of(Reader(user).read("report"))
    hosts.limit_to(user, limits)
    for asked in ({}, {"channel": "zloty"}):
        text = text_of(Reader(manager_again()).read("report", **asked))
        assert re.findall('<option value="(.*?)"', text) == ["euros", "zloty"]


@pytest.mark.parametrize("page", [page for page in PAGES.values() if page.right], ids=lambda page: page.path)
def test_no_other_rights_open_a_page(page: Any, programme_on: Any, customer: Any) -> None:
    """The host shows customers to who manages orders, too: the desk's menu does not, and neither do its pages."""
    who = graphene.Node.to_global_id("User", customer.pk)
    asked = {"id": who, "userId": who, "customerId": who, "email": customer.email}
    asked["orderId"] = graphene.Node.to_global_id("Order", earned(customer, "7").pk)
    asked["kind"] = "PRODUCT" if page.path == "pick" else "SURPRISE"
    others = [right for right in rights.ASKED_FOR if rights.short(right) != page.right]
    answer = Reader(manager(*others)).read(page.path, **asked)
    assert (answer.status_code, customer.email in text_of(answer)) == (403, False)


def test_all_that_is_held_needs_both_rights_and_says_which_is_missing(programme_on: Any, customer: Any) -> None:
    earned(customer, "7")
    who = {"userId": str(graphene.Node.to_global_id("User", customer.pk))}
    user = manager(rights.MANAGE_USERS)
    refused = Reader(user).read("customers/data", **who)
    said = text_of(refused)
    assert (refused.status_code, "Manage orders" in said, "entries" in said) == (403, True, False)
    hosts.give_rights(user.user_permissions, rights.MANAGE_ORDERS)
    assert "&quot;entries&quot;" in text_of(Reader(user).read("customers/data", **who))
