"""The desk in a browser: rewards, rules, tiers and campaigns, made with a mouse and with the keyboard alone."""

from __future__ import annotations

from typing import Any

from demo.storefront import Customer
from saleor_reciprocity import host
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.tiers.models import Tier
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Campaign

from .. import hosts
from ..points.programmes import bought
from .chromium import Browser
from .desk import opened


def pick(page: Any, form: Any, legend: str, text: str) -> None:
    """Look for something by name and choose it, with the keyboard alone."""
    box = form.locator("fieldset.picker", has=page.locator("legend", has_text=legend)).first
    search = box.get_by_label("Search by name")
    search.focus()
    page.keyboard.type(text)
    box.locator(".found button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert search.evaluate("one => one === document.activeElement")


def test_a_rule_is_tried_on_the_past_and_made_with_the_keyboard_alone(
    address: str, channel: host.Channel, ada: Customer, browser: Browser
) -> None:
    cup = hosts.product("Blue cup", channel, hosts.category("Vessels"))
    hosts.product("Red cup", channel)
    bought(hosts.customer("bob@example.com"), "40")
    page = opened(browser, address, "rules")
    page.get_by_text("A new rule").focus()
    page.keyboard.press("Enter")
    form = page.locator("#Create")
    form.get_by_label("What it is called").fill("Double")
    form.get_by_label("Factor or points").fill("many")
    form.get_by_role("button", name="Try it on the past").click()
    wrong = page.locator("[aria-invalid=true]")
    wrong.wait_for()
    assert wrong.input_value() == "many"
    browser.trouble.clear()  # 422 is no error of ours
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    form.get_by_role("button", name="Try it on the past").click()
    page.get_by_role("status").wait_for()
    assert "40 more points in 90 days (orders: 1, customers: 1)." in page.get_by_role("status").inner_text()
    assert form.get_by_label("What it is called").input_value() == "Double"
    assert not EarningRuleVersion.objects.exists()

    form.get_by_text("When it applies").click()
    pick(page, form, "Products", "blue")
    pick(page, form, "Categories", "vessel")
    form.get_by_label("Monday").check()
    form.get_by_role("button", name="Make the rule").click()
    page.get_by_text("Done.").wait_for()
    made = EarningRuleVersion.objects.get()
    assert made.conditions == {"products": [cup.pk], "categories": [cup.category_id], "weekdays": [1]}
    card = page.locator("article", has_text="Double")
    assert "Blue cup" in card.inner_text()
    card.locator("summary").first.click()
    card.get_by_role("button", name="End it for good").click()
    page.locator("article h2", has_text="Ended").wait_for()
    assert EarningRuleVersion.objects.latest("number").ends_at is not None


def test_a_free_product_is_offered_and_replaced(address: str, channel: host.Channel, browser: Browser) -> None:
    cup = hosts.product("Blue cup", channel)
    page = opened(browser, address, "rewards", "phone")
    page.get_by_text("A new reward").click()
    form = page.locator("#Create")
    form.get_by_label("Kind").select_option("FREE_PRODUCT")
    form.get_by_label("What it is called").fill("A cup")
    form.get_by_label("Points *").fill("50")
    form.get_by_label("Value").fill("12")
    form.get_by_role("button", name="Offer it").click()
    page.get_by_role("alert").filter(has_text="Name a product of the shop.").wait_for()
    browser.trouble.clear()
    pick(page, form, "The product", "blue")
    form.get_by_role("button", name="Offer it").click()
    page.get_by_text("Done.").wait_for()
    assert Reward.objects.get(name="A cup").product_id == cup.pk
    card = page.locator("article", has_text="A cup")
    card.locator("summary").first.click()
    card.get_by_role("link", name="End it and offer another").click()
    page.get_by_text("Another reward instead of “A cup”").wait_for()
    form = page.locator("#Create")
    assert form.get_by_label("What it is called").input_value() == "A cup"
    form.get_by_label("Points *").fill("40")
    form.get_by_role("button", name="Offer it").click()
    page.get_by_text("Done.").wait_for()
    old, new = Reward.objects.filter(name="A cup").order_by("pk")
    assert (old.ends_at is not None, new.points, new.ends_at) == (True, 40, None)


def test_tiers_and_a_campaign_are_set(address: str, channel: host.Channel, browser: Browser) -> None:
    page = opened(browser, address, "tiers")
    page.get_by_text("Make tiers").click()
    for number, (code, name, least) in enumerate((("silver", "Silver", "100"), ("gold", "Gold", "50"))):
        page.locator(f"[name='input.tiers.{number}.code']").fill(code)
        page.locator(f"[name='input.tiers.{number}.name']").fill(name)
        page.locator(f"[name='input.tiers.{number}.threshold']").fill(least)
    page.get_by_label("When the points no longer suffice").select_option("NEVER")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").filter(has_text="Each tier needs more points than the one before.").wait_for()
    browser.trouble.clear()
    page.locator("[name='input.tiers.1.threshold']").fill("500")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Done.").wait_for()
    assert [tier.code for tier in Tier.objects.order_by("threshold")] == ["silver", "gold"]

    page.get_by_role("link", name="Surprise gifts").click()
    page.get_by_text("A new campaign").click()
    form = page.locator("#Create")
    form.get_by_label("What it is called").first.fill("Spring")
    form.get_by_label("Probability").fill("0.5")
    form.get_by_label("Budget altogether").fill("90")
    prize = form.locator("fieldset", has=page.locator("legend", has_text="Prize 1")).last
    prize.get_by_label("What it is called").fill("Three off")
    prize.get_by_label("Value").fill("3")
    form.get_by_label("From tier").select_option("gold")
    form.get_by_role("button", name="Start it").click()
    page.get_by_text("Done.").wait_for()
    card = page.locator("article", has_text="Spring")
    assert card.locator("meter").count() == 1
    assert Campaign.objects.get(name="Spring").tier == "gold"
    card.locator("summary").first.click()
    card.get_by_role("button", name="End it for good").click()
    page.locator("article h2", has_text="ended").wait_for()
    assert Campaign.objects.get(name="Spring").ends_at is not None
