"""The desk as people use it: in a real browser, signed in at its own address, with a mouse, a keyboard or a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from demo import story
from demo.storefront import Customer
from saleor_reciprocity import host
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surveys import conversations

from .. import hosts
from ..points.programmes import earned, ladder, rule
from ..surprises.shop import campaign
from ..surveys.shop import an_answer, to_be_asked
from . import chromium
from .chromium import Browser
from .desk import follow, opened, sign_in, user_id


def test_sign_in_find_a_customer_and_put_it_right(address: str, ada: Customer, browser: Browser) -> None:
    page = opened(browser, address)
    assert page.title().startswith("Start")
    page.get_by_role("link", name="Customers", exact=True).click()
    page.locator("#search").wait_for()
    assert page.title().startswith("Customers")
    page.keyboard.press("/")
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("search=ada"))
    page.get_by_role("link", name="ada@example.com", exact=True).click()
    page.get_by_text("Give or take points").click()
    page.get_by_label("Points *").fill("many")
    page.get_by_label("Reason").fill("Sorry for the cracked cup")
    page.get_by_role("button", name="Give or take").click()
    wrong = page.locator("[aria-invalid=true]")
    assert wrong.input_value() == "many"
    assert wrong.evaluate("one => one === document.activeElement")
    browser.trouble.clear()  # nor is 422 an error of ours
    wrong.fill("12")
    page.get_by_role("button", name="Give or take").click()
    page.get_by_role("status").wait_for()
    assert page.get_by_role("status").inner_text() == "Done."
    assert "Sorry for the cracked cup" in page.locator("main").inner_text()
    assert Account.objects.get().available == 12
    page.go_back()
    page.get_by_role("heading", name="Customers").wait_for()
    assert page.get_by_label("Name or e-mail").input_value() == "ada@example.com"


def test_the_token_that_ran_out_is_asked_for_and_what_was_typed_is_sent(
    address: str, ada: Customer, browser: Browser
) -> None:
    page = opened(browser, address, "customers/guest?email=guest@example.com")
    page.get_by_text("Give or take points").click()
    page.get_by_label("Points *").fill("3")
    page.get_by_label("Reason").fill("A phone call")
    page.route("**/desk/customers/guest*", lambda route: route.fulfill(status=401, body=""), times=1)
    page.route("**/desk/session", lambda route: route.fulfill(status=401, json={"message": "no"}), times=1)
    page.get_by_role("button", name="Give or take").click()
    if host.REFRESH:
        page.wait_for_timeout(300)
    page.unroute("**/desk/session")
    sign_in(page)
    page.get_by_role("status").wait_for()
    assert Entry.objects.get().reason == "A phone call"
    browser.trouble.clear()


def test_what_was_typed_outlives_a_server_in_between_that_fails(address: str, ada: Customer, browser: Browser) -> None:
    page = opened(browser, address, "customers/guest?email=guest@example.com")
    page.get_by_text("Give or take points").click()
    page.get_by_label("Points *").fill("3")
    page.get_by_label("Reason").fill("A phone call")
    page.route("**/desk/customers/guest*", lambda route: route.fulfill(status=502, body="Bad gateway"), times=1)
    page.get_by_role("button", name="Give or take").click()
    page.get_by_text("The shop can’t be reached.").wait_for()
    assert page.get_by_label("Reason").input_value() == "A phone call"
    browser.trouble.clear()
    page.get_by_role("button", name="Give or take").click()
    page.get_by_role("status").wait_for()
    assert Entry.objects.get().reason == "A phone call"


def test_a_language_that_is_none_takes_nothing_away(address: str, browser: Browser) -> None:
    customer = hosts.customer("bob@example.com")
    earned(customer, "7")
    page = opened(browser, address, f"customers/account?id={user_id(customer)}&locale=zh_CN")
    page.locator("main time").first.wait_for()
    assert page.locator("#said").inner_text() == ""
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_wrong_password_and_a_right_one_without_rights(address: str, browser: Browser) -> None:
    clerk = hosts.customer("clerk@example.com", staff=True)
    page = browser.open(address, "desktop")
    sign_in(page, clerk.email, "wrong")
    page.locator("#sign-in-wrong:not(:empty)").wait_for()
    cache.clear()  # Saleor 3 makes who mistyped a password wait
    sign_in(page, clerk.email, "password")
    page.get_by_role("heading", name="You have no permission for this page").wait_for()
    assert "Manage customers" in page.locator("main").inner_text()
    browser.trouble.clear()


def test_cancel_a_redemption_export_and_erase(address: str, channel: host.Channel, browser: Browser) -> None:
    customer = hosts.customer("bob@example.com")
    earned(customer, "7")
    redeem(customer)
    page = opened(browser, address, f"customers/account?id={user_id(customer)}")
    page.get_by_role("button", name="Cancel and return the points").click()
    page.get_by_role("status").wait_for()
    assert Account.objects.get().available == 7
    with page.expect_download() as download:
        page.get_by_role("link", name="Export all that is held").click()
    assert "7" in download.value.path().read_text()
    page.get_by_role("link", name="Erase this person").click()
    page.get_by_role("heading", name="Erase this person").wait_for()
    page.get_by_label("I have understood this").check()
    page.get_by_role("button", name="Erase for ever").click()
    page.get_by_role("status").wait_for()
    assert "Erased." in page.get_by_role("status").inner_text()
    assert Account.objects.get().erased_at is not None


def redeem(customer: Any) -> None:
    redemption.redeem(host.person(customer), Reward.objects.get(is_standard=True).pk, "key", now=timezone.now())


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_no_page_of_the_desk_has_a_barrier(
    size: str, scheme: str, language: str, address: str, browser: Browser
) -> None:
    customer = hosts.customer("bob@example.com")
    earned(customer, "7")
    redeem(customer)
    everything(customer)
    page = browser.open(address, size, language, color_scheme=scheme)
    assert chromium.barriers(page) == []
    page.locator("#email").fill(story.STAFF_EMAIL)
    page.locator("#password").fill(story.STAFF_PASSWORD)
    page.locator("#sign-in button").click()
    page.locator("nav a").first.wait_for()
    for name, path in PAGES.items():
        follow(page, path.format(user=user_id(customer)))
        page.locator("main h1").wait_for()
        page.locator(f"main:not([aria-busy]) {CONTENT[name]}").first.wait_for()
        for summary in page.locator("summary").all():
            summary.click()
        chromium.picture(page, f"desk-{name}-{language}-{size}-{scheme}")
        assert chromium.barriers(page) == [], name
    browser.trouble.clear()


def everything(customer: Any) -> None:
    """What makes every part of a page show."""
    cache.clear()  # a report is kept for an hour
    guest, before = host.person_with_email("guest@example.com"), timezone.now() - timedelta(days=40)
    channel = hosts.open_channel()
    adjustments.adjust(guest, 5, "a gift", "user:1", "for the guest", before, channel_id=channel.id)
    cup = hosts.product("Blue cup", channel, hosts.category("Cups"))
    rule("multiplier", "2", name="Double", products=[cup.pk], weekdays=[1, 5])
    rule("bonus", "9", trigger="staff", name="Photo of a cup")
    ladder(("silver", 5, "1.5"), ("gold", 50, "2"))
    catalogue.create(channel, "free product", "A cup", 50, Decimal(12), product_id=cup.pk, stock=4)
    campaign(channel, limits={"per_day": Decimal(9), "total": Decimal(90)})
    order = hosts.order(customer, [("12", 1)])
    answer = an_answer(host.order_id(order), customer, 1)
    type(answer).objects.filter(pk=answer.pk).update(is_unhappy=True, comment="The handle broke.")
    conversations.note(host.person(customer), "Called about a cup.", "user:1", timezone.now())
    to_be_asked(None, customer)


CONTENT = {"customers": "#search", "account": ".figures", "guest": "summary", "erase": "#sure"}
CONTENT.update({"rules": "details", "tiers": "details"})
CONTENT.update({"merge": "#sure", "report": "[data-print]", "preview": "pre", "rights": "details"})
CONTENT.update({"rewards": "details", "campaigns": "details", "answers": "#comment", "messages": "#kind"})
CONTENT.update({"health": ".health", "settings": "fieldset", "start": "article"})
PAGES = {
    "customers": "customers",
    "account": "customers/account?id={user}",
    "guest": "customers/guest?email=guest@example.com",
    "erase": "customers/erase?userId={user}",
    "rewards": "rewards",
    "rules": "rules",
    "tiers": "tiers",
    "campaigns": "campaigns",
    "answers": "answers",
    "messages": "messages",
    "merge": "customers/merge?userId={user}&fromEmail=guest@example.com&isNamed=true",
    "report": "report",
    "preview": "messages/preview?kind=SURPRISE",
    "rights": "rights",
    "health": "health",
    "settings": "settings",
    "start": "start",
}
