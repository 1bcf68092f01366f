"""The page with which the desk begins: what is on, three programmes with their forecasts, and the switch."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from saleor.plugins.models import PluginConfiguration

from demo import story
from demo.storefront import Customer, Shop, Staff
from saleor_reciprocity import host, programmes, settings
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.programmes import SettingsVersion
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Campaign

from .. import hosts
from ..acceptance import chromium
from ..acceptance.chromium import Browser
from ..acceptance.conftest import ada as ada
from ..acceptance.conftest import browser as browser
from ..acceptance.conftest import shop as shop
from ..acceptance.conftest import staff as staff
from ..acceptance.desk import opened, sign_in
from ..acceptance.shop import cup
from .browsing import PREFIX, Reader, manager, text_of


@pytest.fixture
def boss(channel: host.Channel) -> Reader:
    return Reader(manager())


def sold(buyer: Any, days_ago: float, price: str, **more: Any) -> Any:
    return hosts.order(buyer, [(price, 1)], placed_at=timezone.now() - timedelta(days=days_ago), **more)


def plain(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub("<.*?>", " ", text))


def card(text: str, title: str) -> str:
    """What a page says of one of the three programmes."""
    return next(part for part in text.split("<article")[1:] if f"<h3>{title}" in part).split("</article>")[0]


def use(boss: Reader, channel: host.Channel, example: str, operation: str = "Use", **more: str) -> Any:
    fields = {"channel": channel.slug, "example": example, "form": f"Use-{example}"}
    return boss.send("start", operation, f"?channel={channel.slug}", **fields, **more)


def programme(channel: host.Channel) -> Any:
    version = programmes.current(channel.id, timezone.now())
    return version and (version.active, version.programme)


def test_a_shop_without_orders_is_told_that_there_is_no_forecast(boss: Reader) -> None:
    text = text_of(boss.read("start"))
    assert "Nothing is set yet. Choose one of the three programmes below." in text
    assert "There were no orders in the last 90 days: the forecast is empty." in text
    assert "Forecast for" not in text
    assert [title for title in ("Just a thank-you", "Points and rewards", "All of it") if card(text, title)]
    assert 'id="Switch-' not in text


def test_each_programme_says_what_it_does_and_what_it_would_have_cost(boss: Reader) -> None:
    sold("ada@example.com", 40, "49.95")
    sold("ada@example.com", 10, "20.30")
    sold("eve@example.com", 9, "100")
    text = text_of(boss.read("start"))
    assert "last 90 days (orders: 3, customers: 2)" in text
    points = plain(card(text, "Points and rewards"))
    assert "Points for each USD: 1. They can be spent 14 days after the shipment." in points
    assert "They are valid for 24 months." in points
    assert "Voucher over $5.00 for 100 points." in points
    assert "Points 169 worth $8.45; probably redeemed: $8.45" in points  # 49 + 20 + 100
    assert "Gifts" not in points
    assert "Nobody is held out from points, so the report can’t say" in points
    thanks = plain(card(text, "Just a thank-you"))
    assert "5% of orders, from a customer’s order number 2 on, win a voucher over $5.00." in thanks
    assert "Never more than $100.00 is given in a month." in thanks
    assert "20% of customers get none, so that the effect can be measured." in thanks
    assert "Gifts 0 $0.20 if all are used, on average" in thanks  # Ada's second, 1 × 0.05 × 0.8
    assert "The shop’s past is too short to say which effect the report could show." in thanks
    assert "Mails 0 questions 0, statements 0, news of gifts 0" in plain(card(text, "All of it"))


def test_a_programme_is_put_into_a_channel_in_one_go_and_twice_is_once(boss: Reader, channel: host.Channel) -> None:
    for _ in range(2):
        answer = use(boss, channel, "ALL")
        assert (answer.status_code, "Done." in text_of(answer)) == (200, True)
    version = SettingsVersion.objects.get()
    found = version.programme
    assert (version.active, found.points_per_unit, found.return_window_days) == (True, 1, 14)
    assert (found.points_valid_months, found.survey_question, found.mail_consent) == (24, "csat", "preference")
    reward = Reward.objects.get()
    assert (reward.points, reward.value, reward.is_active) == (100, 5, True)
    campaign = Campaign.objects.get()
    assert (campaign.probability, campaign.from_order_number) == (Decimal("0.05"), 2)
    assert (campaign.budget.per_month, campaign.budget.total) == (100, None)
    assert "runs here" in card(text_of(boss.read("start")), "All of it")


def test_what_is_on_is_replaced_only_after_it_was_seen(boss: Reader, channel: host.Channel) -> None:
    use(boss, channel, "ALL")
    refused = use(boss, channel, "THANK_YOU")
    assert (refused.status_code, "See what would change, and confirm it." in text_of(refused)) == (422, True)
    assert programme(channel)[1].points_per_unit == 1
    assert "Put it in place of what is on" not in text_of(boss.read("start"))
    seen = card(text_of(use(boss, channel, "THANK_YOU", "Try")), "Just a thank-you")
    assert "<strong>Points: per unit of currency</strong>: 1 → 0." in seen
    assert "<strong>Surveys: question</strong>: Satisfaction, from 1 to 5 → off." in seen
    assert 'name="replace" value="true"' in seen
    assert programme(channel)[1].points_per_unit == 1
    use(boss, channel, "THANK_YOU", replace="true")
    active, found = programme(channel)
    assert (active, found.points_per_unit, found.survey_question, found.mail_statements) == (True, 0, "off", False)
    assert (Reward.objects.get().is_active, Campaign.objects.get().ends_at) == (False, None)


def test_a_source_of_consent_that_the_shop_has_named_stays(boss: Reader, channel: host.Channel) -> None:
    named = {"mail_consent": "existing customers", "mail_terms_confirmed": "True"}
    hosts.configure(channel, active=True, **named)
    hosts.configure(channel, active=False)
    use(boss, channel, "ALL")
    assert programme(channel)[1].mail_consent == "existing customers"


def test_what_fails_halfway_leaves_nothing_behind(boss: Reader, channel: host.Channel, monkeypatch: Any) -> None:
    monkeypatch.setattr(Campaign, "save", lambda *given, **more: 1 / 0)
    assert use(boss, channel, "ALL").status_code == 422
    assert host.plugin_configuration(settings.PLUGIN_ID, channel.id) == (False, {})
    assert not SettingsVersion.objects.exists()
    assert not Reward.objects.exists()


def test_it_is_switched_off_and_on_with_a_button(boss: Reader, channel: host.Channel) -> None:
    use(boss, channel, "POINTS")
    text = text_of(boss.send("start", "Switch", channel=channel.slug, active="false"))
    assert f"Switch on in {channel.slug}" in text
    assert "It is off: no new points, gifts and questions. This is set:" in text
    assert programme(channel)[0] is False
    boss.send("start", "Switch", channel=channel.slug, active="true")
    active, found = programme(channel)
    assert (active, found.points_per_unit, found.return_window_days) == (True, 1, 14)


def test_a_channel_whose_settings_can_not_be_used_is_named(boss: Reader, channel: host.Channel) -> None:
    hosts.configure(channel, active=False, points_per_unit="1")
    row, name = PluginConfiguration.objects.get(identifier=settings.PLUGIN_ID), "survey_delay_days"
    row.configuration = [{**item, "value": "many"} if item["name"] == name else item for item in row.configuration]
    row.save()
    text = text_of(boss.read("start"))
    assert text.count("What is stored for this channel can’t be used.") == 4
    refused = use(boss, channel, "POINTS")
    assert (refused.status_code, "Enter a whole number of days" in text_of(refused)) == (422, True)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_each_channel_says_what_is_on_and_amounts_are_of_its_currency(boss: Reader, channel: host.Channel) -> None:
    yen = hosts.open_channel("yen", "JPY")
    sold("ada@example.com", 3, "6000", channel=yen)
    use(boss, channel, "POINTS")
    text = text_of(boss.read("start", channel="yen"))
    states = dict(re.findall(r"<h3>([\w-]+) <span class=\"(?:good|soft)\">(on|off)</span>", text))
    assert states == {channel.slug: "on", "yen": "off"}
    assert "Voucher over ¥500 for 100 points." in plain(card(text, "Points and rewards"))
    use(boss, yen, "POINTS")
    assert programme(yen)[1].points_per_unit == Decimal("0.01")
    assert "There is no such channel." in text_of(boss.read("start", channel="none"))


def test_the_page_is_in_chinese_too(channel: host.Channel) -> None:
    text = text_of(Reader(manager(), "zh-CN").read("start"))
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", plain(text))


def address_of(shop: Shop) -> str:
    return f"{shop.url}{PREFIX}"


class Clicks:
    """Counts what a new admin clicks, and what the admin types."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, button: Any) -> None:
        self.number += 1
        button.click()


def test_a_new_admin_has_a_running_programme_after_two_clicks(
    shop: Shop, staff: Staff, ada: Customer, channel: host.Channel, browser: Browser
) -> None:
    """From the sign-in of an empty shop, without the guide; then an order earns, and it is switched off again."""
    sold("bob@example.com", 5, "60")
    click = Clicks()
    page = browser.open(address_of(shop), "desktop")
    page.get_by_label("E-mail", exact=True).fill(story.STAFF_EMAIL)
    page.get_by_label("Password").fill(story.STAFF_PASSWORD)
    click(page.get_by_role("button", name="Sign in"))
    page.get_by_text("Nothing is set yet.").wait_for()
    browser.trouble.clear()  # a browser reports the status 401 of the page that asked for the token as an error
    assert page.title().startswith("Start")
    points = page.locator("article", has=page.locator("#Use-POINTS"))
    assert "60\nworth $3.00; probably redeemed: $3.00" in points.inner_text()
    click(points.get_by_role("button", name="Switch it on"))
    page.get_by_role("status").wait_for()
    assert page.get_by_role("status").inner_text() == "Done."
    assert click.number == 2
    assert "runs here" in points.inner_text()
    ada.buy(cup(ada), 1)
    assert (Account.objects.get().pending, Account.objects.get().available) == (40, 0)

    page.get_by_role("button", name=f"Switch off in {channel.slug}").click()
    page.get_by_role("button", name=f"Switch on in {channel.slug}").wait_for()
    ada.buy(cup(ada), 1)
    assert Account.objects.get().pending == 40


def test_another_programme_is_tried_and_put_in_place_with_the_keyboard_alone(
    shop: Shop, staff: Staff, channel: host.Channel, browser: Browser
) -> None:
    hosts.configure(channel, active=True, points_per_unit="3", surprise_reason="Thanks")
    page = opened(browser, address_of(shop))
    page.locator("#Use-ALL").get_by_role("button", name="See what would change").focus()
    page.keyboard.press("Enter")
    said = page.get_by_role("status")
    said.wait_for()
    assert "Points: per unit of currency: 3 → 1." in said.inner_text()
    assert said.evaluate("one => one === document.activeElement")
    page.keyboard.press("Tab")
    assert "Put it in place of what is on" in page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    page.get_by_text("Done.").wait_for()
    assert programme(channel)[1].points_per_unit == 1


def test_a_token_that_ran_out_is_asked_for_and_the_click_counts(
    shop: Shop, staff: Staff, channel: host.Channel, browser: Browser
) -> None:
    page = opened(browser, address_of(shop), "start")
    page.route("**/desk/start*", lambda route: route.fulfill(status=401, body=""), times=1)
    page.route("**/desk/session", lambda route: route.fulfill(status=401, json={"message": "no"}), times=1)
    page.locator("#Use-THANK_YOU").get_by_role("button", name="Switch it on").click()
    if host.REFRESH:
        page.wait_for_timeout(300)
    page.unroute("**/desk/session")
    sign_in(page)
    page.get_by_text("Done.").wait_for()
    assert programme(channel)[1].surprise_probability == Decimal("0.05")
    browser.trouble.clear()


def test_who_may_not_set_it_up_is_told_which_permission_it_takes(
    shop: Shop, channel: host.Channel, browser: Browser
) -> None:
    clerk = manager("account.manage_users")
    page = browser.open(address_of(shop) + "start", "desktop")
    sign_in(page, clerk.email, "password")
    page.get_by_role("heading", name="You have no permission for this page").wait_for()
    assert "Manage plugins" in page.locator("main").inner_text()
    assert page.get_by_role("link", name="Start").count() == 0
    browser.trouble.clear()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_the_page_has_no_barrier_in_any_state(
    size: str, scheme: str, language: str, shop: Shop, staff: Staff, channel: host.Channel, browser: Browser
) -> None:
    page = browser.open(address_of(shop) + "start", size, language, color_scheme=scheme)
    page.locator("#email").fill(story.STAFF_EMAIL)
    page.locator("#password").fill(story.STAFF_PASSWORD)
    page.locator("#sign-in button").click()
    page.locator("article").first.wait_for()
    browser.trouble.clear()
    seen = f"start-{language}-{size}-{scheme}"
    chromium.picture(page, f"{seen}-empty")
    assert chromium.barriers(page) == []
    for number in range(6):
        sold(f"customer-{number % 3}@example.com", 60 - number, "59.90")
    page.locator("#Use-ALL button").first.click()
    page.locator("[role=status]").wait_for()
    chromium.picture(page, f"{seen}-on")
    assert chromium.barriers(page) == []
    page.locator("#Use-POINTS button").first.click()
    page.locator("#Use-POINTS [role=status]").wait_for()
    chromium.picture(page, f"{seen}-tried")
    assert chromium.barriers(page) == []
