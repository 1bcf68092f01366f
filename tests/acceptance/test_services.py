"""Services in a browser: offered and worked off on the desk, redeemed and followed in the element."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from demo import story
from saleor_reciprocity import host
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..points.programmes import bought
from ..rewards.services import redeemed_by, service
from . import chromium
from .chromium import Browser
from .desk import opened


@pytest.fixture
def grace(address: str, channel: host.Channel) -> Any:
    """Somebody with points."""
    customer = hosts.customer("grace@example.com")
    bought(customer, "90")
    return customer


def test_a_service_is_offered_and_its_codes_come_from_a_file(address: str, browser: Browser, tmp_path: Any) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("code,seat\nSEAT-1,A\nSEAT-2,B\n", "utf-8")
    page = opened(browser, address, "rewards")
    page.get_by_text("A new reward").click()
    form = page.locator("#Create")
    form.get_by_label("Kind").select_option("SERVICE")
    form.get_by_label("What it is called").fill("Ticket")
    form.get_by_label("Points", exact=False).first.fill("30")
    form.get_by_label("Value").fill("12")
    form.get_by_label("For a service: what the customer gets").fill("Show the code at the door.")
    form.get_by_label("For a service: each customer gets a code").check()
    form.get_by_role("button", name="Offer it").click()
    page.get_by_role("status").wait_for()
    card = page.locator("article", has=page.locator("h2", has_text="Ticket"))
    assert "0 codes left" in card.inner_text()

    card.locator("summary").click()
    card.get_by_label("From a file").set_input_files(str(codes))
    expect(card.get_by_label("Codes to give out")).to_have_value(codes.read_text("utf-8"))
    chromium.picture(page, "services-upload")
    card.get_by_role("button", name="Upload the codes").click()
    page.get_by_text("2 codes left").wait_for()
    brought = Reward.objects.get(kind="service").uploaded_codes.order_by("pk")
    assert list(brought.values_list("code", flat=True)) == ["SEAT-1", "SEAT-2"]
    assert chromium.barriers(page) == []


@pytest.mark.parametrize(
    ("size", "language", "scheme"), [("phone", "en", "light"), ("desktop", "zh-CN", "dark"), ("desktop", "en", "light")]
)
def test_the_work_list_is_worked_off_on_any_screen(
    size: str, language: str, scheme: str, address: str, grace: Any, browser: Browser
) -> None:
    reward = service("SEAT-1\nSEAT-2\nSEAT-3")
    made = [redeemed_by(grace, reward, str(number)) for number in range(3)]
    page = browser.open(f"{address}services", size, language, color_scheme=scheme)
    page.locator("#email").fill(story.STAFF_EMAIL)
    page.locator("#password").fill(story.STAFF_PASSWORD)
    page.locator("#sign-in button").first.click()
    page.locator("main h1").wait_for()
    browser.trouble.clear()
    chromium.picture(page, f"services-open-{size}-{language}-{scheme}")
    assert chromium.barriers(page) == []
    page.locator("article form button").first.click()
    page.get_by_role("status").wait_for()
    assert Redemption.objects.get(pk=made[0].pk).state == "done"
    card = page.locator("article").first
    card.locator("summary").click()
    card.locator("input[name=reason]").fill("No seat left")
    card.locator("button.danger").click()
    page.get_by_text("No seat left").wait_for()
    assert Redemption.objects.get(pk=made[1].pk).close_reason == "No seat left"
    chromium.picture(page, f"services-closed-{size}-{language}-{scheme}")
    assert chromium.barriers(page) == []
