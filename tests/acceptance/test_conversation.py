"""From an order to a mail, to an answer in a real browser, to points, to what staff see; and the page of each link."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from demo.storefront import Customer, Shop, Staff, nodes
from saleor_reciprocity import host, languages
from saleor_reciprocity.surveys.models import Invitation

from .. import hosts
from ..mail.post import Post, opened
from ..surveys.shop import since_a_year
from . import chromium
from .chromium import Browser

SETTINGS = {
    "survey_question": "csat",
    "survey_holdout_share": "0",
    "survey_product_ratings": "true",
    "survey_points": "25",
    "mail_consent": "preference",
    "mail_sender_address": "shop@example.com",
}
YES = """mutation { communicationPreferencesUpdate(input: [{kind: SURVEY, wanted: true}]) {
  preferences { kind wanted } errors { code } } }"""
ANSWERS = """{ surveyAnswers(first: 5) { edges { node {
  orderNumber score comment isUnhappy products { name stars } } } } }"""
HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(2)>"""


@pytest.fixture
def post(shop: Shop, channel: host.Channel, settings: Any) -> Iterator[Post]:
    """The post office of a shop that asks for satisfaction those who agreed."""
    server = Post()
    controller = opened(server)
    hosts.configure(channel, active=True, points_per_unit="1", **SETTINGS)
    since_a_year()
    hosts.site_of_shop("The Tea Room", shop.url.split("://")[1])
    hosts.mail_through(server.port, channel, settings)
    yield server
    controller.stop()


def shipped(customer: Customer, staff: Staff, days: int = 8) -> Any:
    """An order that was shipped so many days ago."""
    (cup,) = customer.variants()
    bought = customer.buy(cup, 1)
    staff.ship(bought.id)
    model = apps.get_model("order", "Order")
    order = model.objects.get(**{_number_field(model): bought.number})
    hosts.date_shipments(order, timezone.now() - timedelta(days=days))
    Invitation.objects.filter(order_id=host.order_id(order)).update(due_at=F("due_at") - timedelta(days=days))
    return bought


def _number_field(model: Any) -> str:
    return "number" if any(field.name == "number" for field in model._meta.get_fields()) else "pk"


def work() -> None:
    call_command("reciprocity_work", once=True)


@pytest.fixture
def language() -> str:
    """What the customer reads; a test may say otherwise."""
    return "en"


@pytest.fixture
def question(post: Post, ada: Customer, staff: Staff, language: str) -> EmailMessage:
    """The mail with the question, as it arrived."""
    assert ada.ask(YES)["communicationPreferencesUpdate"]["errors"] == []
    shipped(ada, staff)
    Invitation.objects.update(language=language.lower())
    work()
    work()
    (mail,) = ours(post)
    return mail


def ours(post: Post) -> list[EmailMessage]:
    """The mails of the plugin, among those of the shop."""
    return [mail for mail in post.accepted if mail["List-Unsubscribe"]]


def links(mail: EmailMessage) -> list[str]:
    """The address of each answer, the lowest first."""
    text = mail.get_body(("plain",))
    assert text is not None
    return re.findall(r"^\d+: (\S+)", text.get_content(), re.M)


def link_to(page: str, mail: EmailMessage) -> str:
    """The address of another page that the mail names."""
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(rf"https?://\S+/{page}/\S+", text.get_content())
    assert found is not None
    return found[0]


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_order_to_the_answer_that_staff_see(
    javascript: bool, question: EmailMessage, ada: Customer, staff: Staff, browser: Browser
) -> None:
    before = ada.loyalty()["available"]
    page = browser.open(links(question)[3], java_script_enabled=javascript)
    second_tab = browser.open(links(question)[0])
    assert page.locator("input[name=score]:checked").get_attribute("value") == "4"
    page.get_by_label("What is the main reason").fill("Well packed. " + HOSTILE)
    page.get_by_role("group", name="Cup").get_by_role("radio").nth(5).check(force=True)
    page.get_by_role("button", name="Send answer").click()
    assert page.get_by_role("heading").inner_text() == "Thank you"
    assert "25" in page.inner_text("main")
    second_tab.get_by_role("button", name="Send answer").click()
    assert second_tab.get_by_role("heading").inner_text() == "We have your answer already"

    assert ada.loyalty()["available"] == before + 25
    (answer,) = nodes(staff.ask(ANSWERS)["surveyAnswers"])
    assert (answer["score"], answer["comment"]) == (4, "Well packed. " + HOSTILE)
    assert [(product["name"], product["stars"]) for product in answer["products"]] == [("Cup", 5)]


def test_the_answer_can_be_given_with_the_keyboard_alone(question: EmailMessage, browser: Browser) -> None:
    page = browser.open(links(question)[3], "desktop")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Typed")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.get_by_role("heading").inner_text() == "Thank you"


def test_unfinished_answers_wait(question: EmailMessage, browser: Browser) -> None:
    page = browser.open(links(question)[0])
    page.get_by_label("What is the main reason").fill(HOSTILE)
    page.get_by_role("button", name="Finish later").click()
    assert "Kept, but not sent yet" in page.get_by_role("status").inner_text()
    again = browser.open(links(question)[1])
    assert again.get_by_label("What is the main reason").input_value() == HOSTILE


def test_preferences_and_unsubscribing(
    question: EmailMessage, ada: Customer, staff: Staff, post: Post, browser: Browser
) -> None:
    page = browser.open(link_to("preferences", question))
    page.get_by_label("Gifts that you won").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text() == "Saved."
    assert page.get_by_label("Gifts that you won").is_checked()
    goodbye = browser.open(link_to("unsubscribe", question))
    goodbye.get_by_role("button", name="Unsubscribe").click()
    assert goodbye.get_by_role("heading").inner_text() == "You are unsubscribed"
    said = ada.ask("{ me { loyalty { communicationPreferences { kind wanted } } } }")["me"]["loyalty"]
    assert {one["kind"]: one["wanted"] for one in said["communicationPreferences"]}["SURVEY"] is False
    shipped(ada, staff)
    work()
    assert len(ours(post)) == 1


def everything() -> dict[str, list[Any]]:
    """All rows of the plugin."""
    models = apps.get_app_config("reciprocity").get_models()
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in models}


def test_scanners_that_fetch_every_link_five_times_change_nothing(question: EmailMessage) -> None:
    html = question.get_body(("html",))
    assert html is not None
    addresses = set(re.findall(r'href="([^"]+)"', html.get_content())) | {question["List-Unsubscribe"].strip("<>")}
    assert len(addresses) >= 7
    before = everything()
    for address in addresses:
        path = "/" + address.split("/", 3)[3].replace("&amp;", "&")
        for _ in range(5):
            assert Client().get(path).status_code == 200
            assert Client().head(path).status_code == 200
    assert everything() == before


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier(scheme: str, size: str, language: str, question: EmailMessage, browser: Browser) -> None:
    def look(address: str, name: str, press: str | None = None) -> None:
        page = browser.open(address, size, language, color_scheme=scheme)
        if press:
            page.locator(press).click()
        assert page.locator("html").get_attribute("lang") == languages.nearest(language)
        chromium.picture(page, f"{name}-{language}-{size}-{scheme}")
        assert chromium.barriers(page) == []

    third = links(question)[2]
    look(third, "survey")
    look(third, "survey-kept", "button[value=keep]")
    look(third, "survey-thanks", "button[value=send]")
    look(third, "survey-used-up")
    look(link_to("preferences", question), "preferences")
    look(link_to("preferences", question), "preferences-saved", "button")
    look(link_to("unsubscribe", question), "unsubscribe")
    look(link_to("unsubscribe", question), "unsubscribed", "button")
    browser.trouble.clear()
    look(third.split("?")[0][:-4] + "aaaa", "neutral")
    browser.trouble.clear()  # a browser reports the status 404 as an error


@pytest.mark.parametrize("question_kind", ["nps", "ces"])
def test_wide_scales_fit_a_phone(
    question_kind: str, post: Post, channel: host.Channel, ada: Customer, staff: Staff, browser: Browser
) -> None:
    hosts.configure(channel, survey_question=question_kind)
    since_a_year()
    ada.ask(YES)
    shipped(ada, staff)
    work()
    (mail,) = ours(post)
    for size in ("phone", "desktop"):
        page = browser.open(links(mail)[5], size)
        chromium.picture(page, f"survey-{question_kind}-{size}")
        assert chromium.barriers(page) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_mail_is_readable(
    size: str, language: str, question: EmailMessage, browser: Browser, tmp_path: Any
) -> None:
    html = question.get_body(("html",))
    assert html is not None
    (tmp_path / "mail.html").write_text(html.get_content(), "utf-8")
    page = browser.open(f"file://{tmp_path}/mail.html", size)
    browser.asked.clear()
    chromium.picture(page, f"mail-survey-{language}-{size}")
    in_a_mail_program = {"rules": {rule: {"enabled": False} for rule in ("landmark-one-main", "region")}}
    assert chromium.barriers(page, in_a_mail_program) == []
